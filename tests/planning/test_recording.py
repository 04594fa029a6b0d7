"""A recording as a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from siseon.contracts import InputError
from siseon.planning.recording import BatchTime, RecordedCall, RecordedRequest, RecordedStage, Recording

RECORDING = Recording(
    pipeline="text",
    cpu="a processor",
    cores=2,
    loaded_per_s=20.5,
    loaded_in_flight=8,
    others_cores=None,
    stages=(
        RecordedStage(
            name="detect",
            kind="batch",
            max_batch=4,
            replicas=2,
            loaded=(BatchTime(size=1, count=9, mean_s=0.01),),
        ),
    ),
    requests=(
        RecordedRequest(
            elapsed_s=0.1,
            calls=(RecordedCall(stage="detect", active_s=0.09, batches=((2, 0.05), (1, 0.04))),),
        ),
    ),
)


def _with_batch(items: int, seconds: float) -> dict[str, object]:
    call = {"stage": "detect", "active_s": 0.1, "batches": [[items, seconds]]}
    return {"requests": [{"elapsed_s": 0.1, "calls": [call]}]}


def test_a_recording_survives_its_file(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(RECORDING.model_dump_json())
    assert Recording.read(tmp_path / "r.json") == RECORDING


def test_a_call_knows_its_items_and_seconds() -> None:
    (call,) = RECORDING.requests[0].calls
    assert (call.items, call.seconds) == (3, pytest.approx(0.09))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 2}, "version"),
        ({"stages": []}, "stages"),
        ({"requests": []}, "requests"),
        ({"loaded_per_s": 0}, "loaded_per_s"),
        ({"requests": [{"elapsed_s": 1.0, "calls": []}]}, "detect"),
        ({"extra": 1}, "extra"),
        (_with_batch(0, 0.1), "batches.0.0"),
        (_with_batch(1, -0.1), "batches.0.1"),
    ],
)
def test_a_document_that_is_no_recording_is_refused_by_what_is_wrong(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    (tmp_path / "r.json").write_text(json.dumps({**json.loads(RECORDING.model_dump_json()), **change}))
    with pytest.raises(InputError, match=complaint) as caught:
        Recording.read(tmp_path / "r.json")
    assert caught.value.code == "invalid_input"
    assert caught.value.hint is not None


def test_a_file_that_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(b"\xff\xd8 a photo")
    with pytest.raises(InputError, match="not a recording"):
        Recording.read(tmp_path / "r.json")
    with pytest.raises(InputError, match="cannot be read") as caught:
        Recording.read(tmp_path / "missing.json")
    assert caught.value.code == "file_unreadable"
