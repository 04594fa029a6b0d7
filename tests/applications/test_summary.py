"""The first line of a result on a terminal: the time of the answer, and of the work where most of it was waiting."""

from __future__ import annotations

from siseon.applications.summary import summary
from siseon.contracts import Result, StageTiming


def told(elapsed_ms: float, *compute_ms: float) -> str:
    timings = [
        StageTiming(stage=f"{number}", calls=1, items=1, queue_ms=0, compute_ms=ms, batch_size_mean=1)
        for number, ms in enumerate(compute_ms)
    ]
    result = Result(
        data=None, models=[], trace_id="", timings=timings, degraded=[], warnings=[], elapsed_ms=elapsed_ms
    )
    return summary("a.jpg", (4, 3), result, []).splitlines()[0]


def test_a_picture_alone_has_one_time() -> None:
    assert told(380, 300, 70) == "a.jpg  (4 × 3, 380 ms)"
    assert told(380, 300, 300) == "a.jpg  (4 × 3, 380 ms)"  # on two cores


def test_one_that_waited_for_others_tells_its_work_too() -> None:
    assert told(2400, 300, 69) == "a.jpg  (4 × 3, 369 ms of work, answered after 2400 ms)"
