"""Lines of a log about the steps of a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from siseon.applications.steps import Step
from siseon.cli import steps
from siseon.cli.inputs import Sources
from siseon.cli.steps import Steps, line


def test_a_line_says_what_is_done_of_how_much_and_how_fast() -> None:
    step = Step(name="visualiser", done=1200, total=1500, unit="frames", seconds=60)
    assert line(step, over=False) == "visualiser: 1,200 of 1,500 frames, 20.0 frames/s"
    whole = Step(name="visualiser", done=1500, total=1500, unit="frames", seconds=75)
    assert line(whole, over=True) == "visualiser done: 1,500 frames in 75.00 s, 20.0 frames/s"


def test_a_step_that_took_a_moment_has_its_seconds_and_no_rate() -> None:
    step = Step(name="re-ID", done=16, total=16, unit="tracks", seconds=0.02)
    assert line(step, over=True) == "re-ID done: 16 tracks in 0.02 s"


def test_a_name_is_no_markup() -> None:
    step = Step(name="[red]", done=0, unit="\x1b[2J")
    assert "\x1b" not in line(step, over=False)
    assert line(step, over=False).startswith("\\[red]")


def test_where_there_are_no_bars_a_line_says_now_and_then_how_far_pictures_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Long before the first of them has ended, as of gauges that are found by sight."""
    clock = [0.0]
    monkeypatch.setattr(steps, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    chain: Any = SimpleNamespace(
        application=SimpleNamespace(steps=None, parts=None), pipeline=SimpleNamespace()
    )
    batch = SimpleNamespace(stage="find_scales", size=3, compute_s=1.0)
    with Steps(chain, 12, lines=False) as told:
        told.begin(Sources([]), 0)
        with told.loading():
            clock[0] = 1.0
        for clock[0] in (2.0, 11.0, 12.0, 21.0):
            chain.pipeline.on_batch(batch)
    assert capsys.readouterr().err.splitlines() == [
        "0 of 12 pictures, find_scales: 6 items, 3.0 items/s",
        "0 of 12 pictures, find_scales: 12 items, 3.0 items/s",
    ]
