"""The evaluation database: cohort summaries, and never a row about one person.

It is given to evaluators without the operational one. Keys are random and mean nothing elsewhere. Rows are written by
repeatable upserts under natural keys: writing again what is there changes nothing.
"""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.types import UtcDateTime, new_id, new_metadata


class Base(DeclarativeBase):
    """Instants are UTC and aware, days are dates."""

    metadata = new_metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime(),
        dt.date: Date(),
        str: String(),
    }


class Cohort(Base):
    """One row per cohort that has a released wave."""

    __tablename__ = "cohort"

    cohort_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    programme: Mapped[str]
    start_on: Mapped[dt.date]
    end_on: Mapped[dt.date]
    declared_status: Mapped[str]


class Construct(Base):
    """One row per construct."""

    __tablename__ = "construct"

    construct_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Item(Base):
    """One row per item and version; a reworded item is a new row."""

    __tablename__ = "item"

    item_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    construct_id: Mapped[str]
    wording: Mapped[str]
    scale_min: Mapped[int | None]
    scale_max: Mapped[int | None]
    anchors: Mapped[str | None]
    licence: Mapped[str]


class Wave(Base):
    """One row per released wave."""

    __tablename__ = "wave"
    __table_args__ = (Index("ix_wave_cohort", "cohort_key", "frozen_at"),)

    wave_key: Mapped[str] = mapped_column(primary_key=True)
    cohort_key: Mapped[str] = mapped_column(ForeignKey("cohort.cohort_key"))
    instrument_id: Mapped[str]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date]
    frozen_at: Mapped[dt.datetime]
    n_eligible: Mapped[int]
    n_answered: Mapped[int]
    k_median: Mapped[int]
    k_distribution: Mapped[int]


class Summary(Base):
    """One row per figure. A suppressed figure has a reason and no value."""

    __tablename__ = "summary"

    figure_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """``wave``."""
    item_id: Mapped[str]
    statistic: Mapped[str]
    """``median_band``, ``median`` or ``band_count``."""
    band: Mapped[str]
    """For ``band_count``: the band; else empty."""
    label: Mapped[str]
    value: Mapped[str | None]
    n_item: Mapped[int | None]
    n_item_at_least: Mapped[bool]
    suppressed: Mapped[bool]
    reason: Mapped[str | None]
    as_at: Mapped[dt.datetime]


class FigureWave(Base):
    """Which waves a figure rests on."""

    __tablename__ = "figure_wave"
    __table_args__ = (Index("ix_figure_wave_wave", "wave_key"),)

    figure_id: Mapped[str] = mapped_column(ForeignKey("summary.figure_id"), primary_key=True)
    wave_key: Mapped[str] = mapped_column(ForeignKey("wave.wave_key"), primary_key=True)


class QueryLog(Base):
    """One row per question: what it was understood as and which figures it got, never the words typed."""

    __tablename__ = "query_log"

    query_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    asked_at: Mapped[dt.datetime]
    role: Mapped[str]
    parsed_query: Mapped[str]
    figures: Mapped[str]
    """Figure ids, separated by spaces."""
    outcome: Mapped[str]


__all__ = ["Base", "Cohort", "Construct", "FigureWave", "Item", "QueryLog", "Summary", "Wave"]
