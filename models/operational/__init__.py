"""The operational database: people, cohorts, waves, answers, and what is due or to be sent.

Every key and every index begins with the workspace, so that one database can serve many.
"""

from models.operational.base import Base
from models.operational.people import (
    Agreement,
    Cohort,
    Fellow,
    Person,
    RegistrationDraft,
    RoleGrant,
    RosterImport,
    Workspace,
)
from models.operational.plumbing import DueItem, Inbox, Outbox
from models.operational.pulse import Answer, Figure, Wave, WaveMember

__all__ = [
    "Agreement",
    "Answer",
    "Base",
    "Cohort",
    "DueItem",
    "Fellow",
    "Figure",
    "Inbox",
    "Outbox",
    "Person",
    "RegistrationDraft",
    "RoleGrant",
    "RosterImport",
    "Wave",
    "WaveMember",
    "Workspace",
]
