"""Release: frozen figures into the evaluation database and the evaluation channel; and the evaluators' questions.

Only this module writes to the evaluation database, and it reads nothing but frozen figures.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fellowship import catalogue
from fellowship.errors import NotAllowedError
from fellowship.ports import Actor
from fellowship.services import outbox, people, waves
from fellowship.services.people import Role, director_of
from fellowship.views import summary as views
from models import evaluation
from models.operational import Cohort, Figure, Wave
from models.session import insert


@dataclass(frozen=True)
class Release:
    """A frozen wave with its figures, as it goes into the evaluation database."""

    cohort: Cohort
    wave: Wave
    figures: tuple[Figure, ...]


def frozen_wave(session: Session, workspace_id: str, wave_id: str) -> Release:
    """The wave's figures as they were computed at the freeze."""
    wave = session.get_one(Wave, (workspace_id, wave_id))
    cohort = session.get_one(Cohort, (workspace_id, wave.cohort_id))
    figures = session.scalars(
        select(Figure)
        .where(Figure.workspace_id == workspace_id, Figure.wave_id == wave_id)
        .order_by(Figure.item_id, Figure.statistic, Figure.band)
    )
    return Release(cohort, wave, tuple(figures))


def write(session: Session, release: Release) -> None:
    """The evaluation database holds the wave and its figures; writing them again changes nothing."""
    cohort, wave = release.cohort, release.wave
    if wave.frozen_at is None or wave.n_eligible is None or wave.n_answered is None:
        raise ValueError("a wave is released after it is frozen")
    _write_instrument(session, catalogue.instrument(wave.instrument))
    _upsert(
        session,
        evaluation.Cohort,
        cohort_key=cohort.cohort_key,
        name=cohort.name,
        programme=cohort.programme,
        start_on=cohort.start_on,
        end_on=cohort.end_on,
        declared_status=cohort.declared_status,
    )
    zone = zoneinfo.ZoneInfo(cohort.zone)
    _upsert(
        session,
        evaluation.Wave,
        wave_key=wave.wave_key,
        cohort_key=cohort.cohort_key,
        instrument_id=wave.instrument,
        opened_on=wave.opened_at.astimezone(zone).date(),
        closed_on=wave.closes_at.astimezone(zone).date(),
        frozen_at=wave.frozen_at,
        n_eligible=wave.n_eligible,
        n_answered=wave.n_answered,
        k_median=wave.k_median,
        k_distribution=wave.k_distribution,
    )
    for figure in release.figures:
        _upsert(
            session,
            evaluation.Summary,
            figure_id=figure.figure_id,
            kind="wave",
            item_id=figure.item_id,
            statistic=figure.statistic,
            band=figure.band,
            label=figure.label,
            value=figure.value,
            n_item=figure.n_item,
            n_item_at_least=figure.n_item_at_least,
            suppressed=figure.suppressed,
            reason=figure.reason,
            as_at=wave.frozen_at,
        )
        _upsert(session, evaluation.FigureWave, figure_id=figure.figure_id, wave_key=wave.wave_key)


def _write_instrument(session: Session, instrument: catalogue.Instrument) -> None:
    for construct in catalogue.constructs():
        _upsert(session, evaluation.Construct, construct_id=construct.construct_id, name=construct.name)
    for item in instrument.items:
        _upsert(
            session,
            evaluation.Item,
            item_id=item.item_id,
            version=item.version,
            construct_id=item.construct_id,
            wording=item.wording,
            scale_min=item.scale_min,
            scale_max=item.scale_max,
            anchors=item.anchors,
            licence=instrument.licence,
        )


def _upsert(session: Session, table: type[evaluation.Base], **values: Any) -> None:  # noqa: ANN401 - any column
    keys = [column.name for column in table.__table__.primary_key]
    fresh = {name: value for name, value in values.items() if name not in keys}
    statement = insert(session, table).values(**values)
    if fresh:
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))
    else:
        session.execute(statement.on_conflict_do_nothing())


def post_summary(session: Session, workspace_id: str, wave_id: str, now: dt.datetime) -> None:
    """The evaluation channel gets the wave's summary, once; the wave counts as released."""
    release = frozen_wave(session, workspace_id, wave_id)
    waves.note_released(session, workspace_id, wave_id)
    outbox.say(
        session,
        workspace_id,
        key=f"wave:{wave_id}:summary",
        to=release.cohort.evaluation_channel_id,
        message=views.wave_summary(_summary_of(release)),
        at=now,
        tell=release.wave.opened_by,
    )


def _summary_of(release: Release) -> views.WaveSummary:
    cohort, wave = release.cohort, release.wave
    instrument = catalogue.instrument(wave.instrument)
    zone = zoneinfo.ZoneInfo(cohort.zone)
    if wave.frozen_at is None or wave.n_eligible is None or wave.n_answered is None:
        raise ValueError("a wave is summarised after it is frozen")
    return views.WaveSummary(
        cohort_name=cohort.name,
        programme=cohort.programme,
        instrument_title=instrument.title,
        wave_key=wave.wave_key,
        opened_on=wave.opened_at.astimezone(zone).date(),
        closed_on=wave.closes_at.astimezone(zone).date(),
        frozen_at=wave.frozen_at,
        zone=cohort.zone,
        n_eligible=wave.n_eligible,
        n_answered=wave.n_answered,
        k_median=wave.k_median,
        k_distribution=wave.k_distribution,
        figures=tuple(_line(figure, instrument) for figure in release.figures),
    )


def _line(figure: Figure | evaluation.Summary, instrument: catalogue.Instrument) -> views.FigureLine:
    return views.FigureLine(
        figure_id=figure.figure_id,
        item_id=figure.item_id,
        wording=instrument.item(figure.item_id).wording,
        statistic=figure.statistic,
        label=figure.label,
        value=figure.value,
        n_item=figure.n_item,
        at_least=figure.n_item_at_least,
        suppressed=figure.suppressed,
        reason=figure.reason,
    )


@dataclass(frozen=True)
class Desk:
    """The cohort that an evaluator may ask about in this channel."""

    cohort_key: str
    cohort_name: str
    zone: str


def desk(session: Session, actor: Actor, channel_id: str) -> Desk:
    """The cohort whose evaluation channel this is, if the actor is one of its evaluators.

    Raises NotAllowedError: in any other channel, and for anybody without the role.
    """
    cohort = session.scalars(
        select(Cohort).where(Cohort.workspace_id == actor.workspace_id, Cohort.evaluation_channel_id == channel_id)
    ).one_or_none()
    if cohort is None:
        raise NotAllowedError(
            "Results are only shown in a cohort's evaluation channel, and this is not one.",
            "An evaluator can ask there; the associate director knows which channel it is.",
        )
    if not people.holds(session, actor, Role.EVALUATOR, cohort.cohort_id):
        raise NotAllowedError(
            f"Only evaluators of {cohort.name} can ask for results. Fellows' answers stay confidential that way.",
            f"{director_of(cohort)} names the evaluators and can help you.",
        )
    return Desk(cohort.cohort_key, cohort.name, cohort.zone)


def latest_pulse(session: Session, at_desk: Desk, question: str, now: dt.datetime) -> views.WaveSummary | None:
    """The cohort's last released wave, read from the evaluation database alone; the question is logged there, once.

    ``question`` tells one question from another, and a repeat from both.
    """
    wave = session.scalars(
        select(evaluation.Wave)
        .where(evaluation.Wave.cohort_key == at_desk.cohort_key)
        .order_by(evaluation.Wave.frozen_at.desc())
        .limit(1)
    ).one_or_none()
    found = _read_summary(session, at_desk, wave) if wave else None
    session.execute(
        insert(session, evaluation.QueryLog)
        .values(
            query_id=question,
            asked_at=now,
            role=Role.EVALUATOR,
            parsed_query="latest pulse",
            figures=" ".join(line.figure_id for line in found.figures) if found else "",
            outcome="answered" if found else "nothing released yet",
        )
        .on_conflict_do_nothing()
    )
    return found


def _read_summary(session: Session, at_desk: Desk, wave: evaluation.Wave) -> views.WaveSummary:
    cohort = session.get_one(evaluation.Cohort, at_desk.cohort_key)
    instrument = catalogue.instrument(wave.instrument_id)
    figures = session.scalars(
        select(evaluation.Summary)
        .join(evaluation.FigureWave, evaluation.FigureWave.figure_id == evaluation.Summary.figure_id)
        .where(evaluation.FigureWave.wave_key == wave.wave_key)
        .order_by(evaluation.Summary.item_id, evaluation.Summary.statistic, evaluation.Summary.band)
    )
    return views.WaveSummary(
        cohort_name=cohort.name,
        programme=cohort.programme,
        instrument_title=instrument.title,
        wave_key=wave.wave_key,
        opened_on=wave.opened_on,
        closed_on=wave.closed_on,
        frozen_at=wave.frozen_at,
        zone=at_desk.zone,
        n_eligible=wave.n_eligible,
        n_answered=wave.n_answered,
        k_median=wave.k_median,
        k_distribution=wave.k_distribution,
        figures=tuple(_line(figure, instrument) for figure in figures),
    )
