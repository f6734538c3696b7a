"""Registration: a fellow fills in one form, perhaps in two sittings, and agrees or not to each purpose."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import InvalidFieldsError, NotAllowedError
from fellowship.ports import Actor
from fellowship.rules.calendar import instant
from fellowship.rules.words import seen
from fellowship.services import due, outbox
from fellowship.views import registration as views
from fellowship.views.registration import RegistrationValues
from models.operational import Agreement, Cohort, Fellow, Person, RegistrationDraft
from models.session import insert

ACTIVATE = "fellow.activate"


@dataclass(frozen=True)
class Form:
    """What a fellow's registration form opens with."""

    fellow_id: str
    cohort_name: str
    values: RegistrationValues
    resumed: bool


def own_place(session: Session, actor: Actor, fellow_id: str) -> tuple[Fellow, Cohort, Person]:
    """The fellow's place in a cohort, if it is the actor's own; raises NotAllowedError otherwise."""
    row = session.execute(
        select(Fellow, Cohort, Person)
        .join(Cohort, (Cohort.workspace_id == Fellow.workspace_id) & (Cohort.cohort_id == Fellow.cohort_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Fellow.workspace_id == actor.workspace_id,
            Fellow.fellow_id == fellow_id,
            Person.slack_user_id == actor.slack_user_id,
        )
    ).one_or_none()
    if row is None:
        raise NotAllowedError(
            "This invitation is for somebody else.", "The associate director of your cohort can invite you."
        )
    fellow, cohort, person = row
    return fellow, cohort, person


def latest_place(session: Session, actor: Actor) -> str | None:
    """The id of the actor's newest place in a cohort; None for somebody who was never invited."""
    return session.scalar(
        select(Fellow.fellow_id)
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(Fellow.workspace_id == actor.workspace_id, Person.slack_user_id == actor.slack_user_id)
        .order_by(Fellow.invited_at.desc())
        .limit(1)
    )


def form(session: Session, actor: Actor, fellow_id: str) -> Form:
    """The form as the fellow left it: the draft if there is one, else what is registered, else empty."""
    fellow, cohort, _ = own_place(session, actor, fellow_id)
    draft = session.get(RegistrationDraft, (actor.workspace_id, fellow_id))
    if draft is not None:
        return Form(fellow_id, cohort.name, _thawed(draft.filled), resumed=True)
    agreed = session.scalars(
        select(Agreement.purpose).where(
            Agreement.workspace_id == actor.workspace_id,
            Agreement.fellow_id == fellow_id,
            Agreement.agreed.is_(True),
        )
    )
    values = RegistrationValues(
        profession=fellow.profession,
        employer=fellow.employer or "",
        host=fellow.host or "",
        project=fellow.project or "",
        weekdays=days_of(fellow.weekdays),
        start_on=fellow.start_on or cohort.start_on,
        end_on=fellow.end_on or cohort.end_on,
        purposes=frozenset(agreed),
    )
    return Form(fellow_id, cohort.name, values, resumed=False)


def keep_draft(session: Session, actor: Actor, fellow_id: str, values: RegistrationValues, now: dt.datetime) -> None:
    """What is filled in so far is kept until the registration is complete; a change to a complete one is not."""
    fellow, _, _ = own_place(session, actor, fellow_id)
    if fellow.registered_at is not None:
        return
    fresh = {"filled": _frozen(values), "saved_at": now}
    session.execute(
        insert(session, RegistrationDraft)
        .values(workspace_id=actor.workspace_id, fellow_id=fellow_id, **fresh)
        .on_conflict_do_update(index_elements=["workspace_id", "fellow_id"], set_=fresh)
    )


def leave_unfinished(session: Session, actor: Actor, fellow_id: str, view_id: str, now: dt.datetime) -> None:
    """The form was closed before it was sent: say once where to carry on, if anything was kept."""
    _, cohort, person = own_place(session, actor, fellow_id)
    if session.get(RegistrationDraft, (actor.workspace_id, fellow_id)) is None:
        return
    outbox.say(
        session,
        actor.workspace_id,
        key=f"fellow:{fellow_id}:kept:{view_id}",
        to=person.slack_user_id,
        message=views.registration_kept(cohort.name, fellow_id),
        at=now,
    )


def register(
    session: Session, actor: Actor, fellow_id: str, values: RegistrationValues, occasion: str, now: dt.datetime
) -> None:
    """The fellow is registered with these values and agreements, and gets a receipt; the draft is gone.

    The fellow is active from the first day of the post. ``occasion`` tells one sending of the form from another.
    Raises NotAllowedError, or InvalidFieldsError by field name.
    """
    fellow, cohort, person = own_place(session, actor, fellow_id)
    values = replace(
        values,
        employer=values.employer.strip(),
        host=values.host.strip(),
        project=values.project.strip(),
        purposes=values.purposes & {purpose.purpose_id for purpose in catalogue.purposes()},
    )
    start_on, end_on = _checked(values)
    zone = person.zone or cohort.zone
    fellow.profession, fellow.employer, fellow.host = values.profession, values.employer, values.host
    fellow.project, fellow.weekdays = values.project, bits_of(values.weekdays)
    fellow.start_on, fellow.end_on = start_on, end_on
    fellow.registered_at = fellow.registered_at or now
    begins_at = instant(start_on, dt.time(0), zone)
    fellow.state = "active" if begins_at <= now else "registered"
    if begins_at > now:
        due.plan(session, actor.workspace_id, ACTIVATE, fellow_id, begins_at, start_on.isoformat())
    _record_agreements(session, actor.workspace_id, fellow_id, values.purposes, now)
    session.execute(
        delete(RegistrationDraft).where(
            RegistrationDraft.workspace_id == actor.workspace_id, RegistrationDraft.fellow_id == fellow_id
        )
    )
    outbox.say(
        session,
        actor.workspace_id,
        key=f"fellow:{fellow_id}:registered:{occasion}",
        to=person.slack_user_id,
        message=views.registered(cohort_name=cohort.name, values=values, fellow_id=fellow_id),
        at=now,
    )


def activate(session: Session, workspace_id: str, fellow_id: str, now: dt.datetime) -> bool:
    """The post has begun: a registered fellow is active. False when the dates have been changed since."""
    fellow = session.get_one(Fellow, (workspace_id, fellow_id))
    cohort = session.get_one(Cohort, (workspace_id, fellow.cohort_id))
    person = session.get_one(Person, (workspace_id, fellow.person_id))
    begun = fellow.start_on is not None and instant(fellow.start_on, dt.time(0), person.zone or cohort.zone) <= now
    if fellow.state != "registered" or not begun:
        return False
    fellow.state = "active"
    return True


def _checked(values: RegistrationValues) -> tuple[dt.date, dt.date]:
    problems: dict[str, str] = {}
    if values.profession not in {profession.profession_id for profession in catalogue.professions()}:
        problems["profession"] = "Choose your profession from the list."
    needed = {
        "employer": "Say who employs you.",
        "host": "Say which organisation hosts your fellowship.",
        "project": "Give your project a working title; you can change it later.",
    }
    problems |= {name: sentence for name, sentence in needed.items() if not seen(getattr(values, name))}
    if not values.weekdays:
        problems["weekdays"] = "Choose at least one weekday on which you do your fellowship."
    if values.start_on is None:
        problems["start_on"] = "Choose the first day of your post."
    if values.end_on is None:
        problems["end_on"] = "Choose the last day of your post."
    elif values.start_on is not None and values.end_on <= values.start_on:
        problems["end_on"] = "The end date must be after the start date. Check both."
    if problems or values.start_on is None or values.end_on is None:
        raise InvalidFieldsError(problems)
    return values.start_on, values.end_on


def _record_agreements(
    session: Session, workspace_id: str, fellow_id: str, agreed: frozenset[str], now: dt.datetime
) -> None:
    rows = [
        {
            "workspace_id": workspace_id,
            "fellow_id": fellow_id,
            "purpose": purpose.purpose_id,
            "agreed": purpose.purpose_id in agreed,
            "notice_version": catalogue.privacy_notice().version,
            "at": now,
        }
        for purpose in catalogue.purposes()
    ]
    statement = insert(session, Agreement)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "fellow_id", "purpose"],
            set_={
                "agreed": statement.excluded.agreed,
                "notice_version": statement.excluded.notice_version,
                "at": statement.excluded.at,
            },
        ),
        rows,
    )


def bits_of(weekdays: frozenset[int]) -> int:
    """Weekdays (Monday is 0) as bits."""
    return sum(1 << day for day in weekdays)


def days_of(bits: int) -> frozenset[int]:
    """Bits as weekdays (Monday is 0)."""
    return frozenset(day for day in range(7) if bits >> day & 1)


def _frozen(values: RegistrationValues) -> dict[str, object]:
    return {
        "profession": values.profession,
        "employer": values.employer,
        "host": values.host,
        "project": values.project,
        "weekdays": sorted(values.weekdays),
        "start_on": values.start_on.isoformat() if values.start_on else None,
        "end_on": values.end_on.isoformat() if values.end_on else None,
        "purposes": sorted(values.purposes),
    }


def _thawed(filled: dict[str, object]) -> RegistrationValues:
    def day(name: str) -> dt.date | None:
        written = filled[name]
        return dt.date.fromisoformat(written) if isinstance(written, str) else None

    weekdays, purposes = filled["weekdays"], filled["purposes"]
    return RegistrationValues(
        profession=str(filled["profession"]) if filled["profession"] else None,
        employer=str(filled["employer"]),
        host=str(filled["host"]),
        project=str(filled["project"]),
        weekdays=frozenset(weekdays if isinstance(weekdays, list) else ()),
        start_on=day("start_on"),
        end_on=day("end_on"),
        purposes=frozenset(purposes if isinstance(purposes, list) else ()),
    )
