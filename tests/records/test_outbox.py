"""Record, then send: claimed before it is sent, sent once, never sent again blind. On both engines."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from fellowship.services import delivery, outbox
from fellowship.services.delivery import Parcel
from fellowship.views.message import Message
from models.operational import Outbox
from models.session import Database

WORKSPACE = "T000000001"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
LEASE = dt.timedelta(seconds=60)
HELLO = Message("Hello.")


def _say(
    database: Database, key: str, *, at: dt.datetime = NOON, to: str = "U0000000001", tell: str | None = None
) -> bool:
    with database.write() as session:
        return outbox.say(session, WORKSPACE, key=key, to=to, message=HELLO, at=at, tell=tell)


def _claim(
    database: Database, owner: str = "a", *, now: dt.datetime = NOON, machine: dt.datetime = NOON
) -> Parcel | None:
    with database.write() as session:
        return delivery.claim(session, WORKSPACE, owner, now=now, machine_now=machine, lease=LEASE)


def _claimed(database: Database, owner: str = "a", *, machine: dt.datetime = NOON) -> Parcel:
    parcel = _claim(database, owner, machine=machine)
    assert parcel is not None
    return parcel


def _states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Outbox.state).order_by(Outbox.outbox_id)))


def test_the_same_fact_is_recorded_once(operational: Database) -> None:
    assert _say(operational, "wave:1:summary")
    assert not _say(operational, "wave:1:summary")
    assert _states(operational) == ["due"]


def test_a_message_is_not_claimed_before_its_time(operational: Database) -> None:
    _say(operational, "a", at=NOON + dt.timedelta(minutes=1))
    assert _claim(operational) is None
    assert _claim(operational, now=NOON + dt.timedelta(minutes=1)) is not None


def test_a_claim_is_committed_before_anything_is_sent(operational: Database) -> None:
    _say(operational, "a")
    parcel = _claimed(operational)
    assert not parcel.unsettled
    assert _states(operational) == ["sending"]
    assert _claim(operational, "b") is None


def test_many_claimers_get_each_message_once(operational: Database) -> None:
    for number in range(20):
        _say(operational, f"message-{number}")
    claimed: list[int] = []

    def work(owner: str) -> None:
        while (parcel := _claim(operational, owner)) is not None:
            claimed.append(parcel.outbox_id)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 20
    assert len(set(claimed)) == 20


def test_what_is_sent_is_never_claimed_again_and_its_place_is_known(operational: Database) -> None:
    _say(operational, "a")
    parcel = _claimed(operational)
    with operational.write() as session:
        delivery.note_sent(session, parcel, "a", "D000000001", "1772452800.000001")
    assert _claim(operational, machine=NOON + dt.timedelta(days=1)) is None
    with operational.read() as session:
        assert outbox.place_of(session, WORKSPACE, "a") == ("D000000001", "1772452800.000001")
        assert outbox.place_of(session, WORKSPACE, "b") is None


def test_an_unknown_outcome_waits_for_its_lease_and_is_then_settled_from_history(operational: Database) -> None:
    _say(operational, "a")
    _claimed(operational)
    assert _claim(operational, "b", machine=NOON + LEASE - dt.timedelta(seconds=1)) is None
    taken_over = _claimed(operational, "b", machine=NOON + LEASE)
    assert taken_over.unsettled
    assert taken_over.attempt == 1
    assert taken_over.first_attempt_at == NOON


def test_the_first_owner_cannot_settle_what_another_has_taken_over(operational: Database) -> None:
    _say(operational, "a")
    first = _claimed(operational, "a")
    second = _claimed(operational, "b", machine=NOON + LEASE)
    with operational.write() as session:
        delivery.note_not_sent(session, first, "a", None, "late")
    assert _states(operational) == ["sending"]
    with operational.write() as session:
        delivery.note_sent(session, second, "b", "D000000001", "1.000001")
    assert _states(operational) == ["sent"]


def test_what_history_does_not_have_is_sent_again(operational: Database) -> None:
    _say(operational, "a")
    _claimed(operational, "a")
    taken_over = _claimed(operational, "b", machine=NOON + LEASE)
    with operational.write() as session:
        delivery.note_not_sent(session, taken_over, "b", None, "not_in_history")
    again = _claimed(operational, "b", machine=NOON + LEASE)
    assert not again.unsettled
    assert again.attempt == 2
    assert again.post_ref == taken_over.post_ref


def test_a_rate_limited_message_waits_as_long_as_slack_says(operational: Database) -> None:
    _say(operational, "a")
    parcel = _claimed(operational)
    with operational.write() as session:
        delivery.note_not_sent(session, parcel, "a", NOON + dt.timedelta(seconds=30), "ratelimited")
    assert _claim(operational, machine=NOON + dt.timedelta(seconds=29)) is None
    assert _claim(operational, machine=NOON + dt.timedelta(seconds=30)) is not None


def test_a_parked_message_is_left_to_a_person(operational: Database) -> None:
    _say(operational, "a")
    parcel = _claimed(operational)
    with operational.write() as session:
        delivery.note_parked(session, parcel, "a", "channel_not_found")
    assert _claim(operational, machine=NOON + dt.timedelta(days=9)) is None
    assert _states(operational) == ["parked"]


@pytest.mark.parametrize(("tell", "messages"), [("U0000000009", 2), (None, 1)])
def test_whoever_is_named_hears_of_a_refusal_once(operational: Database, tell: str | None, messages: int) -> None:
    _say(operational, "a", to="C000000001", tell=tell)
    parcel = _claimed(operational)
    for _ in range(2):
        with operational.write() as session:
            delivery.note_refused(session, parcel, "a", "not_in_channel", NOON)
    assert len(_states(operational)) == messages
    assert _states(operational)[0] == "dead"


def test_of_two_edits_of_a_message_the_newer_stands(operational: Database) -> None:
    for number in range(3):
        with operational.write() as session:
            outbox.edit(
                session, WORKSPACE, key=f"edit-{number}", channel_id="D000000001", ts="1.000001", message=HELLO, at=NOON
            )
    parcel = _claimed(operational)
    assert _states(operational) == ["superseded", "superseded", "sending"]
    assert parcel.edits_ts == "1.000001"


def test_an_edit_with_unknown_outcome_is_simply_made_again(operational: Database) -> None:
    with operational.write() as session:
        outbox.edit(session, WORKSPACE, key="edit", channel_id="D000000001", ts="1.000001", message=HELLO, at=NOON)
    _claimed(operational)
    assert not _claimed(operational, "b", machine=NOON + LEASE).unsettled


def test_edits_of_different_messages_do_not_supersede_each_other(operational: Database) -> None:
    for ts in ("1.000001", "1.000002"):
        with operational.write() as session:
            outbox.edit(session, WORKSPACE, key=ts, channel_id="D000000001", ts=ts, message=HELLO, at=NOON)
    assert {_claimed(operational).edits_ts, _claimed(operational).edits_ts} == {"1.000001", "1.000002"}
