"""Logs for machines and for people: JSON lines, or coloured text where stderr is a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from siseon.engine.trace import current_trace

Event = MutableMapping[str, Any]

ORDINARY = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record has."""


def configure(level: int = logging.INFO, worker: int | None = None) -> None:
    """Send every record of this process to stderr, with its fields and the trace id of the request at work.

    ``worker``: which one of several processes this is; its lines say so.
    """

    def add_worker(_: object, __: str, event: Event) -> Event:
        event["worker"] = worker
        return event

    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.format_exc_info,
        *([] if worker is None else [add_worker]),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(serializer=_json)
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler.setFormatter(formatter if sys.stderr.isatty() else Lines(formatter, worker))
    # No line has them, and every request makes a record.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # as the manual of logging says, "Optimization"
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "uvicorn.error", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """Records as JSON lines: the usual ones at once, as the chain of processors would write them; one a request."""

    def __init__(self, others: logging.Formatter, worker: int | None) -> None:
        """``others``: for records with a traceback; ``worker``: see ``configure``."""
        super().__init__()
        self._others = others
        self._worker = {} if worker is None else {"worker": worker}

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        if record.exc_info or record.stack_info or not isinstance(record.msg, str):
            return self._others.format(record)
        event: Event = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            **{key: value for key, value in record.__dict__.items() if key not in ORDINARY},
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        return _json({**_add_trace(None, "", event), **self._worker})


def _json(event: Event, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _add_trace(_: object, __: str, event: Event) -> Event:
    trace = current_trace.get()
    if trace is not None:
        event.setdefault("trace_id", trace.trace_id)
    return event
