"""Structured logs: one JSON object a line, with ids and figures, never names, numbers or notes."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; what was passed as ``extra`` becomes members."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record. A traceback is reduced to its exception's type: messages may quote personal data."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["failure"] = record.exc_info[0].__name__
        line |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD and value is not None}
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_stderr(level: str = "WARNING") -> None:
    """Send the server's logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("duecall.server", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False
