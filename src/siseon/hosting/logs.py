"""Logs for machines and for people: JSON lines, or coloured text where stderr is a terminal.

A request has two or three lines. Each that is written at once would give up the interpreter lock, which a busy service
gets back only after a thread that computes has had its turn. So JSON lines are kept for a moment and written together
by a thread of their own; a warning, an error and the end of the process take along what was kept.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from threading import Event as Signal
from threading import Lock, Thread
from typing import Any, TextIO

import orjson

from siseon.engine.trace import current_trace

Event = MutableMapping[str, Any]

KEEP_S = 0.1
"""Seconds for which a line may be kept: lost if the process is killed in between."""
KEEP_CHARACTERS = 1 << 20
"""Kept at most; a reader that is slower holds the service up rather than filling its memory."""
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; the rest of one is what its caller said."""


def configure(level: int = logging.INFO, worker: int | None = None) -> None:
    """Send every record of this process to stderr, with its fields and the trace id of the request at work.

    ``worker``: which one of several processes this is; its lines say so.
    """
    handler: logging.Handler
    if sys.stderr.isatty():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_for_people(worker))
    else:
        handler = Together(sys.stderr)
        handler.setFormatter(JsonLines(worker))
    # Nobody reads these: see "Optimization" in the documentation of `logging`.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One object a record: what happened, how grave it is, who says so, the fields, the time in UTC."""

    def __init__(self, worker: int | None = None) -> None:
        super().__init__()
        self._worker = worker

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        event: dict[str, object] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        event.update((name, value) for name, value in vars(record).items() if name not in STANDARD)
        event["timestamp"] = datetime.fromtimestamp(record.created, UTC)
        trace = current_trace.get()
        if trace is not None:
            event.setdefault("trace_id", trace.trace_id)
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            event["stack"] = self.formatStack(record.stack_info)
        if self._worker is not None:
            event["worker"] = self._worker
        return orjson.dumps(event, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


class Together(logging.Handler):
    """Writes lines that come within ``KEEP_S`` together; a warning or worse at once, with those before it."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: list[str] = []
        self._kept = 0
        self._writing = Lock()
        self._some = Signal()
        self._thread: Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's line; the caller holds this handler's lock."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - as every handler of `logging`: a bad call is shown, nobody fails of it
            self.handleError(record)
            return
        first = not self._lines
        self._lines.append(line)
        self._kept += len(line)
        if record.levelno >= logging.WARNING or self._kept > KEEP_CHARACTERS:
            self.flush()
        elif first:
            if self._thread is None:
                self._thread = Thread(target=self._write_for_ever, name="siseon-log", daemon=True)
                self._thread.start()
            self._some.set()

    def flush(self) -> None:
        """Write what is kept."""
        # In this order always, and the first until the second is held: lines stay in their order, and a write that
        # has to wait for its reader keeps nobody from leaving a line.
        self.acquire()
        try:
            self._writing.acquire()
            lines, self._lines, self._kept = self._lines, [], 0
        finally:
            self.release()
        try:
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
        except (OSError, ValueError):  # the reader has gone, or the stream is closed: there is nobody to tell
            pass
        finally:
            self._writing.release()

    def _write_for_ever(self) -> None:
        pause = Signal()
        while True:
            self._some.wait()
            self._some.clear()
            pause.wait(KEEP_S)
            self.flush()


def _for_people(worker: int | None) -> logging.Formatter:
    import structlog

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.format_exc_info,
    ]

    def add_worker(_: object, __: str, event: Event) -> Event:
        if worker is not None:
            event["worker"] = worker
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, add_worker],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
    )


def _add_trace(_: object, __: str, event: Event) -> Event:
    trace = current_trace.get()
    if trace is not None:
        event.setdefault("trace_id", trace.trace_id)
    return event
