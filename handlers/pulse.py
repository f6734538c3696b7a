"""The pulse: opened by the associate director, answered by fellows."""

from fellowship import catalogue
from fellowship.errors import UnknownSubjectError
from fellowship.services import answers, asking, click, cohorts, waves
from fellowship.services.answers import Place, Sheet
from fellowship.services.click import Click
from fellowship.views.director import open_pulse_modal
from fellowship.views.ids import PULSE_ITEM_BLOCK, BlockId, item_block
from fellowship.views.pulse import pulse_modal
from handlers.payload import Payload
from handlers.show import ClickContext, Context, Done, Open, Show


def prepare_pulse(payload: Payload, context: Context) -> Show:  # noqa: ARG001 - every handler takes both
    """The form in which a pulse is tested and opened."""
    known = cohorts.directed_by(context.session, context.actor)
    offered = [(key, catalogue.instrument(key).title) for key in catalogue.INSTRUMENT_KEYS]
    return Open(open_pulse_modal(known, offered))


def test_pulse(payload: Payload, context: Context) -> Show:
    """The chosen questions, to the associate director alone."""
    chosen = payload.fields.option(BlockId.PULSE_INSTRUMENT) or catalogue.INSTRUMENT_KEYS[0]
    asking.send_test(context.session, context.actor, chosen, context.policies, context.now)
    return Done()


def open_pulse(payload: Payload, context: Context) -> Show:
    """The chosen questions, to the chosen cohort."""
    fields = payload.fields
    waves.open_wave(
        context.session,
        context.actor,
        fields.option(BlockId.PULSE_COHORT),
        fields.option(BlockId.PULSE_INSTRUMENT),
        context.policies,
        context.now,
    )
    return Done()


def answer_first_item(payload: Payload, context: ClickContext) -> Show:
    """One click in the message: saved."""
    wave_id, item_id, option = payload.value.split("|")
    pressed = Click(wave_id, item_id, int(option), payload.acted_us, _place(payload))
    click.answer_first_item(context.direct, context.actor, pressed, context.policies, context.now)
    return Done()


def open_pulse_form(payload: Payload, context: Context) -> Show:
    """Every item in one form, with what was answered so far."""
    form = answers.form(context.session, context.actor, payload.value, context.policies, context.now)
    view = pulse_modal(form.card, form.instrument, form.given)
    place = payload.place
    # The form knows which message it was opened from, so that this message can say when it was saved.
    view.private_metadata = f"{payload.value}|{place.channel_id}|{place.ts}" if place else payload.value
    return Open(view)


def submit_pulse(payload: Payload, context: Context) -> Show:
    """The form, sent: every item as it stands."""
    wave_id, _, where = payload.private_metadata.partition("|")
    channel_id, _, ts = where.partition("|")
    fields = payload.fields
    blocks = {block: block.removeprefix(PULSE_ITEM_BLOCK) for block in fields.values}
    sheet = Sheet(
        wave_id=wave_id,
        options={item_id: int(fields.option(block)) for block, item_id in blocks.items() if fields.option(block)},
        words={item_id: fields.text(item_block(item_id)) for item_id in blocks.values()},
        place=Place(channel_id, ts) if ts else None,
    )
    answers.submit(context.session, context.actor, sheet, context.policies, context.now)
    return Done()


def mute_pulse(payload: Payload, context: Context) -> Show:
    """No reminder of this pulse."""
    answers.mute(context.session, context.actor, payload.value, _place(payload), context.policies, context.now)
    return Done()


def _place(payload: Payload) -> Place:
    place = payload.place
    if place is None:
        raise UnknownSubjectError("That button works in a message only.", "Use the buttons in the message I sent you.")
    return place
