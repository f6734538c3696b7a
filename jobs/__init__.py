"""Time passes: what the machine's scheduler wakes, and what each due item means."""

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs.deed import Deps
from jobs.sweep import DEEDS, forget_deliveries, sweep

__all__ = ["DEEDS", "SCHEDULE", "Deps", "Job"]


@dataclass(frozen=True)
class Job:
    """Something that runs by the machine's clock. Due times of the programme are rows, not jobs (docs/adr/0004)."""

    name: str
    trigger: Callable[[float], BaseTrigger]
    """Given the deployment's tick in seconds."""
    run: Callable[[Deps], object]


def _every_tick(tick_seconds: float) -> BaseTrigger:
    return IntervalTrigger(seconds=tick_seconds, timezone="UTC")


def _nightly(_tick_seconds: float) -> BaseTrigger:
    return CronTrigger(hour=3, minute=10, timezone="UTC")


SCHEDULE = (
    Job("sweep", _every_tick, sweep),
    Job("forget_deliveries", _nightly, forget_deliveries),
)
