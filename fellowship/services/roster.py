"""Inviting fellows from a pasted list: read at once, looked up in the background, reported line by line."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from fellowship.errors import InvalidFieldsError
from fellowship.ports import Actor, Member
from fellowship.rules.calendar import next_sending_instant
from fellowship.rules.roster import Roster, parse_roster
from fellowship.rules.words import seen
from fellowship.services import cohorts, due, outbox, people
from fellowship.services.people import Role
from fellowship.views import roster as views
from models.operational import Cohort, Fellow, Person, RosterImport
from models.session import insert

IMPORT = "roster.import"


def ask_import(session: Session, actor: Actor, cohort_id: str, lines: str, now: dt.datetime) -> None:
    """The pasted list is kept and will be looked up at once; a report of every line follows by direct message."""
    cohort = cohorts.directed_cohort(session, actor, cohort_id)
    if not seen(lines):
        raise InvalidFieldsError({"lines": "Paste one person a line, with an e-mail address in each."})
    pasted = RosterImport(
        workspace_id=actor.workspace_id,
        cohort_id=cohort.cohort_id,
        asked_by=actor.slack_user_id,
        lines=lines,
        asked_at=now,
    )
    session.add(pasted)
    session.flush()
    due.plan(session, actor.workspace_id, IMPORT, pasted.import_id, now)


def read_import(session: Session, workspace_id: str, import_id: str) -> Roster:
    """The pasted list, read: who is to be looked up, and which lines cannot be used and why."""
    pasted = session.get_one(RosterImport, (workspace_id, import_id))
    return parse_roster(pasted.lines or "")


def finish_import(
    session: Session, workspace_id: str, import_id: str, found: Mapping[str, Member | None], now: dt.datetime
) -> None:
    """Everyone found is invited once, the associate director gets the report, and the pasted text is gone.

    ``found`` maps each e-mail address of the list to its member, or None where the workspace has none.
    """
    pasted = session.get_one(RosterImport, (workspace_id, import_id))
    cohort = session.get_one(Cohort, (workspace_id, pasted.cohort_id))
    roster = parse_roster(pasted.lines or "")
    invited: list[str] = []
    already: list[str] = []
    problems = [views.Problem(each.line_no, each.line, each.reason) for each in roster.problems]
    for row in roster.rows:
        member = found.get(row.email)
        why_not = _why_not(session, cohort, member)
        if member is None or why_not:
            problems.append(views.Problem(row.line_no, row.email, why_not))
        elif _invite(session, cohort, member, now):
            invited.append(member.name)
        else:
            already.append(member.name)
    pasted.lines = None
    outbox.say(
        session,
        workspace_id,
        key=f"import:{import_id}:report",
        to=pasted.asked_by,
        message=views.invite_report(
            cohort.name, invited, already, sorted(problems, key=lambda problem: problem.line_no)
        ),
        at=now,
    )


def give_up_import(session: Session, workspace_id: str, import_id: str, now: dt.datetime) -> None:
    """Nobody was invited, the associate director is told so, and the pasted text is gone."""
    pasted = session.get_one(RosterImport, (workspace_id, import_id))
    cohort = session.get_one(Cohort, (workspace_id, pasted.cohort_id))
    pasted.lines = None
    outbox.say(
        session,
        workspace_id,
        key=f"import:{import_id}:given-up",
        to=pasted.asked_by,
        message=views.invite_failed(cohort.name),
        at=now,
    )


def _why_not(session: Session, cohort: Cohort, member: Member | None) -> str:
    """Why the member cannot be invited; nothing when there is no reason."""
    if member is None:
        return "nobody in this Slack workspace has this address; ask them to join, or check the spelling"
    if not member.is_active_person:
        return "this account is a bot or has been deactivated"
    actor = Actor(cohort.workspace_id, member.slack_user_id)
    if people.holds(session, actor, Role.ASSOCIATE_DIRECTOR) or people.holds(
        session, actor, Role.EVALUATOR, cohort.cohort_id
    ):
        # Who answers knows one answer, and so protects the others by one less.
        return "an associate director or an evaluator of the cohort cannot be one of its fellows"
    elsewhere = _running_elsewhere(session, cohort, member)
    # The same person in two groups at a time would let two figures be subtracted.
    return f"this person is a fellow of {elsewhere}, which has not ended" if elsewhere else ""


def _running_elsewhere(session: Session, cohort: Cohort, member: Member) -> str | None:
    return session.scalar(
        select(Cohort.name)
        .join(Fellow, (Fellow.workspace_id == Cohort.workspace_id) & (Fellow.cohort_id == Cohort.cohort_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Cohort.workspace_id == cohort.workspace_id,
            Cohort.cohort_id != cohort.cohort_id,
            Cohort.state != "closed",
            Person.slack_user_id == member.slack_user_id,
        )
        .limit(1)
    )


def _invite(session: Session, cohort: Cohort, member: Member, now: dt.datetime) -> bool:
    person_id = people.remember(session, cohort.workspace_id, member)
    fellow_id = session.scalar(
        insert(session, Fellow)
        .values(workspace_id=cohort.workspace_id, cohort_id=cohort.cohort_id, person_id=person_id, invited_at=now)
        .on_conflict_do_nothing(index_elements=["workspace_id", "cohort_id", "person_id"])
        .returning(Fellow.fellow_id)
    )
    if fellow_id is None:
        return False
    outbox.say(
        session,
        cohort.workspace_id,
        key=f"fellow:{fellow_id}:invitation",
        to=member.slack_user_id,
        message=views.invitation(
            fellow_id=fellow_id,
            cohort_name=cohort.name,
            programme=cohort.programme,
            start_on=cohort.start_on,
            director_id=cohort.director_slack_user_id,
        ),
        at=next_sending_instant(now, member.zone or cohort.zone, None, cohort.nation),
        tell=cohort.director_slack_user_id,
    )
    return True
