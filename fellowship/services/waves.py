"""A wave's life: opened for those in post, everything it will do planned, counted daily, closed, frozen."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import NobodyToAskError, WaveOpenError
from fellowship.ports import Actor, Policies
from fellowship.rules import calendar, disclosure, eligibility
from fellowship.services import asking, cohorts, due, outbox
from fellowship.services.registration import days_of
from fellowship.views import director as views
from models.operational import Answer, Cohort, Fellow, Figure, Person, Wave, WaveMember

FEWEST_ASKED = 2
"""One fellow's count would be a statement about that fellow."""

COUNT, CLOSE, FREEZE, RELEASE = "wave.count", "wave.close", "wave.freeze", "wave.release"

_SHOWN: dict[str, Literal["open", "closed", "released"]] = {
    "open": "open",
    "closed": "closed",
    "frozen": "closed",
    "released": "released",
}

DAY_ENDS = dt.time(17, 30)
COUNTED_AT = dt.time(9)
REMINDED_AT = dt.time(10)
FREEZE_AFTER = dt.timedelta(seconds=5)
"""A click that began before the late window ended has its second to be saved; none begins after it."""


@dataclass(frozen=True)
class Asked:
    """A fellow who can be asked: in post, and has agreed to the evaluation."""

    fellow_id: str
    zone: str
    weekdays: frozenset[int]
    start_on: dt.date
    end_on: dt.date


def open_wave(
    session: Session, actor: Actor, cohort_id: str, instrument_key: str, policies: Policies, now: dt.datetime
) -> str:
    """The wave is open: its dates and thresholds are fixed, everything it will do is planned. Returns its id.

    Raises NotAllowedError, UnknownSubjectError, WaveOpenError or NobodyToAskError.
    """
    cohort = cohorts.directed_cohort(session, actor, cohort_id)
    instrument = asking.instrument_of(instrument_key)
    _refuse_second(session, cohort)
    opened_on = _local_date(now, cohort.zone)
    asked, closes_on = _asked(cohort, _askable(session, cohort, now), opened_on)
    if len(asked) < FEWEST_ASKED:
        raise NobodyToAskError(
            f"{cohort.name} cannot be asked yet: a pulse needs two fellows who are in post, have agreed to the "
            "evaluation and have three fellowship days before it closes.",
            "Invite fellows with `/fellowship`; they agree when they register.",
        )
    weekdays = [each.weekdays for each in asked]
    late_on = calendar.late_until_on(closes_on, weekdays, cohort.nation, policies.late_days)
    wave = Wave(
        workspace_id=actor.workspace_id,
        cohort_id=cohort.cohort_id,
        instrument=instrument.key,
        opened_by=actor.slack_user_id,
        opened_at=now,
        closes_at=calendar.instant(closes_on, DAY_ENDS, cohort.zone),
        freezes_at=calendar.instant(late_on, DAY_ENDS, cohort.zone),
        k_median=policies.k_median,
        k_distribution=policies.k_distribution,
        counted_at=now,
    )
    session.add(wave)
    session.flush()
    session.add_all(
        WaveMember(workspace_id=wave.workspace_id, wave_id=wave.wave_id, fellow_id=each.fellow_id) for each in asked
    )
    _plan(session, wave, cohort, asked, closes_on)
    _show_director(session, wave, cohort)
    return wave.wave_id


def _local_date(now: dt.datetime, zone: str) -> dt.date:
    return now.astimezone(zoneinfo.ZoneInfo(zone)).date()


def _refuse_second(session: Session, cohort: Cohort) -> None:
    still_open = session.scalar(
        select(Wave.closes_at).where(
            Wave.workspace_id == cohort.workspace_id, Wave.cohort_id == cohort.cohort_id, Wave.state == "open"
        )
    )
    if still_open is not None:
        closes_on = _local_date(still_open, cohort.zone)
        raise WaveOpenError(
            f"{cohort.name} has a pulse open until {closes_on:%-d %B}.", "It closes by itself; open the next one then."
        )


def _askable(session: Session, cohort: Cohort, now: dt.datetime) -> list[Asked]:
    rows = session.execute(
        select(Fellow.fellow_id, Person.zone, Fellow.weekdays, Fellow.start_on, Fellow.end_on)
        .join(Person, (Person.workspace_id == Fellow.workspace_id) & (Person.person_id == Fellow.person_id))
        .where(
            Fellow.workspace_id == cohort.workspace_id,
            Fellow.cohort_id == cohort.cohort_id,
            asking.in_post(now),
            asking.agreed(),
        )
    )
    return [
        Asked(
            fellow_id,
            zone or cohort.zone,
            days_of(weekdays),
            start_on or cohort.start_on,
            end_on or cohort.end_on,
        )
        for fellow_id, zone, weekdays, start_on, end_on in rows
    ]


def _asked(cohort: Cohort, askable: list[Asked], opened_on: dt.date) -> tuple[list[Asked], dt.date]:
    """Who is asked, and until when: those who will have three fellowship days in post before the wave closes.

    Whoever is asked is eligible for good. If eligibility moved with what happens later, a released denominator would
    tell, of a fellow who left early, whether that fellow had answered (docs/adr/0009).
    """
    closes_on = calendar.closing_on(opened_on, [each.weekdays for each in askable], cohort.nation)
    asked = [
        each
        for each in askable
        if eligibility.is_eligible(
            answered=False,
            agreed=True,
            own_days_active=eligibility.active_own_days(
                each.start_on, each.end_on, each.weekdays, opened_on, closes_on, cohort.nation
            ),
        )
    ]
    # Nobody who is not asked holds the wave open. It can only close earlier so, and after everybody's third own day.
    return asked, calendar.closing_on(opened_on, [each.weekdays for each in asked], cohort.nation)


def _plan(session: Session, wave: Wave, cohort: Cohort, asked: list[Asked], closes_on: dt.date) -> None:
    invitations, reminders = [], []
    for each in asked:
        subject = f"{wave.wave_id}/{each.fellow_id}"
        at = calendar.next_sending_instant(wave.opened_at, each.zone, each.weekdays, cohort.nation)
        invitations.append((subject, "", at))
        reminded_on = calendar.reminder_on(_local_date(at, each.zone), closes_on, each.weekdays, cohort.nation)
        if reminded_on is not None:
            reminders.append((subject, "1", calendar.instant(reminded_on, REMINDED_AT, each.zone)))
    due.plan_all(session, wave.workspace_id, asking.INVITE, invitations)
    due.plan_all(session, wave.workspace_id, asking.REMIND, reminders)
    due.plan(session, wave.workspace_id, CLOSE, wave.wave_id, wave.closes_at)
    due.plan(session, wave.workspace_id, FREEZE, wave.wave_id, wave.freezes_at + FREEZE_AFTER)
    _plan_count(session, wave, cohort, wave.opened_at)


def _plan_count(session: Session, wave: Wave, cohort: Cohort, after: dt.datetime) -> None:
    tomorrow = _local_date(after, cohort.zone) + dt.timedelta(days=1)
    at = calendar.instant(tomorrow, COUNTED_AT, cohort.zone)
    if at < wave.closes_at:
        due.plan(session, wave.workspace_id, COUNT, wave.wave_id, at, tomorrow.isoformat())


def count(session: Session, workspace_id: str, wave_id: str, now: dt.datetime) -> bool:
    """The associate director's status shows how many have answered, as far as it may; the next count is planned."""
    wave, cohort = _with_cohort(session, workspace_id, wave_id)
    if wave.state != "open":
        return False
    shown = disclosure.shown_count(wave.answered, len(_respondents(session, wave)))
    if shown != wave.answered:
        wave.answered, wave.counted_at = shown, now
        _show_director(session, wave, cohort)
    _plan_count(session, wave, cohort, now)
    return True


def close(session: Session, workspace_id: str, wave_id: str, now: dt.datetime) -> bool:
    """The wave is closed: late answers are taken until it freezes. False when it was closed before."""
    wave, cohort = _with_cohort(session, workspace_id, wave_id)
    if wave.state != "open":
        return False
    wave.state = "closed"
    wave.answered, wave.counted_at = len(_respondents(session, wave)), now
    _show_director(session, wave, cohort)
    return True


def freeze(session: Session, workspace_id: str, wave_id: str, now: dt.datetime) -> bool:
    """The wave's figures are computed, once; its release is planned. False when it was frozen before.

    From here on no answer is taken and none is read again.
    """
    wave = session.get_one(Wave, (workspace_id, wave_id))
    if wave.state not in {"open", "closed"}:
        return False
    answered = _respondents(session, wave)
    wave.n_answered = wave.answered = len(answered)
    wave.counted_at = now
    wave.n_eligible = _members(session, wave)
    wave.frozen_at = now
    wave.state = "frozen"
    release = disclosure.release_wave(
        catalogue.instrument(wave.instrument),
        _values(session, wave),
        n_eligible=wave.n_eligible,
        n_answered=wave.n_answered,
        thresholds=disclosure.Thresholds(wave.k_median, wave.k_distribution),
    )
    session.add_all(
        Figure(
            workspace_id=workspace_id,
            wave_id=wave_id,
            item_id=figure.item_id,
            statistic=figure.statistic,
            band=figure.band,
            label=figure.label,
            value=figure.value,
            n_item=figure.n_item,
            n_item_at_least=figure.n_item_at_least,
            suppressed=figure.suppressed,
            reason=figure.reason,
        )
        for figure in release.figures
    )
    due.plan(session, workspace_id, RELEASE, wave_id, now)
    return True


def tell_stuck(session: Session, workspace_id: str, wave_id: str, now: dt.datetime) -> None:
    """The associate director hears that the wave cannot go on by itself."""
    wave, cohort = _with_cohort(session, workspace_id, wave_id)
    outbox.say(
        session,
        workspace_id,
        key=f"wave:{wave_id}:stuck",
        to=wave.opened_by,
        message=views.pulse_stuck(cohort.name),
        at=now,
    )


def _with_cohort(session: Session, workspace_id: str, wave_id: str) -> tuple[Wave, Cohort]:
    wave = session.get_one(Wave, (workspace_id, wave_id))
    return wave, session.get_one(Cohort, (workspace_id, wave.cohort_id))


def _members(session: Session, wave: Wave) -> int:
    members = select(func.count()).where(
        WaveMember.workspace_id == wave.workspace_id, WaveMember.wave_id == wave.wave_id
    )
    return session.scalar(members) or 0


def _usable(wave: Wave) -> tuple[ColumnElement[bool], ...]:
    """Which answers of the wave count: those of respondents who agree, at this moment, to take part."""
    agree = (
        select(WaveMember.respondent_ref)
        .join(Fellow, (Fellow.workspace_id == WaveMember.workspace_id) & (Fellow.fellow_id == WaveMember.fellow_id))
        .where(WaveMember.workspace_id == wave.workspace_id, WaveMember.wave_id == wave.wave_id, asking.agreed())
    )
    return (
        Answer.workspace_id == wave.workspace_id,
        Answer.wave_id == wave.wave_id,
        Answer.respondent_ref.in_(agree),
    )


def _respondents(session: Session, wave: Wave) -> set[str]:
    rows = session.scalars(select(Answer.respondent_ref).where(*_usable(wave)).distinct())
    return set(rows)


def _values(session: Session, wave: Wave) -> dict[str, list[int]]:
    rows = session.execute(
        select(Answer.item_id, Answer.value, func.count())
        .where(*_usable(wave), Answer.value.is_not(None))
        .group_by(Answer.item_id, Answer.value)
    )
    values: dict[str, list[int]] = defaultdict(list)
    for item_id, value, times in rows:
        if value is not None:
            values[item_id] += [value] * times
    return dict(values)


def note_released(session: Session, workspace_id: str, wave_id: str) -> None:
    """The wave's figures are in the evaluation database; the associate director's status says so."""
    session.execute(
        update(Wave).where(Wave.workspace_id == workspace_id, Wave.wave_id == wave_id).values(state="released")
    )
    wave, cohort = _with_cohort(session, workspace_id, wave_id)
    session.refresh(wave)
    _show_director(session, wave, cohort)


def director_card(wave: Wave, cohort: Cohort, eligible: int) -> views.DirectorCard:
    """The wave as an associate director is told of it, from what was last counted; ``eligible`` were asked."""
    return views.DirectorCard(
        cohort_name=cohort.name,
        eligible=eligible,
        answered=wave.answered,
        counted_at=wave.counted_at,
        opened_on=_local_date(wave.opened_at, cohort.zone),
        closes_at=wave.closes_at,
        freezes_at=wave.freezes_at,
        zone=cohort.zone,
        state=_SHOWN[wave.state],
        reportable=views.reportable(eligible, wave.k_median, wave.k_distribution),
    )


def _show_director(session: Session, wave: Wave, cohort: Cohort) -> None:
    message = views.director_status(director_card(wave, cohort, _members(session, wave)))
    key = f"wave:{wave.wave_id}:status"
    place = outbox.place_of(session, wave.workspace_id, key)
    if place is None:
        if not outbox.say(session, wave.workspace_id, key=key, to=wave.opened_by, message=message, at=wave.counted_at):
            outbox.revise(session, wave.workspace_id, key=key, message=message)
        return
    channel_id, ts = place
    outbox.edit(
        session,
        wave.workspace_id,
        key=f"{key}:{wave.state}:{wave.counted_at.isoformat()}",
        channel_id=channel_id,
        ts=ts,
        message=message,
        at=wave.counted_at,
    )
