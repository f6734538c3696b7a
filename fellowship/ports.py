"""What the programme needs from outside, named by what it needs."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Programme time. Time is an argument everywhere else."""

    def now(self) -> dt.datetime:
        """The present instant of the programme, in UTC."""
        ...


@dataclass(frozen=True)
class Member:
    """A member of the workspace as Slack's directory has it."""

    slack_user_id: str
    name: str
    zone: str | None
    is_active_person: bool
    """False for a bot and for a deactivated account."""


class DirectoryUnavailableError(Exception):
    """The directory cannot be asked now; asking later may work."""


class Directory(Protocol):
    """Who is in the workspace."""

    def by_email(self, email: str) -> Member | None:
        """The member with that address, or None; raises DirectoryUnavailableError when Slack does not say."""
        ...


@dataclass(frozen=True)
class Policies:
    """What a deployment decides for all its cohorts."""

    k_median: int = 5
    k_distribution: int = 8
    late_days: int = 2
    help_line: str = "your line manager or occupational health"
    data_protection_contact: str = "your data-protection officer"
    lawful_basis: str = "a task carried out in the public interest"


@dataclass(frozen=True)
class Actor:
    """Who acts, as Slack says: the only source of authority. Buttons carry ids, never rights."""

    workspace_id: str
    slack_user_id: str
