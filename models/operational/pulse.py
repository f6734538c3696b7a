"""Waves, who was asked, what was answered, and the figures computed once at the freeze."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.operational.base import Base
from models.types import new_id, short_key

_WHILE_OPEN = text("state = 'open'")


class Wave(Base):
    """One opening of an instrument for a cohort. Its dates and thresholds are fixed at opening."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("workspace_id", "wave_key"),
        ForeignKeyConstraint(["workspace_id", "cohort_id"], ["cohort.workspace_id", "cohort.cohort_id"]),
        Index("ix_wave_cohort", "workspace_id", "cohort_id", "opened_at"),
        # A second wave of a cohort cannot open while one is open, whoever presses twice.
        Index(
            "uq_wave_one_open",
            "workspace_id",
            "cohort_id",
            unique=True,
            sqlite_where=_WHILE_OPEN,
            postgresql_where=_WHILE_OPEN,
        ),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    wave_key: Mapped[str] = mapped_column(default=lambda: short_key("W"))
    """What the evaluation database calls it."""
    cohort_id: Mapped[str]
    instrument: Mapped[str]
    """Key of the instrument's file, with its version: ``pulse-1``."""
    state: Mapped[str] = mapped_column(default="open")
    """``open``, ``closed`` (late answers are taken), ``frozen`` (figures computed) or ``released``."""
    opened_by: Mapped[str]
    """Slack id of the associate director whose status message is kept up to date."""
    opened_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime]
    freezes_at: Mapped[dt.datetime]
    frozen_at: Mapped[dt.datetime | None]
    k_median: Mapped[int]
    k_distribution: Mapped[int]
    answered: Mapped[int] = mapped_column(default=0)
    """How many had answered when last counted: refreshed once a day, so that it does not tell who just did."""
    counted_at: Mapped[dt.datetime]
    n_eligible: Mapped[int | None]
    n_answered: Mapped[int | None]


class WaveMember(Base):
    """A fellow who was asked in a wave, and the random reference under which the answers are kept.

    This row is the only thing that joins a person to answers; no view and no query of the product reads both.
    """

    __tablename__ = "wave_member"
    __table_args__ = (
        UniqueConstraint("workspace_id", "respondent_ref"),
        ForeignKeyConstraint(["workspace_id", "wave_id"], ["wave.workspace_id", "wave.wave_id"]),
        ForeignKeyConstraint(["workspace_id", "fellow_id"], ["fellow.workspace_id", "fellow.fellow_id"]),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(primary_key=True)
    fellow_id: Mapped[str] = mapped_column(primary_key=True)
    respondent_ref: Mapped[str] = mapped_column(default=new_id)
    muted: Mapped[bool] = mapped_column(default=False)
    """The fellow asked not to be reminded of this wave."""


class Answer(Base):
    """One respondent's answer to one item: a value, a missing code, or words."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "wave_id"], ["wave.workspace_id", "wave.wave_id"]),
        # A wave's figures are one GROUP BY over this index.
        Index("ix_answer_wave_item_value", "workspace_id", "wave_id", "item_id", "value"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(primary_key=True)
    respondent_ref: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int | None] = mapped_column(SmallInteger)
    missing: Mapped[int | None] = mapped_column(SmallInteger)
    words: Mapped[str | None]
    given_us: Mapped[int] = mapped_column(BigInteger)
    """When it was given, in microseconds since 1970: of two deliveries of a click the later click wins."""
    late: Mapped[bool] = mapped_column(default=False)


class Figure(Base):
    """A figure of a wave, computed once at the freeze and never again."""

    __tablename__ = "figure"
    __table_args__ = (
        UniqueConstraint("workspace_id", "wave_id", "item_id", "statistic", "band"),
        ForeignKeyConstraint(["workspace_id", "wave_id"], ["wave.workspace_id", "wave.wave_id"]),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    figure_id: Mapped[str] = mapped_column(primary_key=True, default=lambda: short_key("F"))
    wave_id: Mapped[str]
    item_id: Mapped[str]
    statistic: Mapped[str]
    band: Mapped[str]
    label: Mapped[str]
    value: Mapped[str | None]
    n_item: Mapped[int | None]
    n_item_at_least: Mapped[bool]
    suppressed: Mapped[bool]
    reason: Mapped[str | None]
