"""What is told of clips that are not kept: while they come, and for a while after they failed."""

from __future__ import annotations

from siseon.contracts import Failure, FailureCode
from siseon.streams.clips import unwritten
from siseon.streams.clips.take import ClipState, Take
from siseon.streams.clips.unwritten import Unwritten
from streams.clips.films import BEGAN

FULL = Failure(code=FailureCode.storage_failed, message="the disk is full", retryable=True)


def failed(told: Unwritten, identifier: str) -> None:
    take = Take(identifier, "gate", BEGAN, 0.0, 1.0, [], [])
    told.take(take)
    told.fail(take.told(1.0), FULL)


def test_a_failed_clip_is_told_until_it_is_dropped():
    told = Unwritten()
    failed(told, "1")
    (clip,) = told.of("gate")
    assert (clip.state, clip.failure) == (ClipState.failed, FULL)
    assert told.of("yard") == []
    told.drop("1")
    assert told.of("gate") == []


def test_only_the_last_failed_ones_are_told(monkeypatch):
    monkeypatch.setattr(unwritten, "FAILED_MOST", 2)
    told = Unwritten()
    for identifier in "123":
        failed(told, identifier)
    assert [clip.id for clip in told.of("gate")] == ["2", "3"]


def test_an_old_failure_is_told_no_more(monkeypatch):
    told = Unwritten()
    failed(told, "1")
    monkeypatch.setattr(unwritten, "FAILED_S", -1.0)
    assert told.of("gate") == []
