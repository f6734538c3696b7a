"""Golden files: what each view is, as JSON, and what a person reads, as text."""

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

Compare = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files of tests/views anew")


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Compare:
    """Compare a text with the golden file of that name; fail with the difference. Written only when asked to."""
    updating = bool(pytestconfig.getoption("--update-golden", default=False))

    def compare(name: str, now: str) -> None:
        path = GOLDEN / name
        if updating:
            path.write_text(now, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"{name} is missing. If the view is new: pytest tests/views --update-golden", pytrace=False)
        before = path.read_text(encoding="utf-8")
        if before != now:
            lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"golden/{name}", "now", lineterm="")
            pytest.fail(
                "\n".join([*lines, "If this is meant: pytest tests/views --update-golden, and read the difference."]),
                pytrace=False,
            )

    return compare
