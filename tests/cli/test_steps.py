"""Lines of a log about the steps of a run."""

from __future__ import annotations

from siseon.applications.steps import Step
from siseon.cli.steps import line


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
