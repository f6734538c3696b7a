"""The Home tab: for each thing that somebody is here, a part; all parts one after the other, and when it was made.

Whatever has something for somebody's Home tab puts it in a part, or adds a part to ``home_view``.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from slack_sdk.models.blocks import Block, ButtonElement, DividerBlock
from slack_sdk.models.views import View

from fellowship.views.director import DirectorCard, count_sentence, stage_sentence
from fellowship.views.ids import ActionId
from fellowship.views.layout import button, buttons, heading, section
from fellowship.views.pulse import WaveCard
from fellowship.views.text import at, channel, counted, escaped, mention, on, one_line, shown

_CONTACT_LIMIT = 300
"""Characters of the configured contact that are shown."""


@dataclass(frozen=True)
class OwnPulse:
    """A pulse that still takes answers, as one of those asked sees it: how much is saved, and never what."""

    card: WaveCard
    questions: int
    saved: int
    """How many of the questions are saved, as answered or as left out."""
    left_out: int
    """How many of the saved ones are left out."""
    closed: bool
    """It has closed: only what was left out can be added, marked as late."""


@dataclass(frozen=True)
class Place:
    """A fellow's place in a cohort. ``director`` is a Slack id; the dates are the post's, or else the cohort's."""

    fellow_id: str
    cohort_name: str
    programme: str
    director: str
    standing: Literal["invited", "half filled in", "registered", "in post", "over"]
    start_on: dt.date
    end_on: dt.date
    cohort_ended: bool
    agrees: bool
    """They agree, at present, to take part in the evaluation."""
    pulse: OwnPulse | None


@dataclass(frozen=True)
class Directed:
    """A cohort as an associate director sees it: counts, never who."""

    cohort_id: str
    name: str
    start_on: dt.date
    end_on: dt.date
    ended: bool
    invited: int
    registered: int
    pulse: DirectorCard | None
    """The newest, as in the message about it; None where there is none, or it is ``between``."""
    between: bool
    """The newest pulse is frozen and not released: what was counted then is in no message yet."""


@dataclass(frozen=True)
class Director:
    """What an associate director directs, newest first, and how many cohorts more than are shown."""

    cohorts: tuple[Directed, ...]
    more: int


@dataclass(frozen=True)
class Released:
    """A released pulse, without its figures."""

    wave_key: str
    opened_on: dt.date
    closed_on: dt.date


@dataclass(frozen=True)
class Evaluated:
    """A cohort whose results an evaluator can ask for in ``channel_id``; its newest releases, newest first."""

    cohort_name: str
    channel_id: str
    released: tuple[Released, ...]
    earlier: int
    """How many were released before those."""


@dataclass(frozen=True)
class Evaluator:
    """The cohorts that somebody evaluates, newest first, and how many more than are shown."""

    cohorts: tuple[Evaluated, ...]
    more: int


@dataclass(frozen=True)
class HomePage:
    """Everything that one person's Home tab says; what they are not is empty or None."""

    places: tuple[Place, ...]
    director: Director | None
    evaluator: Evaluator | None
    ask: tuple[str, ...]
    """For somebody who is nothing here: the Slack ids of associate directors."""
    contact: str
    """Who answers questions about one's information, as configured."""
    made_at: dt.datetime
    zone: str
    """The reader's."""


def home_view(page: HomePage) -> View:
    """The person's parts one after the other; for somebody who has none, what this is and who can help."""
    parts: list[list[Block]] = []
    if page.places:
        parts.append(_fellow(page.places, page.contact))
    if page.director is not None:
        parts.append(_director(page.director))
    if page.evaluator is not None:
        parts.append(_evaluator(page.evaluator))
    blocks: list[Block] = []
    for part in parts or [_nobody(page.ask)]:
        blocks += [*part, DividerBlock()]
    as_of = section(f"As of {at(page.made_at, page.zone)}. I make this page when you open it.", _refresh())
    return _home([*blocks, as_of])


def unexpected_home(reference: str) -> View:
    """The page could not be made, and nothing of an older one stands; ``reference`` finds why in the log."""
    return _home(
        [
            section(
                "*I cannot show you this page just now.* Something went wrong on my side. What you saved before is "
                "safe.\n\n"
                "Open this tab again in a minute. If it happens again, give this reference to the person who looks "
                f"after this app in your organisation: `{escaped(reference)}`",
                _refresh(),
            )
        ]
    )


def _home(blocks: Sequence[Block]) -> View:
    return View(type="home", blocks=list(blocks))


def _refresh() -> ButtonElement:
    return button("Refresh", ActionId.REFRESH_HOME, label="Refresh: make this page anew")


def _fellow(places: Sequence[Place], contact: str) -> list[Block]:
    blocks: list[Block] = [heading("Your fellowship")]
    for place in places:
        blocks.append(section(f"*{shown(place.cohort_name)}* ({shown(place.programme)})\n{_standing(place)}"))
        blocks.append(section(_waiting(place)))
        blocks.append(buttons(_ways(place)))
        blocks.append(
            section(
                f"*Who can help:* {mention(place.director)}, your associate director. Questions about your "
                f"information: {shown(contact, _CONTACT_LIMIT).rstrip('.')}."
            )
        )
    return blocks


def _has_registered(place: Place) -> bool:
    return place.standing not in {"invited", "half filled in"}


def _can_register(place: Place) -> bool:
    return not _has_registered(place) and not place.cohort_ended


def _standing(place: Place) -> str:
    start, end = on(place.start_on), on(place.end_on)
    if not _has_registered(place):
        if place.cohort_ended:
            return f"You were invited and did not register. The cohort ended on {end}."
        return f"You are invited. The cohort runs from {start} to {end}."
    if place.standing == "registered":
        return f"You are registered. Your post begins on {start}."
    if place.standing == "in post":
        return f"You are registered. Your post runs until {end}."
    return f"You are registered. Your post ended on {end}."


def _waiting(place: Place) -> str:
    """What waits for the fellow; where nothing does, that."""
    if place.pulse is not None:
        return _pulse(place.pulse)
    if _can_register(place):
        if place.standing == "half filled in":
            return (
                "*Your registration is not finished yet.* What you filled in is kept. Carry on whenever it suits you."
            )
        return (
            "*You have not registered yet.* It is one form. What you fill in is kept on the way, so you can stop and "
            "carry on later."
        )
    if place.cohort_ended or place.standing == "over":
        return "*Nothing is waiting for you.*"
    if not place.agrees:
        return (
            "*Nothing is waiting for you.* You do not agree to take part in the evaluation at present, so no pulse "
            "comes to you. That does not affect your post, and you can change it with your details."
        )
    return (
        "*Nothing is waiting for you.* No pulse is open for you now. When one is, I ask you on a fellowship day of "
        "yours."
    )


def _pulse(pulse: OwnPulse) -> str:
    closes, freezes = at(pulse.card.closes_at, pulse.card.zone), at(pulse.card.freezes_at, pulse.card.zone)
    if pulse.closed:
        if not pulse.saved:
            return (
                f"*A pulse has closed, and still takes answers.* It closed on {closes}. You have not answered, which "
                f"you alone are told. Answers still count until {freezes}, marked as late."
            )
        added = f" What you left out can be added until {freezes}." if _can_add(pulse) else ""
        return f"*Your answers are saved.* The pulse closed on {closes}, so they stand as they are.{added}"
    if not pulse.saved:
        return (
            f"*A pulse is open for you* until {closes}. You have not answered, which you alone are told. It is "
            f"{counted(pulse.questions, 'short question', 'short questions')}, under two minutes; you may leave out "
            "any of them. Who sees what is said before the first."
        )
    if pulse.saved < pulse.questions:
        left = counted(pulse.questions - pulse.saved, "question is", "questions are")
        return (
            f"*What you answered is saved*, and counts if you stop here; {left} left. The pulse is open until "
            f"{closes}: until then you can answer the rest and change what you answered."
        )
    return f"*Your answers are saved.* The pulse is open until {closes}: until then you can change them."


def _can_add(pulse: OwnPulse) -> bool:
    return pulse.saved - pulse.left_out < pulse.questions


def _ways(place: Place) -> list[ButtonElement]:
    ways = [*_pulse_button(place)]
    if _has_registered(place):
        ways.append(_own_button("Change my details", ActionId.REGISTER, place.fellow_id, place))
    elif _can_register(place):
        text = "Carry on registering" if place.standing == "half filled in" else "Register"
        ways.append(_own_button(text, ActionId.REGISTER, place.fellow_id, place, primary=True))
    return [*ways, button("Read the privacy notice", ActionId.READ_NOTICE)]


def _pulse_button(place: Place) -> list[ButtonElement]:
    pulse = place.pulse
    if pulse is None or (pulse.closed and not _can_add(pulse)):
        return []
    if not pulse.saved:
        text = "Answer the pulse"
    elif pulse.closed:
        text = "Add what I left out"
    else:
        text = "Answer the rest" if pulse.saved < pulse.questions else "Change my answers"
    return [_own_button(text, ActionId.ANSWER_PULSE, pulse.card.wave_id, place, primary=not pulse.saved)]


def _own_button(text: str, action: ActionId, value: str, place: Place, *, primary: bool = False) -> ButtonElement:
    """A button about one place; what is read out tells it from the same button about another."""
    return button(text, action, value, label=f"{text}: {one_line(place.cohort_name)}", primary=primary)


def _director(director: Director) -> list[Block]:
    blocks: list[Block] = [heading("The cohorts you direct")]
    for cohort in director.cohorts:
        blocks.append(section(_people(cohort), None if cohort.ended else _invite(cohort)))
        blocks.append(section(_newest_pulse(cohort)))
    if not director.cohorts:
        blocks.append(section("There is no cohort yet. Set one up: name it, give its dates, choose its two channels."))
    if director.more:
        blocks.append(section(f"And {counted(director.more, 'cohort', 'cohorts')} set up before these."))
    ways = [button("Set up a cohort", ActionId.NEW_COHORT)]
    if director.cohorts:
        ways.append(button("Prepare a pulse", ActionId.PREPARE_PULSE))
    return [*blocks, buttons(ways)]


def _invite(cohort: Directed) -> ButtonElement:
    label = f"Invite fellows to {one_line(cohort.name)}"
    return button("Invite fellows", ActionId.INVITE_FELLOWS, cohort.cohort_id, label=label)


def _people(cohort: Directed) -> str:
    dates = f"{on(cohort.start_on)} to {on(cohort.end_on)}{'; it has ended' if cohort.ended else ''}."
    invited = counted(cohort.invited, "person", "people")
    people = f"{invited} invited, {cohort.registered} registered." if cohort.invited else "Nobody is invited yet."
    return f"*{shown(cohort.name)}*\n{dates}\n{people}"


def _newest_pulse(cohort: Directed) -> str:
    if cohort.between:
        return "*Pulse:* the newest is over, and its results are being put together."
    if cohort.pulse is None:
        return "*Pulse:* none so far."
    return f"*Pulse:* {count_sentence(cohort.pulse)}\n{stage_sentence(cohort.pulse)}"


def _evaluator(evaluator: Evaluator) -> list[Block]:
    blocks: list[Block] = [heading("The cohorts you evaluate")]
    blocks += [section(_releases(cohort)) for cohort in evaluator.cohorts]
    if evaluator.more:
        blocks.append(section(f"And {counted(evaluator.more, 'cohort', 'cohorts')} set up before these."))
    return blocks


def _releases(cohort: Evaluated) -> str:
    says = [f"*{shown(cohort.cohort_name)}*\nIts results are posted in {channel(cohort.channel_id)}."]
    if not cohort.released:
        says.append("Nothing is released yet. Each pulse is, some days after it has closed.")
        return "\n".join(says)
    says.append("Type `/evaluate` there to see the latest pulse again. Released so far:")
    says += [
        f"• the pulse of {on(each.opened_on)} to {on(each.closed_on)} (`{escaped(each.wave_key)}`)"
        for each in cohort.released
    ]
    if cohort.earlier:
        says.append(f"• and {counted(cohort.earlier, 'pulse', 'pulses')} before these")
    return "\n".join(says)


def _nobody(ask: Sequence[str]) -> list[Block]:
    who = f": {' or '.join(mention(each) for each in ask)}" if ask else ""
    return [
        heading("Fellowship"),
        section(
            "I help to run leadership fellowships: invitations, registration, and now and then a few short questions "
            "to the fellows, whose answers are confidential. There is nothing for you to do here yet."
        ),
        section(
            f"*Who can help:* if you expected an invitation to a fellowship, an associate director can invite you{who}."
            "\nIf you run a fellowship and want to set up a cohort, ask the person who looks after this app in your "
            "organisation to give you the role of associate director."
        ),
    ]
