"""The table: which ratio passes its gate, for people in a terminal and in the documentation."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.rounds import BARE_EVENT, BY_HAND, CLICK, CLICKS, EVENT, NO_OP, ROUNDS, Measured, today


@dataclass(frozen=True)
class Gate:
    """A ratio and the most it may be. ``required``: the run fails where it is more."""

    number: str
    meaning: str
    what: str
    floor: str
    most: float
    required: bool = False


def gates(engine: str) -> tuple[Gate, ...]:
    """What is measured on an engine; P1 is SQLite's and P2 is PostgreSQL's."""
    return (
        Gate("P1" if engine == "SQLite" else "P2", "answer click / bare no-op dispatch (N)", CLICK, NO_OP, 5),
        Gate("P3", "answer click / the same statements by hand (T)", CLICK, BY_HAND, 1.5, required=True),
        Gate("P4", "dispatch past every listener and the table / one listener", EVENT, BARE_EVENT, 1.1),
    )


def failed(measured: Sequence[Measured]) -> list[str]:
    """A sentence for each required gate that does not hold."""
    return [
        f"{gate.number} on {each.engine} is {each.ratio(gate.what, gate.floor)[0]:.2f}, more than {gate.most}"
        for each in measured
        for gate in gates(each.engine)
        if gate.required and each.ratio(gate.what, gate.floor)[0] > gate.most
    ]


def _ratios(measured: Sequence[Measured]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "engine", "ratio", "median", "least to greatest", "gate", "")]
    for each in measured:
        for gate in gates(each.engine):
            median, least, greatest = each.ratio(gate.what, gate.floor)
            verdict = "pass" if median <= gate.most else "over"
            rows.append(
                (
                    gate.number,
                    each.engine,
                    gate.meaning,
                    f"{median:.2f}",
                    f"{least:.2f} to {greatest:.2f}",
                    f"{gate.most:g}",
                    verdict,
                )
            )
        rows.append(("", each.engine, "click beyond N / statements beyond N", f"{each.beyond():.2f}", "", "none", ""))
    return rows


def _times(measured: Sequence[Measured]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("engine", "N: bare dispatch", "T: statements by hand", "answer click", "statements")
    ]
    rows += [
        (
            each.engine,
            f"{each.p50_us(NO_OP):.0f}",
            f"{each.p50_us(BY_HAND):.0f}",
            f"{each.p50_us(CLICK):.0f}",
            str(each.statements),
        )
        for each in measured
    ]
    return rows


def _lined_up(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written[0], rule, *written[1:]])


def printed(measured: Sequence[Measured]) -> str:
    """For the terminal."""
    return f"{_lined_up(_ratios(measured))}\n\np50 of one delivery, in microseconds:\n{_lined_up(_times(measured))}"


def page(measured: Sequence[Measured]) -> str:
    """For docs/reference/benchmarks.md."""
    engines = "\n".join(f"- {each.durability}" for each in measured)
    packages = ", ".join(f"{name} {version(name)}" for name in ("slack-bolt", "SQLAlchemy", "psycopg"))
    return f"""# Benchmarks

Written by `make bench`. Read the ratios: each divides two things measured in the same run, turn by turn, so that the
speed of the machine cancels out. What a commit costs does not: a slower disk raises P1 and P2 and lowers P3. The times
below them are of one run on one machine and mean little elsewhere.

{_lined_up(_ratios(measured))}

A ratio is the median of {ROUNDS} rounds, each of the medians of {CLICKS} deliveries. `make bench` fails when P3 is over
its gate on either engine.

- **Answer click**: a `block_actions` delivery of `pulse.answer`, from the parsed body to the acknowledgement, through
  the app that `create_app` makes. {ROUNDS * CLICKS} clicks by 12 fellows of an open wave, none of them a repeat; each
  is committed before it is acknowledged.
- **N**: the same delivery through a Bolt app with the same settings and one listener that only acknowledges.
- **T**: as N, but the listener first executes the statements of that very click, the text and parameters that the
  driver was given, through the driver itself, on a connection that was opened and prepared as the bot's are,
  and commits. It leaves the same rows in a copy of the same database, which is checked.
- **Click beyond N / statements beyond N**: P3 with the bare dispatch taken off both sides; it has no gate.
- **Dispatch past every listener**: an event that no conversation is about, through the whole app and its table.

One run on {today():%-d %B %Y}: {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()},
{packages}.

{engines}

p50 of one delivery, in microseconds:

{_lined_up(_times(measured))}
"""
