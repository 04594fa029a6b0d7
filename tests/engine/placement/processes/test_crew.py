"""Who is replaced when, and when a stage fails by name instead of dying for ever."""

from __future__ import annotations

import pytest

from engine.placement.processes.stages import DiesAtOnce
from siseon.contracts import FailureCode
from siseon.engine.placement.processes import crew


@pytest.fixture
def dying(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(crew, "DEATHS_IN_A_ROW", 3)
    return opened(DiesAtOnce(str(tmp_path / "mark")))


def test_workers_that_die_over_and_over_make_the_stage_fail_by_name(dying, until_true, caplog):
    (outcome,) = dying.run([1], None)
    assert outcome.code is FailureCode.worker_died
    until_true(lambda: dying._crew._deaths == 3)
    (refused,) = dying.run([2], None)
    assert refused.code is FailureCode.worker_died
    assert "die over and over; the last one could not start" in str(refused)
    assert "status 7" in str(refused)
    assert refused.failure().retryable
    until_true(lambda: "the next one starts in 30.0 s" in caplog.text)
    assert dying.statistics().workers == {}


def test_a_pause_grows_with_the_deaths_in_a_row():
    one = crew.Crew.__new__(crew.Crew)
    pauses = []
    for deaths in range(1, crew.DEATHS_IN_A_ROW + 2):
        one._deaths = deaths
        pauses.append(one._pause())
    assert pauses == [0, 0.1, 0.2, 0.4, 0.8, crew.PAUSE_S, crew.PAUSE_S]
