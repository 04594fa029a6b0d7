"""Records of a worker's loggers arrive in the parent's, the last words of a dead one too."""

from __future__ import annotations

import logging
import os
import threading

import pytest

from engine.placement.processes import stages
from engine.placement.processes.stages import Does
from siseon.engine.placement.processes.words import LENGTH, listen


@pytest.fixture
def heard(caplog, until_true):
    caplog.set_level(logging.INFO)

    def wait(text: str) -> logging.LogRecord:
        until_true(lambda: any(text in record.getMessage() for record in caplog.records))
        return next(record for record in caplog.records if text in record.getMessage())

    return wait


def test_records_arrive_with_their_fields(heard, opened, caplog):
    workers = opened(Does())
    workers.run([(stages.says, (logging.DEBUG, "nobody")), (stages.says, (logging.INFO, "a"))], None)
    record = heard("a says")
    assert (record.name, record.levelno, record.picture) == ("tests.workers", logging.INFO, "a")
    assert "lock" in record.lock
    assert record.process != os.getpid()
    assert "nobody" not in caplog.text


def test_a_traceback_arrives_as_text(heard, opened):
    opened(Does()).run([(stages.says_with_traceback, ())], None)
    assert "LookupError: deep inside" in heard("it went wrong").exc_text


def test_last_words_arrive(heard, opened):
    opened(Does()).run([(stages.last_words, ())], None)
    heard("these are my last words")
    heard("was ended by SIGKILL")


def test_what_is_no_record_is_reported_once(caplog):
    reading, writing = os.pipe()
    listener = threading.Thread(target=listen, args=(reading, lambda: True))
    listener.start()
    os.write(writing, LENGTH.pack(4) + b"junk" + b"more junk")
    os.write(writing, LENGTH.pack(1 << 31))
    os.close(writing)
    listener.join()
    os.close(reading)
    assert caplog.text.count("is not a record") == 1


def test_one_who_hears_nothing_looks_whether_the_worker_is_there():
    reading, writing = os.pipe()
    listen(reading, lambda: False)  # somebody else still holds the pipe
    os.close(reading)
    os.close(writing)
