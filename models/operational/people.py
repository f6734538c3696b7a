"""Workspaces, people, roles, cohorts, and the fellows in them."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.operational.base import Base
from models.types import new_id, short_key


class Workspace(Base):
    """A Slack workspace where the app is installed."""

    __tablename__ = "workspace"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    bot_user_id: Mapped[str]
    created_at: Mapped[dt.datetime]


class Person(Base):
    """A member of a workspace whom the programme knows, under a random key."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("workspace_id", "slack_user_id"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    slack_user_id: Mapped[str]
    name: Mapped[str | None]
    zone: Mapped[str | None]
    """IANA name from the Slack profile; None until a profile was read."""


class RoleGrant(Base):
    """A role that a person holds: over one cohort, or over all of them where ``cohort_id`` is empty."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id", "role", "cohort_id"),
        ForeignKeyConstraint(["workspace_id", "person_id"], ["person.workspace_id", "person.person_id"]),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str]
    role: Mapped[str]
    """``associate_director`` or ``evaluator``."""
    cohort_id: Mapped[str] = mapped_column(default="")
    granted_at: Mapped[dt.datetime]


class Cohort(Base):
    """A group of fellows on one programme between two dates."""

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("workspace_id", "cohort_key"),
        UniqueConstraint("workspace_id", "evaluation_channel_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    cohort_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    cohort_key: Mapped[str] = mapped_column(default=lambda: short_key("C"))
    """What the evaluation database calls it."""
    name: Mapped[str]
    programme: Mapped[str]
    start_on: Mapped[dt.date]
    end_on: Mapped[dt.date]
    zone: Mapped[str]
    nation: Mapped[str]
    channel_id: Mapped[str]
    evaluation_channel_id: Mapped[str]
    director_slack_user_id: Mapped[str]
    declared_status: Mapped[str] = mapped_column(default="service evaluation")
    state: Mapped[str] = mapped_column(default="open")
    """``open`` (it has not started), ``running`` or ``closed`` (its last day is over)."""
    created_at: Mapped[dt.datetime]


class Fellow(Base):
    """A person's place in one cohort, from invitation on."""

    __tablename__ = "fellow"
    __table_args__ = (
        UniqueConstraint("workspace_id", "cohort_id", "person_id"),
        ForeignKeyConstraint(["workspace_id", "cohort_id"], ["cohort.workspace_id", "cohort.cohort_id"]),
        ForeignKeyConstraint(["workspace_id", "person_id"], ["person.workspace_id", "person.person_id"]),
        Index("ix_fellow_person", "workspace_id", "person_id"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    fellow_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    cohort_id: Mapped[str]
    person_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="invited")
    """``invited``, ``registered`` (the post has not begun) or ``active``."""
    invited_at: Mapped[dt.datetime]
    registered_at: Mapped[dt.datetime | None]
    profession: Mapped[str | None]
    employer: Mapped[str | None]
    host: Mapped[str | None]
    project: Mapped[str | None]
    weekdays: Mapped[int] = mapped_column(default=0)
    """Fellowship weekdays as bits: Monday is 1, Tuesday 2, Wednesday 4 and so on."""
    start_on: Mapped[dt.date | None]
    end_on: Mapped[dt.date | None]


class Agreement(Base):
    """What a fellow agreed to, or not, for one purpose, and under which version of the notice."""

    __tablename__ = "agreement"
    __table_args__ = (ForeignKeyConstraint(["workspace_id", "fellow_id"], ["fellow.workspace_id", "fellow.fellow_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    fellow_id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    agreed: Mapped[bool]
    notice_version: Mapped[str]
    at: Mapped[dt.datetime]


class RegistrationDraft(Base):
    """What a fellow has filled in so far; gone when the registration is complete."""

    __tablename__ = "registration_draft"
    __table_args__ = (ForeignKeyConstraint(["workspace_id", "fellow_id"], ["fellow.workspace_id", "fellow.fellow_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    fellow_id: Mapped[str] = mapped_column(primary_key=True)
    filled: Mapped[dict[str, Any]]
    saved_at: Mapped[dt.datetime]


class RosterImport(Base):
    """A pasted list, until its people have been looked up; then the text is gone."""

    __tablename__ = "roster_import"
    __table_args__ = (ForeignKeyConstraint(["workspace_id", "cohort_id"], ["cohort.workspace_id", "cohort.cohort_id"]),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    cohort_id: Mapped[str]
    asked_by: Mapped[str]
    """Slack id of the associate director who pasted it: the report goes there."""
    lines: Mapped[str | None]
    asked_at: Mapped[dt.datetime]
