"""The base of every operational table."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, String
from sqlalchemy.orm import DeclarativeBase

from models.types import UtcDateTime, new_metadata


class Base(DeclarativeBase):
    """Instants are UTC and aware, days are dates, keys are short text."""

    metadata = new_metadata()
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime(),
        dt.date: Date(),
        str: String(),
        dict[str, Any]: JSON(),
    }
