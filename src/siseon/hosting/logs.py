"""Logs for machines and for people: JSON lines, or coloured text where stderr is a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from siseon.engine.trace import current_trace

Event = MutableMapping[str, Any]


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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "uvicorn.error", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _json(event: Event, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _add_trace(_: object, __: str, event: Event) -> Event:
    trace = current_trace.get()
    if trace is not None:
        event.setdefault("trace_id", trace.trace_id)
    return event
