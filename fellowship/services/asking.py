"""Who is asked in a wave, and what each is told: invited on a day of theirs, reminded once, never after answering."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import UnknownSubjectError
from fellowship.ports import Actor, Policies
from fellowship.rules import calendar
from fellowship.services import due, outbox, people
from fellowship.services.registration import days_of
from fellowship.views import pulse as views
from fellowship.views.message import Message
from models.operational import Agreement, Answer, Cohort, Fellow, Outbox, Person, Wave, WaveMember
from models.types import new_id

INVITE, REMIND = "wave.invite", "wave.remind"

EVALUATION = "evaluation"
"""The purpose that a fellow agrees to before being asked anything."""


@dataclass(frozen=True)
class Invitee:
    """A fellow who is asked in a wave, and everything that a message to them needs."""

    slack_user_id: str
    fellow_id: str
    card: views.WaveCard
    instrument: catalogue.Instrument
    prompt_at: dt.datetime
    """The earliest moment from now on at which they may be prompted."""


def send_test(session: Session, actor: Actor, instrument_key: str, policies: Policies, now: dt.datetime) -> None:
    """The associate director gets the pulse exactly as a fellow does, marked as a test; nothing of it is kept."""
    people.require_director(session, actor)
    instrument = instrument_of(instrument_key)
    outbox.say(
        session,
        actor.workspace_id,
        key=f"test:{new_id()}",
        to=actor.slack_user_id,
        message=views.pulse_invitation(card_for_test(instrument, policies, now), instrument),
        at=now,
    )


def card_for_test(instrument: catalogue.Instrument, policies: Policies, now: dt.datetime) -> views.WaveCard:
    """What a test message says of its wave: one that closes in two weeks, and keeps nothing."""
    return views.WaveCard(
        wave_id=f"test:{instrument.key}",
        cohort_name="Test cohort",
        closes_at=now + dt.timedelta(days=14),
        freezes_at=now + dt.timedelta(days=16),
        zone="Europe/London",
        k_median=policies.k_median,
        k_distribution=policies.k_distribution,
        help_line=policies.help_line,
        is_test=True,
    )


def instrument_of(key: str) -> catalogue.Instrument:
    """The instrument; raises UnknownSubjectError when none of that name is shipped."""
    try:
        return catalogue.instrument(key)
    except KeyError:
        raise UnknownSubjectError(
            "That set of questions is not here any more.", "Type `/pulse` to see what there is."
        ) from None


def in_post(now: dt.datetime) -> ColumnElement[bool]:
    """Whether the fellow of the row is active and the post's last day is not over (by UTC, so not an hour too soon)."""
    return and_(Fellow.state == "active", or_(Fellow.end_on.is_(None), Fellow.end_on >= now.date()))


def agreed(purpose: str | BindParameter[str] = EVALUATION) -> ColumnElement[bool]:
    """Whether the fellow of the row agrees, at this moment, to take part in the evaluation.

    A statement that is prepared binds the purpose by a name of its own.
    """
    return exists().where(
        Agreement.workspace_id == Fellow.workspace_id,
        Agreement.fellow_id == Fellow.fellow_id,
        Agreement.purpose == purpose,
        Agreement.agreed.is_(True),
    )


def invite(session: Session, workspace_id: str, subject: str, policies: Policies, now: dt.datetime) -> bool:
    """The fellow is asked. False, and nothing is said, when they cannot be asked any more or have answered.

    An invitation that comes late, because nothing ran when it was due, waits for the fellow's next own day and hour.
    """
    invitee = _to_prompt(session, workspace_id, subject, policies, now)
    return invitee is not None and _prompt(session, workspace_id, INVITE, invitee, views.pulse_invitation, now)


def remind(session: Session, workspace_id: str, subject: str, policies: Policies, now: dt.datetime) -> bool:
    """The fellow is reminded, once. False when they have answered, asked for silence or cannot be asked.

    A reminder that comes late waits as an invitation does; where it would come on the invitation's own day, or before
    it, there is none.
    """
    invitee = _to_prompt(session, workspace_id, subject, policies, now, reminding=True)
    if invitee is None or not _invited_on_an_earlier_day(session, workspace_id, invitee, now):
        return False
    return _prompt(session, workspace_id, REMIND, invitee, views.pulse_reminder, now)


def _invited_on_an_earlier_day(session: Session, workspace_id: str, invitee: Invitee, now: dt.datetime) -> bool:
    invited_at = session.scalar(
        select(Outbox.due_at).where(
            Outbox.workspace_id == workspace_id,
            Outbox.dedupe_key == prompt_key(INVITE, invitee.card.wave_id, invitee.fellow_id),
        )
    )
    zone = zoneinfo.ZoneInfo(invitee.card.zone)
    return invited_at is not None and invited_at.astimezone(zone).date() < now.astimezone(zone).date()


def prompt_key(kind: str, wave_id: str, fellow_id: str) -> str:
    """Under which the outbox has the fellow's invitation to the wave, or its reminder."""
    return f"wave:{wave_id}:{kind}:{fellow_id}"


def _prompt(
    session: Session,
    workspace_id: str,
    kind: str,
    invitee: Invitee,
    view: Callable[[views.WaveCard, catalogue.Instrument], Message],
    now: dt.datetime,
) -> bool:
    if invitee.prompt_at <= now:
        outbox.say(
            session,
            workspace_id,
            key=prompt_key(kind, invitee.card.wave_id, invitee.fellow_id),
            to=invitee.slack_user_id,
            message=view(invitee.card, invitee.instrument),
            at=now,
        )
        return True
    if invitee.prompt_at >= invitee.card.closes_at:
        return False
    subject = f"{invitee.card.wave_id}/{invitee.fellow_id}"
    due.plan(session, workspace_id, kind, subject, invitee.prompt_at, invitee.prompt_at.isoformat())
    return True


def _to_prompt(
    session: Session,
    workspace_id: str,
    subject: str,
    policies: Policies,
    now: dt.datetime,
    *,
    reminding: bool = False,
) -> Invitee | None:
    wave_id, _, fellow_id = subject.partition("/")
    row = session.execute(
        select(Wave, Cohort, WaveMember, Person, Fellow.weekdays)
        .join(Cohort, (Cohort.workspace_id == Wave.workspace_id) & (Cohort.cohort_id == Wave.cohort_id))
        .join(WaveMember, (WaveMember.workspace_id == Wave.workspace_id) & (WaveMember.wave_id == Wave.wave_id))
        .join(Fellow, (Fellow.workspace_id == WaveMember.workspace_id) & (Fellow.fellow_id == WaveMember.fellow_id))
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Wave.workspace_id == workspace_id,
            Wave.wave_id == wave_id,
            Wave.state == "open",
            Wave.closes_at > now,
            WaveMember.fellow_id == fellow_id,
            in_post(now),
            agreed(),
        )
    ).one_or_none()
    if row is None:
        return None
    wave, cohort, member, person, weekdays = row
    if _has_answered(session, wave, member.respondent_ref) or (reminding and member.muted):
        return None
    zone = person.zone or cohort.zone
    return Invitee(
        person.slack_user_id,
        fellow_id,
        card_of(wave, cohort.name, zone, policies),
        catalogue.instrument(wave.instrument),
        calendar.next_sending_instant(now, zone, days_of(weekdays), cohort.nation),
    )


def _has_answered(session: Session, wave: Wave, respondent_ref: str) -> bool:
    given = select(Answer.item_id).where(
        Answer.workspace_id == wave.workspace_id,
        Answer.wave_id == wave.wave_id,
        Answer.respondent_ref == respondent_ref,
    )
    return session.scalar(given.limit(1)) is not None


def card_of(wave: Wave, cohort_name: str, zone: str, policies: Policies) -> views.WaveCard:
    """What a message says of the wave to a reader in ``zone``."""
    return views.WaveCard(
        wave_id=wave.wave_id,
        cohort_name=cohort_name,
        closes_at=wave.closes_at,
        freezes_at=wave.freezes_at,
        zone=zone,
        k_median=wave.k_median,
        k_distribution=wave.k_distribution,
        help_line=policies.help_line,
    )
