"""1,000 seeds: nothing lost, no result twice, every failure told; on SQLite and on PostgreSQL.

``SISEON_CHAOS=100000 pytest tests/jobs/simulation`` searches for longer. One seed again, with its faults::

    PYTHONPATH=src:tests python -m jobs.simulation --seed 4711
"""

from __future__ import annotations

import os

import pytest

from jobs.simulation.__main__ import failures_of

SEEDS = int(os.environ.get("SISEON_CHAOS", "1000"))
ON_POSTGRES = SEEDS // 10
"""There one takes three times as long."""
PARTS = 12
"""Each a test of its own, which any process that has nothing left to do may take."""
LONG_S = max(300, SEEDS // PARTS)


@pytest.mark.timeout(LONG_S)
@pytest.mark.parametrize("part", range(PARTS))
def test_jobs_come_through_crashes_lost_answers_and_pauses_on_sqlite(tmp_path, part):
    _check(f"sqlite:///{tmp_path / 'jobs.db'}", ON_POSTGRES, SEEDS, part, PARTS)


@pytest.mark.timeout(LONG_S)
@pytest.mark.parametrize("part", range(PARTS // 4))
def test_jobs_come_through_crashes_lost_answers_and_pauses_on_postgresql(postgres_url, part):
    _check(postgres_url(), 0, ON_POSTGRES, part, PARTS // 4)


def _check(url: str, first: int, end: int, part: int, parts: int) -> None:
    start, stop = (first + (end - first) * each // parts for each in (part, part + 1))
    found = failures_of(url, range(start, stop))
    assert not found, "\n".join(f"seed {seed}: {wrong} after {log}" for seed, wrong, log in found[:5])
