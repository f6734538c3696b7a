"""Who people are and which roles they hold. Deny by default: a role that is not found is not held."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fellowship.errors import NotAllowedError
from fellowship.ports import Actor, Member
from models.operational import Cohort, Person, RoleGrant, Workspace
from models.session import insert


class Role(StrEnum):
    """Roles of the programme, apart from Slack's own."""

    ASSOCIATE_DIRECTOR = "associate_director"
    EVALUATOR = "evaluator"


def welcome_workspace(session: Session, workspace_id: str, bot_user_id: str, now: dt.datetime) -> None:
    """Have the workspace on record."""
    session.execute(
        insert(session, Workspace)
        .values(workspace_id=workspace_id, bot_user_id=bot_user_id, created_at=now)
        .on_conflict_do_update(index_elements=["workspace_id"], set_={"bot_user_id": bot_user_id})
    )


def person_id_of(session: Session, workspace_id: str, slack_user_id: str) -> str:
    """The key of the person with that Slack id, who is on record afterwards."""
    session.execute(
        insert(session, Person)
        .values(workspace_id=workspace_id, slack_user_id=slack_user_id)
        .on_conflict_do_nothing(index_elements=["workspace_id", "slack_user_id"])
    )
    found = session.scalars(
        select(Person.person_id).where(Person.workspace_id == workspace_id, Person.slack_user_id == slack_user_id)
    )
    return found.one()


def remember(session: Session, workspace_id: str, member: Member) -> str:
    """Have the member's name and zone on record as the directory has them; returns the person's key."""
    fresh = {"name": member.name, "zone": member.zone}
    session.execute(
        insert(session, Person)
        .values(workspace_id=workspace_id, slack_user_id=member.slack_user_id, **fresh)
        .on_conflict_do_update(index_elements=["workspace_id", "slack_user_id"], set_=fresh)
    )
    return person_id_of(session, workspace_id, member.slack_user_id)


def grant(
    session: Session,
    workspace_id: str,
    role: Role,
    slack_user_ids: Iterable[str],
    now: dt.datetime,
    *,
    cohort_id: str = "",
) -> None:
    """Let each of the people hold ``role`` over the cohort, or over every cohort where none is named."""
    for slack_user_id in slack_user_ids:
        person_id = person_id_of(session, workspace_id, slack_user_id)
        session.execute(
            insert(session, RoleGrant)
            .values(workspace_id=workspace_id, person_id=person_id, role=role, cohort_id=cohort_id, granted_at=now)
            .on_conflict_do_nothing(index_elements=["workspace_id", "person_id", "role", "cohort_id"])
        )


def set_directors(session: Session, workspace_id: str, slack_user_ids: Iterable[str], now: dt.datetime) -> None:
    """Exactly these people are associate directors of the workspace."""
    named = list(slack_user_ids)
    others = select(Person.person_id).where(Person.workspace_id == workspace_id, Person.slack_user_id.not_in(named))
    session.execute(
        delete(RoleGrant).where(
            RoleGrant.workspace_id == workspace_id,
            RoleGrant.role == Role.ASSOCIATE_DIRECTOR,
            RoleGrant.person_id.in_(others),
        ),
        execution_options={"synchronize_session": False},
    )
    grant(session, workspace_id, Role.ASSOCIATE_DIRECTOR, named, now)


def holds(session: Session, actor: Actor, role: Role, cohort_id: str = "") -> bool:
    """Whether the actor holds ``role`` over that cohort, by a grant for it or for all cohorts."""
    statement = (
        select(RoleGrant.grant_id)
        .join(Person, (Person.workspace_id == RoleGrant.workspace_id) & (Person.person_id == RoleGrant.person_id))
        .where(
            RoleGrant.workspace_id == actor.workspace_id,
            Person.slack_user_id == actor.slack_user_id,
            RoleGrant.role == role,
            RoleGrant.cohort_id.in_(["", cohort_id]),
        )
    )
    return session.scalar(statement.limit(1)) is not None


def require_director(session: Session, actor: Actor) -> None:
    """Raise NotAllowedError unless the actor is an associate director of this workspace."""
    if holds(session, actor, Role.ASSOCIATE_DIRECTOR):
        return
    who = " or ".join(f"<@{each}>" for each in directors(session, actor.workspace_id))
    raise NotAllowedError(
        "Only an associate director can do that.",
        f"{who} can do it for you." if who else "Whoever installed this app can name an associate director.",
    )


def directors(session: Session, workspace_id: str) -> Sequence[str]:
    """The Slack ids of up to three associate directors of the workspace: whom anybody there can ask."""
    return session.scalars(
        select(Person.slack_user_id)
        .join(RoleGrant, (RoleGrant.workspace_id == Person.workspace_id) & (RoleGrant.person_id == Person.person_id))
        .where(RoleGrant.workspace_id == workspace_id, RoleGrant.role == Role.ASSOCIATE_DIRECTOR)
        .order_by(RoleGrant.granted_at)
        .limit(3)
    ).all()


def director_of(cohort: Cohort) -> str:
    """A mention of the associate director who set the cohort up: whom a fellow or an evaluator can ask."""
    return f"<@{cohort.director_slack_user_id}>"
