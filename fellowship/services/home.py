"""What a person's Home tab may say: each part is read only for who is that, in this workspace. Nothing is written.

A part is a fixed number of statements, however many cohorts and fellows there are.
"""

import datetime as dt
import zoneinfo
from collections import defaultdict
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from fellowship import catalogue
from fellowship.ports import Actor, Policies
from fellowship.services import asking, people, waves
from fellowship.services.people import Role
from fellowship.views import home as views
from models.operational import Answer, Cohort, Fellow, Person, RegistrationDraft, RoleGrant, Wave, WaveMember

PLACES, COHORTS, RELEASES = 5, 15, 8
"""How many of each are shown: a Home tab holds 100 blocks (https://docs.slack.dev/surfaces/app-home)."""
ZONE = "Europe/London"
"""For somebody whose own zone is not known, and who is in no cohort."""


def page(session: Session, actor: Actor, policies: Policies, now: dt.datetime) -> views.HomePage:
    """Everything that the actor's Home tab says at ``now``; for somebody without a part, whom they can ask."""
    places, place_zone = _places(session, actor, policies, now)
    director, director_zone = _director(session, actor)
    evaluator, evaluator_zone = _evaluator(session, actor)
    is_somebody = bool(places) or director is not None or evaluator is not None
    return views.HomePage(
        places=places,
        director=director,
        evaluator=evaluator,
        ask=() if is_somebody else tuple(people.directors(session, actor.workspace_id)),
        contact=policies.data_protection_contact,
        made_at=now,
        zone=_own_zone(session, actor) or place_zone or director_zone or evaluator_zone or ZONE,
    )


def _own_zone(session: Session, actor: Actor) -> str | None:
    return session.scalar(
        select(Person.zone).where(
            Person.workspace_id == actor.workspace_id, Person.slack_user_id == actor.slack_user_id
        )
    )


def _day(instant: dt.datetime, zone: str) -> dt.date:
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).date()


def _places(
    session: Session, actor: Actor, policies: Policies, now: dt.datetime
) -> tuple[tuple[views.Place, ...], str | None]:
    half_filled = exists().where(
        RegistrationDraft.workspace_id == Fellow.workspace_id, RegistrationDraft.fellow_id == Fellow.fellow_id
    )
    rows = session.execute(
        select(Fellow, Cohort, Person.zone, half_filled.label("half_filled"), asking.agreed().label("agrees"))
        .join(Cohort, (Cohort.workspace_id == Fellow.workspace_id) & (Cohort.cohort_id == Fellow.cohort_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(Fellow.workspace_id == actor.workspace_id, Person.slack_user_id == actor.slack_user_id)
        .order_by(Fellow.invited_at.desc(), Fellow.fellow_id)
        .limit(PLACES)
    ).all()
    pulses = _own_pulses(session, actor, policies, now) if rows else {}
    places = tuple(
        views.Place(
            fellow_id=fellow.fellow_id,
            cohort_name=cohort.name,
            programme=cohort.programme,
            director=cohort.director_slack_user_id,
            standing=_standing(fellow, cohort, _day(now, zone or cohort.zone), half_filled=half_filled),
            start_on=fellow.start_on or cohort.start_on,
            end_on=fellow.end_on or cohort.end_on,
            cohort_ended=cohort.state == "closed",
            agrees=agrees,
            pulse=pulses.get(fellow.fellow_id),
        )
        for fellow, cohort, zone, half_filled, agrees in rows
    )
    return places, rows[0].Cohort.zone if rows else None


def _standing(
    fellow: Fellow, cohort: Cohort, today: dt.date, *, half_filled: bool
) -> Literal["invited", "half filled in", "registered", "in post", "over"]:
    if fellow.registered_at is None:
        return "half filled in" if half_filled else "invited"
    if today < (fellow.start_on or cohort.start_on):
        return "registered"
    return "in post" if today <= (fellow.end_on or cohort.end_on) else "over"


def _own_pulses(session: Session, actor: Actor, policies: Policies, now: dt.datetime) -> dict[str, views.OwnPulse]:
    """The newest pulse of each of the actor's places that takes answers and that they agree to answer."""
    rows = session.execute(
        select(Wave, WaveMember.fellow_id, WaveMember.respondent_ref, Cohort.name, Cohort.zone, Person.zone)
        .join(Cohort, (Cohort.workspace_id == Wave.workspace_id) & (Cohort.cohort_id == Wave.cohort_id))
        .join(WaveMember, (WaveMember.workspace_id == Wave.workspace_id) & (WaveMember.wave_id == Wave.wave_id))
        .join(Fellow, (Fellow.workspace_id == WaveMember.workspace_id) & (Fellow.fellow_id == WaveMember.fellow_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Wave.workspace_id == actor.workspace_id,
            Wave.state.in_(["open", "closed"]),
            Wave.freezes_at > now,
            Person.slack_user_id == actor.slack_user_id,
            asking.agreed(),
        )
        .order_by(Wave.opened_at)
    ).all()
    saved = _saved(session, actor, [row.respondent_ref for row in rows])
    pulses = {}
    for wave, fellow_id, respondent_ref, cohort_name, cohort_zone, zone in rows:
        rows_saved, left_out = saved.get(respondent_ref, (0, 0))
        pulses[fellow_id] = views.OwnPulse(
            card=asking.card_of(wave, cohort_name, zone or cohort_zone, policies),
            questions=len(catalogue.instrument(wave.instrument).items),
            saved=rows_saved,
            left_out=left_out,
            closed=now >= wave.closes_at,
        )
    return pulses


def _saved(session: Session, actor: Actor, respondent_refs: list[str]) -> dict[str, tuple[int, int]]:
    """How many questions are saved under each reference, and how many of these are left out; no answer is read."""
    skipped = case((Answer.missing == int(catalogue.MissingCode.SKIPPED), 1), else_=0)
    rows = session.execute(
        select(Answer.respondent_ref, func.count(), func.sum(skipped))
        .where(Answer.workspace_id == actor.workspace_id, Answer.respondent_ref.in_(respondent_refs))
        .group_by(Answer.respondent_ref)
    )
    return {respondent_ref: (count, left_out) for respondent_ref, count, left_out in rows}


def _director(session: Session, actor: Actor) -> tuple[views.Director | None, str | None]:
    if not people.holds(session, actor, Role.ASSOCIATE_DIRECTOR):
        return None, None
    runs_on = exists().where(
        Wave.workspace_id == Cohort.workspace_id,
        Wave.cohort_id == Cohort.cohort_id,
        Wave.state != "released",
    )
    rows = session.execute(
        select(Cohort, func.count().over().label("altogether"))
        .where(Cohort.workspace_id == actor.workspace_id, or_(Cohort.state != "closed", runs_on))
        .order_by(Cohort.created_at.desc(), Cohort.name)
        .limit(COHORTS)
    ).all()
    cohorts = {row.Cohort.cohort_id: row.Cohort for row in rows}
    invited = _invited(session, actor, list(cohorts))
    newest = _newest_waves(session, actor, list(cohorts))
    shown = tuple(
        _directed(cohort, invited.get(cohort_id, (0, 0)), newest.get(cohort_id))
        for cohort_id, cohort in cohorts.items()
    )
    zone = rows[0].Cohort.zone if rows else None
    return views.Director(shown, rows[0].altogether - len(shown) if rows else 0), zone


def _directed(cohort: Cohort, invited: tuple[int, int], newest: tuple[Wave, int] | None) -> views.Directed:
    between = newest is not None and newest[0].state == "frozen"
    return views.Directed(
        cohort_id=cohort.cohort_id,
        name=cohort.name,
        start_on=cohort.start_on,
        end_on=cohort.end_on,
        ended=cohort.state == "closed",
        invited=invited[0],
        registered=invited[1],
        # Nothing fresher or finer than the message about the wave says: docs/adr/0009.
        pulse=waves.director_card(newest[0], cohort, newest[1]) if newest is not None and not between else None,
        between=between,
    )


def _invited(session: Session, actor: Actor, cohort_ids: list[str]) -> dict[str, tuple[int, int]]:
    """How many are invited to each cohort, and how many of these have registered."""
    rows = session.execute(
        select(Fellow.cohort_id, func.count(), func.count(Fellow.registered_at))
        .where(Fellow.workspace_id == actor.workspace_id, Fellow.cohort_id.in_(cohort_ids))
        .group_by(Fellow.cohort_id)
    )
    return {cohort_id: (invited, registered) for cohort_id, invited, registered in rows}


def _newest_waves(session: Session, actor: Actor, cohort_ids: list[str]) -> dict[str, tuple[Wave, int]]:
    """The newest wave of each cohort, and how many were asked in it."""
    later = aliased(Wave)
    asked = (
        select(func.count())
        .where(WaveMember.workspace_id == Wave.workspace_id, WaveMember.wave_id == Wave.wave_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Wave, asked).where(
            Wave.workspace_id == actor.workspace_id,
            Wave.cohort_id.in_(cohort_ids),
            ~exists().where(
                later.workspace_id == Wave.workspace_id,
                later.cohort_id == Wave.cohort_id,
                later.opened_at > Wave.opened_at,
            ),
        )
    )
    return {wave.cohort_id: (wave, members) for wave, members in rows}


def _evaluates(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor is an evaluator of the cohort of the row, or of all of its workspace."""
    return exists().where(
        and_(RoleGrant.workspace_id == Cohort.workspace_id, RoleGrant.role == Role.EVALUATOR),
        or_(RoleGrant.cohort_id == "", RoleGrant.cohort_id == Cohort.cohort_id),
        and_(Person.workspace_id == RoleGrant.workspace_id, Person.person_id == RoleGrant.person_id),
        Person.slack_user_id == actor.slack_user_id,
    )


def _evaluator(session: Session, actor: Actor) -> tuple[views.Evaluator | None, str | None]:
    rows = session.execute(
        select(Cohort, func.count().over().label("altogether"))
        .where(Cohort.workspace_id == actor.workspace_id, _evaluates(actor))
        .order_by(Cohort.created_at.desc(), Cohort.name)
        .limit(COHORTS)
    ).all()
    if not rows:
        return None, None
    released = _released(session, actor, [row.Cohort.cohort_id for row in rows])
    shown = tuple(_evaluated(row.Cohort, released[row.Cohort.cohort_id]) for row in rows)
    return views.Evaluator(shown, rows[0].altogether - len(shown)), rows[0].Cohort.zone


def _evaluated(cohort: Cohort, released: list[Any]) -> views.Evaluated:
    return views.Evaluated(
        cohort_name=cohort.name,
        channel_id=cohort.evaluation_channel_id,
        released=tuple(
            views.Released(each.wave_key, _day(each.opened_at, cohort.zone), _day(each.closes_at, cohort.zone))
            for each in released[:RELEASES]
        ),
        earlier=len(released[RELEASES:]),
    )


def _released(session: Session, actor: Actor, cohort_ids: list[str]) -> dict[str, list[Any]]:
    """The released waves of each cohort, newest first: when, and never how many or what."""
    rows = session.execute(
        select(Wave.cohort_id, Wave.wave_key, Wave.opened_at, Wave.closes_at)
        .where(Wave.workspace_id == actor.workspace_id, Wave.cohort_id.in_(cohort_ids), Wave.state == "released")
        .order_by(Wave.opened_at.desc())
    )
    released: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        released[row.cohort_id].append(row)
    return released
