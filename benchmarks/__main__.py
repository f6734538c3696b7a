"""Measure, print the table, write it into the documentation, and fail if our own code costs too much."""

import sys
import tempfile
from pathlib import Path

from benchmarks import table
from benchmarks.engines import engines
from benchmarks.loopback import Loopback
from benchmarks.rounds import measure

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"


def main() -> int:
    """0 if every required gate holds on both engines."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Loopback() as loopback, engines(Path(folder)) as both:
        measured = [measure(engine, loopback) for engine in both]
    print(table.printed(measured))
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(table.page(measured), encoding="utf-8")
    failures = table.failed(measured)
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
