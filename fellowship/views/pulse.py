"""The pulse: what a fellow is asked and told, and what the associate director sees of it.

No message here holds an answer. What was pressed is acknowledged with 'saved' and never with its value.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement, DividerBlock, InputBlock, Option, RadioButtonsElement
from slack_sdk.models.views import View

from fellowship.catalogue import Instrument, Item, Scale
from fellowship.views.ids import ActionId, ViewId, item_block, suffixed
from fellowship.views.layout import (
    VALUE,
    button,
    buttons,
    chosen,
    field,
    heading,
    modal,
    note,
    options,
    said,
    section,
    select,
    words_input,
)
from fellowship.views.message import Message
from fellowship.views.text import at, counted, escaped, one_line, shown

_HELP_LIMIT = 500
"""Characters of the configured help line that are shown."""
_RADIO_LIMIT = 10
"""https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element: at most 10 options."""


@dataclass(frozen=True)
class WaveCard:
    """A wave as its respondent is told of it; ``zone`` is the reader's. A test keeps nothing."""

    wave_id: str
    cohort_name: str
    closes_at: dt.datetime
    freezes_at: dt.datetime
    zone: str
    k_median: int
    k_distribution: int
    help_line: str
    is_test: bool = False


@dataclass(frozen=True)
class Answered:
    """What a respondent gave to one item: a value, a missing code, or words."""

    value: int | None
    missing: int | None
    text: str | None


def who_sees(card: WaveCard) -> str:
    """Who sees what, as mrkdwn: said before the first item."""
    return (
        "*Who sees what.* Your answers are confidential, not anonymous.\n"
        "• Nobody is shown your answers with your name, or whether you have answered. Your associate director sees "
        "how many have, counted once a day.\n"
        f"• Evaluators see figures for the whole group, without names: the middle answer (median) to a question once "
        f"{card.k_median} people have answered it, and how the answers spread once {card.k_distribution} have.\n"
        f"• Colleagues who answered know their own answer, so {card.k_median} people protect each other as "
        f"{card.k_median - 1} would.\n"
        "• What you write in your own words is never posted by itself. Evaluators may read it without your name; it is "
        "quoted only if you approve the exact words.\n"
        "• Whoever holds this app's database file, or exports direct messages from Slack, could read more than the app "
        "shows."
    )


def pulse_invitation(card: WaveCard, instrument: Instrument) -> Message:
    """The invitation: who sees what, then the first item with a button for each answer."""
    how_many = counted(len(instrument.items), "short question", "short questions")
    opening = (
        f"{how_many}, under two minutes. {_open_until(card)} You may leave out any question, or all of them; nobody "
        "will ask you why."
    )
    return said(*_top(card), section(opening), *_first_item(card, instrument), _ways(card, can_mute=True))


def pulse_reminder(card: WaveCard, instrument: Instrument) -> Message:
    """The one reminder, to somebody who has not answered."""
    opening = (
        f"A gentle reminder: this pulse is open until {at(card.closes_at, card.zone)}, and I have no answer from you "
        "yet. Nobody else is told that, and this is the only reminder. If you would rather not answer, you need do "
        "nothing."
    )
    return said(*_top(card), section(opening), *_first_item(card, instrument), _ways(card, can_mute=True))


def pulse_muted(card: WaveCard, instrument: Instrument) -> Message:
    """Takes the place of an invitation whose reader wants no reminder."""
    opening = (
        "I will not remind you of this pulse, and nobody is told. Other messages come as before. You can still answer "
        f"until {at(card.closes_at, card.zone)} if you change your mind."
    )
    return said(*_top(card), section(opening), *_first_item(card, instrument), _ways(card, can_mute=False))


def pulse_saved(card: WaveCard, instrument: Instrument, *, late: bool = False) -> Message:
    """Takes the place of the invitation after the first answer: that it is saved, never what it was."""
    left = len(instrument.items) - 1
    until = (
        f"The pulse had closed, so it is marked as late and cannot be changed; the rest can be added until "
        f"{at(card.freezes_at, card.zone)}."
        if late
        else f"You can change it until {at(card.closes_at, card.zone)}."
    )
    more = (
        f"*{counted(left, 'more question', 'more questions')}*, about a minute, in one form. If you stop here, this "
        f"answer counts. {until}"
    )
    return said(
        *_top(card),
        section("*Saved.* Thank you. I do not repeat here what you pressed."),
        section(more),
        buttons([_form_button("Answer the rest", card, primary=True)]),
    )


def pulse_finished(card: WaveCard, at: dt.datetime, late: bool) -> Message:  # noqa: FBT001 - said of the answers
    """Takes the place of the invitation after the form: saved, when, and until when it can be changed."""
    return said(
        *_top(card),
        section(_when_saved(card, at, late=late)),
        section(
            "*Next:* nothing to do. When the pulse is over, the evaluators get figures for the whole group, if enough "
            "people answered. If you have a question, ask your associate director, who is not shown your answers."
        ),
        buttons([_form_button("Add what I left out" if late else "Change my answers", card)]),
    )


def _when_saved(card: WaveCard, saved_at: dt.datetime, *, late: bool) -> str:
    saved = f"*Saved* on {at(saved_at, card.zone)}. Thank you."
    if late:
        return (
            f"{saved} The pulse had closed, so these answers are marked as late; they count like any others. They "
            f"stand as they are now; what you left out can be added until {at(card.freezes_at, card.zone)}."
        )
    return f"{saved} You can change your answers until {at(card.closes_at, card.zone)}."


def pulse_test_over() -> Message:
    """Takes the place of a test after its form."""
    return said(
        section(
            "*Test over: nothing was saved.* A fellow would now read that their answers are saved, and until when they "
            "can change them.\n"
            "*Next:* to open the pulse for your cohort, type `/fellowship` and choose *Prepare a pulse*."
        )
    )


def _open_until(card: WaveCard) -> str:
    open_until = f"You can answer, and change your answers, until {at(card.closes_at, card.zone)}."
    if card.freezes_at <= card.closes_at:
        return open_until
    return f"{open_until} Answers after that still count until {at(card.freezes_at, card.zone)}, marked as late."


def _top(card: WaveCard) -> list[Block]:
    if card.is_test:
        return [
            heading("Test: nothing you press is kept"),
            section("You see what a fellow sees. The dates and the cohort's name are examples."),
        ]
    return [heading(f"Pulse: {one_line(card.cohort_name)}")]


def _first_item(card: WaveCard, instrument: Instrument) -> list[Block]:
    blocks: list[Block] = [section(who_sees(card)), DividerBlock()]
    item = instrument.items[0]
    if item.scale is None:
        return blocks
    asked = f"*Question 1 of {len(instrument.items)}.* {escaped(item.wording)}"
    return [*blocks, section(asked), buttons(_answers(card, item, item.scale))]


def _answers(card: WaveCard, item: Item, scale: Scale) -> list[ButtonElement]:
    return [
        button(
            label,
            suffixed(ActionId.ANSWER_FIRST_ITEM, value),
            f"{card.wave_id}|{item.item_id}|{value}",
            label=f"Answer question 1: {label}",
        )
        for value, label in _choices(scale)
    ]


def _choices(scale: Scale) -> list[tuple[str, str]]:
    """Every option of the scale and every missing code beside it, as (value, label)."""
    given = [(str(each.value), each.label) for each in scale.options]
    return given + [(str(int(code)), code.label) for code in scale.missing]


def _ways(card: WaveCard, *, can_mute: bool) -> Block:
    elements = [_form_button("Answer all in one form", card)]
    if can_mute:
        elements.append(
            button(
                "Don't remind me",
                ActionId.MUTE_PULSE,
                card.wave_id,
                label="Don't remind me of this pulse; nobody is told",
            )
        )
    return buttons(elements)


def _form_button(text: str, card: WaveCard, *, primary: bool = False) -> ButtonElement:
    return button(text, ActionId.ANSWER_PULSE, card.wave_id, label=f"{text}: opens the pulse form", primary=primary)


def pulse_modal(card: WaveCard, instrument: Instrument, given: Mapping[str, Answered]) -> View:
    """Every item in one form, with what was given so far; each may be left out."""
    blocks: list[Block] = []
    if card.is_test:
        blocks.append(section("*Test: nothing you choose or type here is kept.* You see what a fellow sees."))
    blocks += [
        section(
            f"*{shown(card.cohort_name)}.* {_open_until(card)} Leave out any question you like. What you choose here "
            "is kept when you press the button at the end, not before."
        ),
        section(who_sees(card)),
        DividerBlock(),
    ]
    for number, item in enumerate(instrument.items, start=1):
        blocks += _item_blocks(number, item, given.get(item.item_id), card.help_line)
    return modal(
        ViewId.PULSE,
        "Test pulse" if card.is_test else "Pulse",
        blocks,
        submit="End the test" if card.is_test else "Save my answers",
        close="Not now",
        metadata=card.wave_id,
    )


def _item_blocks(number: int, item: Item, given: Answered | None, help_line: str) -> list[Block]:
    label = f"{number}. {item.wording}"
    if item.scale is None:
        words = field(
            item_block(item.item_id),
            label,
            words_input((given.text or "") if given else ""),
            hint="Evaluators may read this without your name. It is quoted only if you approve the exact words.",
            optional=True,
        )
        return [
            words,
            note(
                "Nobody watches these answers as they arrive. If you need help now: "
                f"{shown(help_line, _HELP_LIMIT).rstrip('.')}."
            ),
        ]
    value = None
    if given is not None:
        value = given.value if given.value is not None else given.missing
    return [_scale_field(item.item_id, label, options(_choices(item.scale)), value)]


def _scale_field(item_id: str, label: str, choices: list[Option], value: int | None) -> InputBlock:
    written = None if value is None else str(value)
    if len(choices) > _RADIO_LIMIT:
        return field(item_block(item_id), label, select(choices, "Choose an answer", value=written), optional=True)
    element = RadioButtonsElement(action_id=VALUE, options=choices, initial_option=chosen(choices, written))
    return field(item_block(item_id), label, element, optional=True)
