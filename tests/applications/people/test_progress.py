"""What a chunk's result tells of the work behind it."""

from __future__ import annotations

from people_seen import body, chunk, direction, times
from siseon.applications.people.progress import steps
from siseon.contracts import Result
from siseon.contracts.result import StageTiming


def timing(stage: str, compute_ms: float) -> StageTiming:
    return StageTiming(stage=stage, calls=1, items=1, queue_ms=0, compute_ms=compute_ms, batch_size_mean=1)


def test_pictures_are_told_with_the_time_of_finding_and_following_people() -> None:
    seen = chunk(0, {1: {t: body(100) for t in times(0, 2_000)}}, looks={1: direction(0)})
    timings = [timing("decode", 700), timing("detect", 300), timing("motion", 100), timing("track", 100)]
    result = Result(
        data=seen, models=[], trace_id="", timings=timings, degraded=[], warnings=[], elapsed_ms=0
    )

    tracker, features = steps(result)

    assert (tracker.name, tracker.done, tracker.unit, tracker.seconds) == ("tracker", 11, "pictures", 0.5)
    assert (features.done, features.total, features.unit) == (5, 5, "crops")
