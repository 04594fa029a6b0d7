"""What looking at one chunk took, step by step, as its result tells it: for logs and for watchers of a job."""

from __future__ import annotations

from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.steps import Step
from siseon.contracts import Result

TRACKER = ("detect", "motion", "track")
"""Stages whose work the tracker's rate is of, as of old: it finds people and follows them."""


def steps(result: Result[ChunkSeen]) -> tuple[Step, ...]:
    """Of stages that had something to do."""
    data = result.data
    took = {timing.stage: timing.compute_ms / 1000 for timing in result.timings}
    crops = sum(one.appearance.crops for one in data.tracklets if one.appearance is not None)
    poses = sum(len(one.poses) for one in data.tracklets)
    faces = [face for moment in data.moments for face in moment.faces]
    told = sum(face.expression is not None for face in faces)
    asked = told + sum(face.refused is not None for face in faces)
    made = [
        _step("tracker", len(data.moments), len(data.moments), "pictures", took, *TRACKER),
        _step("feature extraction", crops, crops, "crops", took, "appearance"),
        _step("poses", poses, poses, "poses", took, "pose"),
        _step("faces", len(faces), len(faces), "faces", took, "faces"),
        _step("expressions", told, asked, "faces", took, "expressions"),
    ]
    return tuple(one for one in made if one.total)


def _step(name: str, done: int, total: int, unit: str, took: dict[str, float], *stages: str) -> Step:
    seconds = sum(took.get(stage, 0.0) for stage in stages)
    return Step(name=name, done=done, total=total, unit=unit, seconds=round(seconds, 3))
