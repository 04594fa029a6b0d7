"""Lines of the log: the short way writes what structlog's chain of processors would."""

from __future__ import annotations

import logging

import orjson
import pytest

from siseon.hosting import logs


@pytest.fixture
def formatter(worker):
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.logThreads, logging.logProcesses
    logs.configure(worker=worker)
    yield root.handlers[0].formatter
    root.handlers[:], root.level, logging.logThreads, logging.logProcesses = before
    logging.logMultiprocessing = logging.logProcesses


def record(**more):
    fields = {"name": "siseon.access", "msg": "answered %s", "args": ("late",), "levelname": "WARNING"}
    return logging.makeLogRecord({**fields, "levelno": 30, "created": 1e9, **more})


@pytest.mark.parametrize("worker", [None, 2])
@pytest.mark.parametrize("more", [{}, {"path": "/detect", "ms": 1.5, "compute_ms": {"detect": 9.25}}])
def test_a_line_has_what_the_chain_would_write_in_its_order(formatter, more):
    short = orjson.loads(formatter.format(record(**more)))
    chain = orjson.loads(formatter._others.format(record(**more)))
    assert list(short) == list(chain)
    assert {**short, "timestamp": None} == {**chain, "timestamp": None}
    assert short["timestamp"] == "2001-09-09T01:46:40Z"


@pytest.mark.parametrize("worker", [None])
def test_a_traceback_is_in_the_line(formatter):
    try:
        raise ValueError("no number")
    except ValueError as error:
        failed = record(exc_info=(ValueError, error, error.__traceback__))
    assert "ValueError: no number" in orjson.loads(formatter.format(failed))["exception"]
