"""Calls that take too long are ended, and the thread that watches them ends when there are none."""

from __future__ import annotations

import threading

import pytest

from siseon.models import patience
from siseon.models.patience import Patience


def test_a_call_that_takes_too_long_is_ended_once_and_others_are_not():
    watch, ended = Patience(), threading.Event()
    with watch.at_most(0.0, ended.set), watch.at_most(600.0, lambda: pytest.fail("it was in time")):
        assert ended.wait(10)
        assert watch.under_way == 1
    assert watch.under_way == 0


def test_all_that_is_under_way_can_be_ended_at_once():
    watch, ended = Patience(), []
    with watch.at_most(600.0, lambda: ended.append(1)), watch.at_most(600.0, lambda: ended.append(2)):
        watch.end_all()
    assert ended == [1, 2]


def test_what_begins_after_the_end_of_all_is_ended_at_once():
    watch, ended = Patience(), []
    watch.end_all()
    with watch.at_most(600.0, lambda: ended.append(1)):
        assert ended == [1]


def test_the_thread_ends_without_calls_and_the_next_call_is_watched_all_the_same(monkeypatch):
    monkeypatch.setattr(patience, "IDLE_S", 0.01)
    monkeypatch.setattr(patience, "LOOK_S", 0.01)
    watch = Patience()
    for _ in range(20):
        ended = threading.Event()
        with watch.at_most(0.0, ended.set):
            thread = watch._thread
            assert ended.wait(10)
        assert thread is not None
        thread.join(10)
        assert not thread.is_alive()
