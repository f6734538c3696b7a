"""Cohorts: set up by an associate director."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import CohortClosedError, InvalidFieldsError, UnknownSubjectError
from fellowship.ports import Actor
from fellowship.rules.calendar import HolidaysUnknownError, bank_holidays, instant
from fellowship.rules.words import seen
from fellowship.services import due, outbox, people
from fellowship.services.people import Role
from fellowship.views import cohort as views
from fellowship.views.text import named
from models.operational import Cohort

START, CLOSE = "cohort.start", "cohort.close"


@dataclass(frozen=True)
class NewCohort:
    """What the form says."""

    name: str
    programme: str
    start_on: dt.date
    end_on: dt.date
    zone: str
    nation: str
    channel_id: str
    evaluation_channel_id: str
    evaluator_ids: tuple[str, ...]


def create(session: Session, actor: Actor, new: NewCohort, now: dt.datetime) -> str:
    """The cohort and its evaluators are on record, both channels will be greeted, and the AD gets a receipt.

    Returns the cohort's id. Raises NotAllowedError, or InvalidFieldsError by field name.
    """
    people.require_director(session, actor)
    _check(new)
    _check_evaluation_channel(session, actor, new)
    cohort = Cohort(
        workspace_id=actor.workspace_id,
        name=new.name.strip(),
        programme=new.programme.strip(),
        start_on=new.start_on,
        end_on=new.end_on,
        zone=new.zone,
        nation=new.nation,
        channel_id=new.channel_id,
        evaluation_channel_id=new.evaluation_channel_id,
        director_slack_user_id=actor.slack_user_id,
        created_at=now,
    )
    session.add(cohort)
    session.flush()
    starts_at, ends_at = _bounds(cohort)
    cohort.state = "running" if starts_at <= now else "open"
    if starts_at > now:
        due.plan(session, actor.workspace_id, START, cohort.cohort_id, starts_at)
    due.plan(session, actor.workspace_id, CLOSE, cohort.cohort_id, ends_at)
    people.grant(session, actor.workspace_id, Role.EVALUATOR, new.evaluator_ids, now, cohort_id=cohort.cohort_id)
    _announce(session, actor, cohort, new, now)
    return cohort.cohort_id


def _bounds(cohort: Cohort) -> tuple[dt.datetime, dt.datetime]:
    """The instants at which the first day begins and the last day is over, where the cohort is."""
    day_after = cohort.end_on + dt.timedelta(days=1)
    return instant(cohort.start_on, dt.time(0), cohort.zone), instant(day_after, dt.time(0), cohort.zone)


def start(session: Session, workspace_id: str, cohort_id: str) -> bool:
    """The cohort's first day has come: it is running. False when it was started or closed before."""
    return _move(session, workspace_id, cohort_id, "open", "running")


def close(session: Session, workspace_id: str, cohort_id: str) -> bool:
    """The cohort's last day is over: nobody is invited and no pulse opens any more. False when it was closed before."""
    return _move(session, workspace_id, cohort_id, "running", "closed")


def _move(session: Session, workspace_id: str, cohort_id: str, before: str, after: str) -> bool:
    cohort = session.get_one(Cohort, (workspace_id, cohort_id))
    moves = cohort.state == before
    if moves:
        cohort.state = after
    return moves


def _announce(session: Session, actor: Actor, cohort: Cohort, new: NewCohort, now: dt.datetime) -> None:
    card = views.CohortCard(
        name=cohort.name,
        programme=cohort.programme,
        start_on=cohort.start_on,
        end_on=cohort.end_on,
        zone_label=dict(catalogue.zones())[cohort.zone],
        nation_label=dict(catalogue.nations())[cohort.nation],
        channel_id=cohort.channel_id,
        evaluation_channel_id=cohort.evaluation_channel_id,
        evaluator_ids=new.evaluator_ids,
        also_evaluates=actor.slack_user_id in new.evaluator_ids,
    )
    for key, to, message, tell in (
        ("created", actor.slack_user_id, views.cohort_created(card, cohort_id=cohort.cohort_id), None),
        ("hello", cohort.channel_id, views.channel_hello(card), actor.slack_user_id),
        ("evaluation-hello", cohort.evaluation_channel_id, views.evaluation_hello(card), actor.slack_user_id),
    ):
        outbox.say(
            session,
            actor.workspace_id,
            key=f"cohort:{cohort.cohort_id}:{key}",
            to=to,
            message=message,
            at=now,
            tell=tell,
        )


def _check(new: NewCohort) -> None:
    problems: dict[str, str] = {}
    if not seen(new.name):
        problems["name"] = "Give the cohort a name."
    if not seen(new.programme):
        problems["programme"] = "Say which programme it belongs to."
    if new.end_on <= new.start_on:
        problems["end_on"] = "The cohort must end after it starts. Choose a later date."
    if new.zone not in zoneinfo.available_timezones() or new.zone not in dict(catalogue.zones()):
        problems["zone"] = "Choose a time zone from the list."
    if new.nation not in dict(catalogue.nations()):
        problems["nation"] = "Choose the nation whose bank holidays apply."
    elif not problems and not _holidays_known(new):
        problems["end_on"] = "The list of bank holidays does not reach that far. Choose an earlier date."
    if new.channel_id == new.evaluation_channel_id:
        problems["evaluation_channel_id"] = (
            "Choose another channel: fellows are in the cohort's channel, and results go to evaluators."
        )
    if problems:
        raise InvalidFieldsError(problems)


def _check_evaluation_channel(session: Session, actor: Actor, new: NewCohort) -> None:
    """An evaluation channel is one cohort's, and no cohort's fellows are in it."""
    rows = session.execute(
        select(Cohort.name, Cohort.channel_id, Cohort.evaluation_channel_id).where(
            Cohort.workspace_id == actor.workspace_id
        )
    )
    problems = {}
    for name, channel_id, evaluation_channel_id in rows:
        if new.evaluation_channel_id in {channel_id, evaluation_channel_id}:
            problems["evaluation_channel_id"] = (
                f"{named(name)} uses that channel. Choose one for this cohort's results alone."
            )
        if new.channel_id == evaluation_channel_id:
            problems["channel_id"] = (
                f"{named(name)} has its results there. Choose the channel that this cohort's fellows are in."
            )
    if problems:
        raise InvalidFieldsError(problems)


def _holidays_known(new: NewCohort) -> bool:
    try:
        # A wave that opens on the last day ends in the year after.
        bank_holidays(new.nation, range(new.start_on.year, new.end_on.year + 2))
    except HolidaysUnknownError:
        return False
    return True


def directed_by(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The cohorts that have not ended, as (id, name), newest first; raises NotAllowedError for anybody but an AD."""
    people.require_director(session, actor)
    rows = session.execute(
        select(Cohort.cohort_id, Cohort.name)
        .where(Cohort.workspace_id == actor.workspace_id, Cohort.state != "closed")
        .order_by(Cohort.created_at.desc(), Cohort.name)
        .limit(100)  # a select holds 100 options
    )
    return [(cohort_id, name) for cohort_id, name in rows]


def directed_cohort(session: Session, actor: Actor, cohort_id: str) -> Cohort:
    """The cohort, to act on, if the actor is an associate director of its workspace and it has not ended.

    Raises NotAllowedError, UnknownSubjectError when there is no such cohort in this workspace, or CohortClosedError.
    """
    people.require_director(session, actor)
    cohort = session.get(Cohort, (actor.workspace_id, cohort_id))
    if cohort is None:
        raise UnknownSubjectError(
            "That cohort is not here any more.", "Type `/fellowship` to see the cohorts there are."
        )
    if cohort.state == "closed":
        raise CohortClosedError(
            f"{cohort.name} has ended, so nobody can be invited or asked any more.",
            "What was released stays in the evaluation channel and the evaluation database.",
        )
    return cohort
