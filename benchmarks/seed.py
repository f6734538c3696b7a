"""A cohort of twelve with an open wave whose invitations were sent, made by the services that make one for real."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.ports import Actor, Member, Policies
from fellowship.services import asking, cohorts, delivery, registration, roster, waves
from fellowship.services.cohorts import NewCohort
from fellowship.views.ids import ActionId, routed
from fellowship.views.registration import RegistrationValues
from models.operational import DueItem, Fellow, Outbox, Person, RosterImport
from models.session import Database

DIRECTOR = "U0BENCHDIR"
FELLOWS = 12
_ZONE = "Europe/London"
_SENDER = "bench"


@dataclass(frozen=True)
class Invitation:
    """A message in which a fellow can answer the first item."""

    slack_user_id: str
    channel_id: str
    payload: dict[str, Any]


def seed(database: Database, workspace_id: str, policies: Policies, now: dt.datetime) -> list[Invitation]:
    """Twelve registered fellows are asked in an open wave and every message is sent; returns the invitations."""
    director = Actor(workspace_id, DIRECTOR)
    with database.write() as session:
        cohort_id = _cohort(session, director, now)
        fellows = _registered(session, director, cohort_id, now)
        wave_id = waves.open_wave(session, director, cohort_id, catalogue.INSTRUMENT_KEYS[0], policies, now)
        for fellow_id in fellows:
            planned = select(DueItem.due_at).where(DueItem.subject_id == f"{wave_id}/{fellow_id}")
            at = session.scalars(planned.where(DueItem.kind == asking.INVITE)).one()
            assert asking.invite(session, workspace_id, f"{wave_id}/{fellow_id}", policies, at)
    _send_all(database, workspace_id, now)
    with database.read() as session:
        return _invitations(session, workspace_id)


def _cohort(session: Session, director: Actor, now: dt.datetime) -> str:
    new = NewCohort(
        name="Bench cohort",
        programme="Allied health fellowship",
        start_on=now.date() - dt.timedelta(days=30),
        end_on=now.date() + dt.timedelta(days=300),
        zone=_ZONE,
        nation=catalogue.nations()[0][0],
        channel_id="C0BENCH001",
        evaluation_channel_id="C0BENCH002",
        evaluator_ids=(DIRECTOR,),
    )
    return cohorts.create(session, director, new, now)


def _registered(session: Session, director: Actor, cohort_id: str, now: dt.datetime) -> list[str]:
    """Invite from a pasted list and register everybody; returns the fellows' ids."""
    members = {
        f"fellow{number:02}@bench.example": Member(f"U0BENCHF{number:02}", f"Fellow {number}", _ZONE, True)  # noqa: FBT003 - active
        for number in range(FELLOWS)
    }
    roster.ask_import(session, director, cohort_id, "\n".join(members), now)
    import_id = session.scalars(select(RosterImport.import_id)).one()
    roster.finish_import(session, director.workspace_id, import_id, members, now)
    rows = session.execute(
        select(Fellow.fellow_id, Person.slack_user_id).join(Person, Person.person_id == Fellow.person_id)
    ).all()
    values = RegistrationValues(
        profession=catalogue.professions()[0].profession_id,
        employer="An employer",
        host="A host",
        project="A project",
        weekdays=frozenset({0, 2, 4}),
        start_on=now.date() - dt.timedelta(days=30),
        end_on=now.date() + dt.timedelta(days=300),
        purposes=frozenset(purpose.purpose_id for purpose in catalogue.purposes()),
    )
    for fellow_id, slack_user_id in rows:
        actor = Actor(director.workspace_id, slack_user_id)
        registration.register(session, actor, fellow_id, values, "bench", now)
    return [fellow_id for fellow_id, _ in rows]


def _send_all(database: Database, workspace_id: str, now: dt.datetime) -> None:
    at = now + dt.timedelta(days=7)  # some invitations wait for a sending hour
    lease = dt.timedelta(minutes=1)
    sent = 0
    while True:
        with database.write() as session:
            parcel = delivery.claim(session, workspace_id, _SENDER, now=at, machine_now=now, lease=lease)
            if parcel is None:
                return
            sent += 1
            channel_id = parcel.channel_id.replace("U", "D", 1)
            delivery.note_sent(session, parcel, _SENDER, channel_id, f"{int(now.timestamp())}.{sent:06}")


def _invitations(session: Session, workspace_id: str) -> list[Invitation]:
    sent = session.execute(
        select(Outbox.channel_id, Outbox.sent_channel_id, Outbox.payload)
        .where(Outbox.workspace_id == workspace_id, Outbox.state == "sent")
        .order_by(Outbox.channel_id)
    )
    invitations = [
        Invitation(slack_user_id, channel_id or "", payload)
        for slack_user_id, channel_id, payload in sent
        if answers_in(payload)
    ]
    assert len(invitations) == FELLOWS
    return invitations


def answers_in(payload: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The buttons of a message that answer the first item, each with the id of its block."""
    return [
        (f"b{number}", element)
        for number, block in enumerate(payload["blocks"])
        for element in block.get("elements", ())
        if routed(element.get("action_id", "")) == ActionId.ANSWER_FIRST_ITEM
    ]
