"""Statements straight to the driver, for the click.

What SQLAlchemy does anew for each execution costs twice what the database does for a click
(docs/reference/benchmarks.md). So its work is done once here: the text of a statement and the conversion of values.
"""

import collections
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    text: str
    positional: bool
    binds: tuple[tuple[str, Convert | None], ...]
    row: Callable[..., Any]
    columns: tuple[Convert | None, ...]


class Prepared:
    """A Core statement whose text is made once for each engine; its values are always bound, by name."""

    def __init__(self, build: Callable[[bool], ClauseElement], *, values: tuple[str, ...] = ()) -> None:
        """``build`` is told whether it is for SQLite; ``values`` names what an INSERT sets.

        Python's defaults of a column are not looked at here, so what the database does not fill in is named too.
        """
        self._build = build
        self._values = values
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """The statement for the engine."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        return known

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._build(dialect.name == "sqlite")
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(self._values) or None)
        names = compiled.positiontup if compiled.positional else tuple(compiled.binds)
        columns = tuple(statement.selected_columns) if isinstance(statement, Select) else ()
        return _Compiled(
            str(compiled),
            compiled.positional,
            tuple((name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names),
            collections.namedtuple("Row", [column.key for column in columns]),  # type: ignore[misc] # noqa: PYI024 - its fields are the statement's
            tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
        )


class Direct:
    """A transaction under way on the driver's own cursor."""

    def __init__(self, dialect: Dialect, cursor: Any) -> None:  # noqa: ANN401 - sqlite3's and psycopg's share no type
        self._dialect = dialect
        self._cursor = cursor

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Execute a change; returns how many rows it changed."""
        self._execute(statement.on(self._dialect), values)
        return int(self._cursor.rowcount)

    def one(self, statement: Prepared, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row as its statement names it
        """The one row that a look-up finds, its columns by name; None when there is none."""
        compiled = statement.on(self._dialect)
        self._execute(compiled, values)
        found = self._cursor.fetchone()
        if found is None:
            return None
        return compiled.row(
            *[
                value if convert is None else convert(value)
                for value, convert in zip(found, compiled.columns, strict=True)
            ]
        )

    def _execute(self, compiled: _Compiled, values: Mapping[str, Any]) -> None:
        bound = [(name, values[name] if convert is None else convert(values[name])) for name, convert in compiled.binds]
        self._cursor.execute(compiled.text, [value for _, value in bound] if compiled.positional else dict(bound))
