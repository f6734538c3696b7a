"""The benchmark's cohort can be seeded whenever somebody runs it."""

import datetime as dt

import pytest

from benchmarks.seed import FELLOWS, seed
from fellowship.ports import Policies
from fellowship.services import people
from models.session import Database

WORKSPACE = "T000000001"


@pytest.mark.parametrize("now", ["2026-03-04T12:00", "2026-03-04T23:48", "2026-03-07T02:00", "2026-12-25T10:00"])
def test_twelve_fellows_have_their_invitations_at_any_hour(operational: Database, now: str) -> None:
    at = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    with operational.write() as session:
        people.set_directors(session, WORKSPACE, ["U0BENCHDIR"], at)
    assert len(seed(operational, WORKSPACE, Policies(), at)) == FELLOWS
