"""The engine keeps its promises in thousands of drawn episodes; one that does not can be replayed by its seed."""

from __future__ import annotations

import pytest

from engine.simulation.__main__ import failures_of
from engine.simulation.episode import play

SEEDS = 5_000
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_drawn_episode_breaks_a_promise(part):
    _, failures = failures_of(range(part * SEEDS // PARTS, (part + 1) * SEEDS // PARTS))
    assert not failures, "\n".join(
        f"{wrongs[0]}: replay with PYTHONPATH=src:tests python -m engine.simulation --seed {seed}"
        for seed, wrongs in failures
    )


@pytest.mark.parametrize("seed", [3, 55, 564])
def test_a_seed_replays_exactly(seed, capsys):
    play(seed, verbose=True)
    first = capsys.readouterr().out
    assert len(first.splitlines()) > 20
    play(seed, verbose=True)
    assert capsys.readouterr().out == first
