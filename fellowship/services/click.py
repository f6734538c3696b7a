"""The first item, answered by a button: the path that a whole cohort takes in the same minute.

One look-up and two inserts in one transaction, prepared and straight to the driver (docs/reference/benchmarks.md).
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from fellowship import catalogue
from fellowship.errors import UnknownSubjectError
from fellowship.ports import Actor, Policies
from fellowship.services import asking
from fellowship.services.answers import (
    TEST,
    Place,
    asking_of,
    asking_statement,
    closed,
    own_keys,
    read_option,
    tested_instrument,
)
from fellowship.views import pulse as views
from models.direct import Direct, Prepared
from models.operational import Answer, Outbox
from models.session import insert_for
from models.types import new_id


@dataclass(frozen=True)
class Click:
    """The first item, answered by a button. ``given_us``: when, by Slack's clock, in microseconds since 1970."""

    wave_id: str
    item_id: str
    option: int
    given_us: int
    place: Place


def _upsert(sqlite: bool) -> Any:  # noqa: ANN401, FBT001 - as models.session.insert_for
    statement = insert_for(sqlite)(Answer.__table__)
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["workspace_id", "wave_id", "respondent_ref", "item_id"],
        set_={
            "value": fresh.value,
            "missing": fresh.missing,
            "words": fresh.words,
            "given_us": fresh.given_us,
            "late": fresh.late,
        },
        # Deliveries can overtake each other: what was given later stands.
        where=fresh.given_us >= Answer.__table__.c.given_us,
    )


_OWN_ASKING = Prepared(lambda _: asking_statement())
_GIVEN = Prepared(
    lambda _: select(Answer.missing).where(
        Answer.workspace_id == bindparam("workspace_id"),
        Answer.wave_id == bindparam("wave_id"),
        Answer.respondent_ref == bindparam("respondent_ref"),
        Answer.item_id == bindparam("item_id"),
    )
)
_UPSERT = Prepared(
    _upsert,
    values=(
        "workspace_id",
        "wave_id",
        "respondent_ref",
        "item_id",
        "value",
        "missing",
        "words",
        "given_us",
        "late",
    ),
)
_RECORD_EDIT = Prepared(
    lambda sqlite: insert_for(sqlite)(Outbox.__table__).on_conflict_do_nothing(),
    values=(
        "workspace_id",
        "dedupe_key",
        "post_ref",
        "channel_id",
        "edits_ts",
        "payload",
        "due_at",
        "state",
        "attempt",
    ),
)


def answer_first_item(direct: Direct, actor: Actor, click: Click, policies: Policies, now: dt.datetime) -> None:
    """The answer is kept and the message it was given in will say 'saved', never the value.

    Raises as ``answers.own_asking``, WaveClosedError for an answer given before the wave closed, and
    UnknownSubjectError for an item or option that the instrument does not have.
    """
    if click.wave_id.startswith(TEST):
        instrument = tested_instrument(click.wave_id)
        message = views.pulse_saved(asking.card_for_test(instrument, policies, now), instrument)
        _edit_directly(direct, actor, click.place, f"edit:{click.place.ts}:{new_id()}", message.payload(), now)
        return
    wave = asking_of(direct.one(_OWN_ASKING, own_keys(actor, click.wave_id)), click.wave_id, policies, now)
    if click.item_id != wave.instrument.items[0].item_id:
        raise UnknownSubjectError("That question is answered in the form.", "Press the button that opens the form.")
    value, missing = read_option(wave.instrument, click.item_id, click.option)
    late = now >= wave.closes_at
    answer = {
        "workspace_id": actor.workspace_id,
        "wave_id": wave.wave_id,
        "respondent_ref": wave.respondent_ref,
        "item_id": click.item_id,
        "value": value,
        "missing": missing,
        "words": None,
        "given_us": click.given_us,
        "late": late,
    }
    if late:
        given = direct.one(_GIVEN, answer)
        if given is not None and given.missing != catalogue.MissingCode.SKIPPED:
            raise closed(wave)
    direct.run(_UPSERT, answer)
    key = f"saved:{click.place.channel_id}:{click.place.ts}"
    _edit_directly(direct, actor, click.place, key, _saved_payload(wave.card, wave.instrument.key, late=late), now)


def _edit_directly(
    direct: Direct, actor: Actor, place: Place, key: str, payload: Mapping[str, Any], now: dt.datetime
) -> None:
    direct.run(
        _RECORD_EDIT,
        {
            "workspace_id": actor.workspace_id,
            "dedupe_key": key,
            "post_ref": new_id(),
            "channel_id": place.channel_id,
            "edits_ts": place.ts,
            "payload": payload,
            "due_at": now,
            "state": "due",
            "attempt": 0,
        },
    )


@functools.lru_cache(maxsize=256)
def _saved_payload(card: views.WaveCard, instrument_key: str, *, late: bool) -> dict[str, Any]:
    payload: dict[str, Any] = views.pulse_saved(card, catalogue.instrument(instrument_key), late=late).payload()
    return payload
