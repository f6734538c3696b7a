"""A digest of what an evaluation database says, whatever ids and times it was given."""

import hashlib
import json

from sqlalchemy import select

from models.evaluation import Base
from models.session import Database

_ENDINGS = ("_id", "_key", "_at")
_MEANINGFUL = {"item_id", "construct_id", "instrument_id"}
"""Ids that are names from the instrument's file, the same everywhere."""


def digest(url: str) -> str:
    """SHA-256 over the sorted rows of every table, leaving out random ids, keys and instants."""
    database = Database(url)
    summed = hashlib.sha256()
    with database.read() as session:
        for table in sorted(Base.metadata.tables.values(), key=lambda each: each.name):
            columns = [
                column
                for column in table.columns
                if column.name in _MEANINGFUL or (not column.name.endswith(_ENDINGS) and column.name != "figures")
            ]
            rows = (
                [json.dumps([str(value) for value in row]) for row in session.execute(select(*columns))]
                if columns
                else []
            )
            summed.update(json.dumps([table.name, sorted(rows)]).encode())
    database.close()
    return summed.hexdigest()
