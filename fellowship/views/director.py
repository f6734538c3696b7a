"""The associate director's side of a pulse: opened from a form, watched as a count, never as people."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from slack_sdk.models.blocks import Option
from slack_sdk.models.views import View

from fellowship.views.ids import ActionId, BlockId, ViewId
from fellowship.views.layout import button, buttons, field, heading, modal, options, said, section, select
from fellowship.views.message import Message
from fellowship.views.text import at, counted, on, one_line


@dataclass(frozen=True)
class DirectorCard:
    """A wave as the associate director is told of it: counts, never who. ``reportable`` is a whole sentence."""

    cohort_name: str
    eligible: int
    answered: int
    counted_at: dt.datetime
    opened_on: dt.date
    closes_at: dt.datetime
    freezes_at: dt.datetime
    zone: str
    state: Literal["open", "closed", "released"]
    reportable: str


def open_pulse_modal(cohorts: Sequence[tuple[str, str]], instruments: Sequence[tuple[str, str]]) -> View:
    """The form in which the associate director tests a pulse and opens it; both lists are (id, name)."""
    if not cohorts or not instruments:
        return modal(
            ViewId.OPEN_PULSE,
            "Prepare a pulse",
            [
                section("There is no cohort yet to ask. Set one up first, with `/fellowship`."),
                buttons([button("Set up a cohort", ActionId.NEW_COHORT)]),
            ],
        )
    named, titled = options(cohorts), options(instruments)
    return modal(
        ViewId.OPEN_PULSE,
        "Prepare a pulse",
        [
            field(BlockId.PULSE_COHORT, "Cohort", select(named, "Choose a cohort", value=_only(named))),
            field(BlockId.PULSE_INSTRUMENT, "Questions", select(titled, "Choose questions", value=titled[0].value)),
            section("*Try it first.* A test goes to you alone, as a fellow gets it, and nothing of it is kept."),
            buttons(
                [
                    button(
                        "Send a test to me",
                        ActionId.TEST_PULSE,
                        titled[0].value,
                        label="Send a test to me: the pulse, to you alone",
                    )
                ]
            ),
            section(
                "*When you open it,* the closing date is fixed: 14 days from now, or every fellow's third own "
                "fellowship day if that is later. So is how many people must answer before a figure is shown. I ask "
                "each fellow on a fellowship day of theirs.\n"
                "You will see how many have answered, never who. I will also tell you what a group of this size can "
                "and cannot report."
            ),
        ],
        submit="Open the pulse",
        close="Cancel",
    )


def _only(among: Sequence[Option]) -> str | None:
    """The value of the one option, if there is only one: with several, a person should choose."""
    return among[0].value if len(among) == 1 else None


def director_status(card: DirectorCard) -> Message:
    """How many have answered, never who; kept up to date in place."""
    return said(
        heading(f"Pulse: {one_line(card.cohort_name)}"),
        section(count_sentence(card)),
        section(stage_sentence(card)),
        section(card.reportable),
    )


def count_sentence(card: DirectorCard) -> str:
    """How many had answered when last counted: the only words in which that number is given."""
    return f"*{card.answered} of {card.eligible} answered*, counted {at(card.counted_at, card.zone)}. " + (
        "I count once a day while the pulse is open and show you how many, never who."
        if card.state == "open"
        else "I show you how many, never who."
    )


def stage_sentence(card: DirectorCard) -> str:
    """Where the wave is in its life, and what happens next."""
    opened, closes, freezes = on(card.opened_on), at(card.closes_at, card.zone), at(card.freezes_at, card.zone)
    if card.state == "open":
        return (
            f"Open since {opened}. It closes by itself on {closes}; late answers are taken until {freezes}. Then the "
            "evaluation channel gets the summary. I remind those who have not answered, once; you need not."
        )
    if card.state == "closed":
        return (
            f"Closed on {closes}. Late answers are taken until {freezes}; then the evaluation channel gets the summary."
        )
    return (
        f"Over: it opened on {opened} and closed on {closes}. The summary goes to the evaluation channel. Its figures "
        "are final: no later answer changes them."
    )


def pulse_stuck(cohort_name: str) -> Message:
    """To the associate director: the pulse cannot go on by itself, nothing is lost, and who can help."""
    return said(
        heading(f"Pulse: {one_line(cohort_name)}"),
        section(
            "*This pulse needs a hand.* I could not close it or put its results together, though I tried several "
            "times. Nothing that anybody answered is lost, and nothing wrong was shown."
        ),
        section("*Next:* tell whoever runs this app. The logs say what stands in the way."),
    )


def reportable(people: int, k_median: int, k_distribution: int) -> str:
    """What a cohort of ``people`` can and cannot report, in sentences: said before anybody hopes for more."""
    group = counted(people, "person", "people")
    if people < k_median:
        return (
            f"*What {group} can report:* how many were asked and how many answered. No scores: a middle answer needs "
            f"{k_median} people and a spread of answers {k_distribution}, so that nobody's answer can be worked out."
        )
    middle = f"the middle answer to each question that at least {k_median} answer"
    if people < k_distribution:
        return (
            f"*What {group} can report:* {middle}, as a band such as 'Agree'. It cannot report how the answers spread, "
            f"which needs {k_distribution}. A question with fewer than {k_median} answers is not shown."
        )
    return (
        f"*What {group} can report:* {middle}, and how the answers spread where at least {k_distribution} answer. "
        f"A question with fewer than {k_median} answers is not shown."
    )
