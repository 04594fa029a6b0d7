"""Small real stages for the engine's tests, and the one way in which these tests wait: for a condition."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest

from siseon.contracts import InputError
from siseon.engine import Stage
from siseon.engine.recording import BatchTime, RecordedCall, RecordedRequest, RecordedStage, Recording

Batches = Sequence[tuple[int, float]]


class Double(Stage[int, int]):
    """Doubles; refuses negative numbers by raising, as a real stage would."""

    max_batch = 8

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        if any(number < 0 for number in batch):
            raise InputError("negative numbers can not be doubled")
        return [2 * number for number in batch]


class Gated(Stage[int, int]):
    """Holds each batch until the test opens the gate, so that the queue behind it can be arranged exactly."""

    max_batch = 8

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(batch))
        assert self.gate.wait(timeout=30), "the test never opened the gate"
        return list(batch)


@pytest.fixture
def double() -> Double:
    return Double()


@pytest.fixture
def gated() -> Gated:
    return Gated()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait for a condition: the test fails after 20 s instead of hanging, and never sleeps on luck."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.001)

    return wait


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
