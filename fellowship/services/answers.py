"""Answers: one per respondent and item, kept apart from who gave them, changeable until the wave freezes.

Here the form, and what it shares with the first item's click, which has a file of its own for its speed (click.py).
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, select, update
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import NotAllowedError, UnknownSubjectError, WaveClosedError, WaveFrozenError
from fellowship.ports import Actor, Policies
from fellowship.services import asking, outbox, people
from fellowship.views import pulse as views
from fellowship.views.message import Message
from fellowship.views.pulse import Answered
from models.operational import Answer, Cohort, Fellow, Person, Wave, WaveMember
from models.session import insert_for
from models.types import new_id

TEST = "test:"
LONGEST_WORDS = 3000
"""What a Slack text input holds at most."""


@dataclass(frozen=True)
class Place:
    """Where the message stands whose button was pressed."""

    channel_id: str
    ts: str


@dataclass(frozen=True)
class Asking:
    """A wave as one of those asked sees it."""

    wave_id: str
    respondent_ref: str
    director: str
    """A mention of who can help."""
    closes_at: dt.datetime
    instrument: catalogue.Instrument
    card: views.WaveCard


@functools.cache
def asking_statement() -> Select[*tuple[Any, ...]]:
    """Finds a wave for one of those asked in it: see ``own_keys`` for what it is given."""
    return (
        select(
            Wave.instrument,
            Wave.closes_at,
            Wave.freezes_at,
            Wave.state,
            Wave.k_median,
            Wave.k_distribution,
            WaveMember.respondent_ref,
            Cohort.name,
            Cohort.zone.label("cohort_zone"),
            Cohort.director_slack_user_id,
            Person.zone,
            asking.agreed(bindparam("purpose")).label("agreed"),
        )
        .join(Cohort, (Cohort.workspace_id == Wave.workspace_id) & (Cohort.cohort_id == Wave.cohort_id))
        .join(WaveMember, (WaveMember.workspace_id == Wave.workspace_id) & (WaveMember.wave_id == Wave.wave_id))
        .join(Fellow, (Fellow.workspace_id == WaveMember.workspace_id) & (Fellow.fellow_id == WaveMember.fellow_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Wave.workspace_id == bindparam("workspace_id"),
            Wave.wave_id == bindparam("wave_id"),
            Person.slack_user_id == bindparam("slack_user_id"),
        )
    )


def own_asking(session: Session, actor: Actor, wave_id: str, policies: Policies, now: dt.datetime) -> Asking:
    """The wave, if the actor was asked in it and it still takes answers.

    Raises NotAllowedError, or WaveFrozenError from the moment the late window ends, whether or not the freeze ran.
    """
    row = session.execute(asking_statement(), own_keys(actor, wave_id)).one_or_none()
    return asking_of(row, wave_id, policies, now)


def own_keys(actor: Actor, wave_id: str) -> dict[str, str]:
    """What ``asking_statement`` is given."""
    return {
        "workspace_id": actor.workspace_id,
        "wave_id": wave_id,
        "slack_user_id": actor.slack_user_id,
        "purpose": asking.EVALUATION,
    }


def asking_of(row: Any, wave_id: str, policies: Policies, now: dt.datetime) -> Asking:  # noqa: ANN401 - of asking_statement
    """The wave of a row of ``asking_statement``; raises as ``own_asking``."""
    if row is None:
        raise NotAllowedError(
            "This pulse was sent to somebody else, or is not here any more.",
            "The associate director of your cohort can say which pulse is yours.",
        )
    if not row.agreed:
        raise NotAllowedError(
            "You do not agree to take part in the evaluation at present, so nothing was saved.",
            "If you want to answer after all, agree again with `/fellowship register`.",
        )
    if row.state not in {"open", "closed"} or now >= row.freezes_at:
        raise WaveFrozenError(
            "This pulse is over and its results are being put together, so nothing was changed.",
            f"{people.director_of(row)} can tell you when the next one opens.",
        )
    card = views.WaveCard(
        wave_id=wave_id,
        cohort_name=row.name,
        closes_at=row.closes_at,
        freezes_at=row.freezes_at,
        zone=row.zone or row.cohort_zone,
        k_median=row.k_median,
        k_distribution=row.k_distribution,
        help_line=policies.help_line,
    )
    return Asking(
        wave_id,
        row.respondent_ref,
        people.director_of(row),
        row.closes_at,
        catalogue.instrument(row.instrument),
        card,
    )


def _given(session: Session, actor: Actor, wave: Asking) -> dict[str, Answered]:
    """What the respondent has answered so far, by item."""
    rows = session.execute(
        select(Answer.item_id, Answer.value, Answer.missing, Answer.words).where(
            Answer.workspace_id == actor.workspace_id,
            Answer.wave_id == wave.wave_id,
            Answer.respondent_ref == wave.respondent_ref,
        )
    )
    return {item_id: Answered(value, missing, words) for item_id, value, missing, words in rows}


def _stands(session: Session, actor: Actor, wave: Asking) -> dict[str, Answered]:
    """What cannot be changed after the wave has closed: every answer but a question left out."""
    given = _given(session, actor, wave)
    return {item: answer for item, answer in given.items() if answer.missing != catalogue.MissingCode.SKIPPED}


def closed(wave: Asking) -> WaveClosedError:
    """The refusal to change what was answered before the wave closed."""
    return WaveClosedError(
        "This pulse has closed, so what you answered stands as it is. Only questions you left out can still be added.",
        f"{wave.director} can tell you when the next one opens.",
    )


def read_option(instrument: catalogue.Instrument, item_id: str, option: int) -> tuple[int | None, int | None]:
    """The option as (value, missing code), one of them None; raises UnknownSubjectError when it is not offered."""
    item = next((each for each in instrument.items if each.item_id == item_id), None)
    if item is not None and item.scale is not None:
        if option in {each.value for each in item.scale.options}:
            return option, None
        if option in (catalogue.MissingCode.NO_OPPORTUNITY, catalogue.MissingCode.PREFER_NOT):
            return None, int(option)
    raise UnknownSubjectError("That answer is not one this question offers.", "Press one of the buttons shown.")


def tested_instrument(wave_id: str) -> catalogue.Instrument:
    """The instrument of a test, which has no wave; raises UnknownSubjectError for one that is not shipped any more."""
    try:
        return catalogue.instrument(wave_id.removeprefix(TEST))
    except KeyError:
        raise UnknownSubjectError("That test is from an older version.", "Send yourself a new one.") from None


def _edit(session: Session, actor: Actor, place: Place, message: Message, now: dt.datetime) -> None:
    outbox.edit(
        session,
        actor.workspace_id,
        key=f"edit:{place.ts}:{new_id()}",  # the inbox knows repeats; what is said twice is edited twice
        channel_id=place.channel_id,
        ts=place.ts,
        message=message,
        at=now,
    )


@dataclass(frozen=True)
class Form:
    """What the pulse's form opens with: the wave, and what the respondent has answered so far."""

    card: views.WaveCard
    instrument: catalogue.Instrument
    given: Mapping[str, Answered]


def form(session: Session, actor: Actor, wave_id: str, policies: Policies, now: dt.datetime) -> Form:
    """The form for the actor; raises as ``own_asking``."""
    if wave_id.startswith(TEST):
        instrument = tested_instrument(wave_id)
        return Form(asking.card_for_test(instrument, policies, now), instrument, {})
    wave = own_asking(session, actor, wave_id, policies, now)
    given = _given(session, actor, wave)
    return Form(wave.card, wave.instrument, given)


@dataclass(frozen=True)
class Sheet:
    """The form as it was sent: for each item an option, words, or nothing."""

    wave_id: str
    options: Mapping[str, int]
    words: Mapping[str, str]
    place: Place | None


def submit(session: Session, actor: Actor, sheet: Sheet, policies: Policies, now: dt.datetime) -> None:
    """Every item of the form is kept as it was sent, what was left empty as skipped; the message says saved.

    After the wave has closed only what had no answer before is kept, as late. Raises WaveClosedError for a change to
    anything else; otherwise as ``own_asking``, and UnknownSubjectError for an option that an item does not have.
    """
    if sheet.wave_id.startswith(TEST):
        if sheet.place is not None:
            _edit(session, actor, sheet.place, views.pulse_test_over(), now)
        return
    wave = own_asking(session, actor, sheet.wave_id, policies, now)
    late = now >= wave.closes_at
    given_us = int(now.timestamp() * 1_000_000)
    stands = _stands(session, actor, wave) if late else {}
    rows = []
    for item in wave.instrument.items:
        value, missing, words = _read_item(wave.instrument, item, sheet)
        if item.item_id in stands:
            if stands[item.item_id] != Answered(value, missing, words):
                raise closed(wave)
            continue
        rows.append(
            {
                "workspace_id": actor.workspace_id,
                "wave_id": wave.wave_id,
                "respondent_ref": wave.respondent_ref,
                "item_id": item.item_id,
                "value": value,
                "missing": missing,
                "words": words,
                "given_us": given_us,
                "late": late,
            }
        )
    if not rows:
        raise closed(wave)
    session.execute(_upsert_form(session.get_bind().dialect.name == "sqlite"), rows)
    receipt = views.pulse_finished(wave.card, now, late)
    if sheet.place is not None:
        _edit(session, actor, sheet.place, receipt, now)
    else:
        _say_saved(session, actor, wave, receipt, now)


def _say_saved(session: Session, actor: Actor, wave: Asking, receipt: Message, now: dt.datetime) -> None:
    """The receipt of a form that was opened from the Home tab takes the place of the invitation, sent or not."""
    fellow_id = session.scalars(
        select(WaveMember.fellow_id).where(
            WaveMember.workspace_id == actor.workspace_id, WaveMember.respondent_ref == wave.respondent_ref
        )
    ).one()
    key = asking.prompt_key(asking.INVITE, wave.wave_id, fellow_id)
    place = outbox.place_of(session, actor.workspace_id, key)
    if place is not None:
        _edit(session, actor, Place(*place), receipt, now)
    elif not outbox.say(session, actor.workspace_id, key=key, to=actor.slack_user_id, message=receipt, at=now):
        outbox.revise(session, actor.workspace_id, key=key, message=receipt)


@functools.cache
def _upsert_form(sqlite: bool) -> Any:  # noqa: ANN401, FBT001 - as above
    # A form carries no time of Slack's, so it always stands; a click older than it must not undo it.
    statement = insert_for(sqlite)(Answer.__table__)
    fresh, kept = statement.excluded, Answer.__table__.c
    return statement.on_conflict_do_update(
        index_elements=["workspace_id", "wave_id", "respondent_ref", "item_id"],
        set_={
            "value": fresh.value,
            "missing": fresh.missing,
            "words": fresh.words,
            "given_us": case((fresh.given_us > kept.given_us, fresh.given_us), else_=kept.given_us),
            "late": fresh.late,
        },
    )


def _read_item(
    instrument: catalogue.Instrument, item: catalogue.Item, sheet: Sheet
) -> tuple[int | None, int | None, str | None]:
    if item.scale is None:
        words = sheet.words.get(item.item_id, "").strip()[:LONGEST_WORDS]
        return None, None if words else int(catalogue.MissingCode.SKIPPED), words or None
    option = sheet.options.get(item.item_id)
    if option is None:
        return None, int(catalogue.MissingCode.SKIPPED), None
    value, missing = read_option(instrument, item.item_id, option)
    return value, missing, None


def mute(session: Session, actor: Actor, wave_id: str, place: Place, policies: Policies, now: dt.datetime) -> None:
    """No reminder of this wave will reach the actor; the message says so and can still be answered."""
    if wave_id.startswith(TEST):
        instrument = tested_instrument(wave_id)
        _edit(
            session, actor, place, views.pulse_muted(asking.card_for_test(instrument, policies, now), instrument), now
        )
        return
    wave = own_asking(session, actor, wave_id, policies, now)
    session.execute(
        update(WaveMember)
        .where(WaveMember.workspace_id == actor.workspace_id, WaveMember.respondent_ref == wave.respondent_ref)
        .values(muted=True)
    )
    _edit(session, actor, place, views.pulse_muted(wave.card, wave.instrument), now)
