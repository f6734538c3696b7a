"""Logs: one JSON object a line on standard error, with constant event names and ids in fields.

No text that a library composes is passed on, because it may hold a body, an answer or a token; where it came from is.
"""

import logging
import sys
from typing import TextIO

import structlog


class _WithoutWords(logging.Formatter):
    """Says where a library's record came from and of what kind it is; never its text."""

    def format(self, record: logging.LogRecord) -> str:
        event = structlog.processors.JSONRenderer()(
            None,
            "",
            {
                "event": "library",
                "logger": record.name,
                "level": record.levelname.lower(),
                "where": f"{record.module}:{record.lineno}",
                "error": record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
            },
        )
        return str(event)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Have our events and the libraries' warnings written to ``stream`` (standard error) from now on."""
    stream = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_WithoutWords())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
