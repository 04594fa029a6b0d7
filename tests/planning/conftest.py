"""Recordings with round numbers, for the planner's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from siseon.planning.recording import BatchTime, RecordedCall, RecordedRequest, RecordedStage, Recording

Batches = Sequence[tuple[int, float]]


def _recording(
    requests: Sequence[Mapping[str, Batches]],
    *,
    cores: int = 1,
    per_s: float = 1.0,
    in_flight: int = 8,
    replicas: int = 1,
    loaded: Mapping[str, Batches] | None = None,
    steps: Sequence[str] = (),
    sorted_items: bool = False,
) -> Recording:
    """Batches (size, seconds) by stage for each request; one after the other, and nothing between stages."""
    names = dict.fromkeys(name for request in requests for name in request)
    return Recording(
        pipeline="p",
        cpu="a processor",
        cores=cores,
        loaded_per_s=per_s,
        loaded_in_flight=in_flight,
        others_cores=None,
        stages=tuple(
            RecordedStage(
                name=name,
                kind="step" if name in steps else "batch",
                max_batch=8,
                replicas=replicas,
                sorted_items=sorted_items,
                loaded=tuple(
                    BatchTime(size=size, count=100, mean_s=seconds)
                    for size, seconds in (loaded or {}).get(name, ())
                ),
            )
            for name in names
        ),
        requests=tuple(
            RecordedRequest(
                elapsed_s=sum(seconds for batches in request.values() for _, seconds in batches),
                calls=tuple(
                    RecordedCall(
                        stage=name, active_s=sum(seconds for _, seconds in batches), batches=tuple(batches)
                    )
                    for name, batches in request.items()
                ),
            )
            for request in requests
        ),
    )


@pytest.fixture(scope="session")
def recording() -> Callable[..., Recording]:
    """Makes recordings with round numbers, as a machine without noise would."""
    return _recording
