from __future__ import annotations

import io
import json
import logging
import threading

import pytest

from siseon.engine import Trace
from siseon.engine.trace import current_trace
from siseon.hosting.logs import JsonLines, Together


class Reader(io.StringIO):
    """A stream that tells when it was written to, and can be held up."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()

    def write(self, text: str) -> int:
        assert self.may_write.wait(10)
        count = super().write(text)
        self.written.set()
        return count

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.getvalue().splitlines()]


@pytest.fixture
def stream() -> Reader:
    return Reader()


@pytest.fixture
def log(stream):
    handler = Together(stream)
    handler.setFormatter(JsonLines())
    log = logging.Logger("siseon.test")
    log.addHandler(handler)
    yield log
    handler.close()


def line(record: logging.LogRecord, **options: int) -> dict[str, object]:
    return json.loads(JsonLines(**options).format(record))


def test_a_line_has_the_event_its_fields_its_time_and_the_trace_at_work():
    record = logging.makeLogRecord(
        {"name": "siseon.access", "levelname": "INFO", "msg": "%s of %d", "args": ("one", 2), "created": 0.5}
        | {"status": 200, "times": {"decode": 1.5}}
    )
    token = current_trace.set(Trace(trace_id="a" * 32))
    try:
        assert line(record, worker=1) == {
            "event": "one of 2",
            "level": "info",
            "logger": "siseon.access",
            "status": 200,
            "times": {"decode": 1.5},
            "timestamp": "1970-01-01T00:00:00.500000Z",
            "trace_id": "a" * 32,
            "worker": 1,
        }
    finally:
        current_trace.reset(token)


def test_what_was_raised_is_in_the_line():
    try:
        raise ValueError("no")
    except ValueError as error:
        record = logging.makeLogRecord({"exc_info": (ValueError, error, error.__traceback__)})
    assert "ValueError: no" in str(line(record)["exception"])


def test_lines_are_kept_for_a_moment_and_come_in_order(log, stream):
    for number in range(100):
        log.info("line %d", number)
    assert stream.written.wait(10)
    log.handlers[0].flush()
    assert stream.events() == [f"line {number}" for number in range(100)]


def test_a_warning_is_written_at_once_with_what_was_kept(log, stream):
    log.info("before")
    log.warning("now")
    assert stream.events() == ["before", "now"]


def test_a_reader_that_is_slow_keeps_nobody_from_leaving_a_line(log, stream):
    stream.may_write.clear()
    log.info("first")
    writer = threading.Thread(target=log.handlers[0].flush)
    writer.start()
    for number in range(10):
        log.info("line %d", number)  # would never return if it waited for the reader
    stream.may_write.set()
    writer.join(10)
    log.handlers[0].flush()
    assert stream.events() == ["first", *(f"line {number}" for number in range(10))]


def test_a_reader_that_has_gone_is_no_failure(log, stream):
    stream.close()
    log.warning("nobody hears")
    log.info("nor this")
    log.handlers[0].flush()
