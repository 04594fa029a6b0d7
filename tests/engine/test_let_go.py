"""What failed is let go at once, without the cycle collector: an upload must not outlive its request."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from engine.probes import bounded
from siseon.contracts import InputError, SiseonError
from siseon.engine import Pipeline, Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Picture:
    """Stands for pixels."""


class Refuses(Stage[int, int]):
    """Returns a failure for negative numbers."""

    max_batch = 4

    def process(self, batch: Sequence[int]) -> Sequence[Any]:
        return [InputError("refused") if item < 0 else item for item in batch]


class Asks(Pipeline[Any, Any]):
    """Asks its stage for what fails, in one of the ways there are, with a picture in its hands."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.stage = Refuses()

    async def run(self, item: Any) -> Any:
        crop = Picture()
        SEEN.append(weakref.ref(crop))
        match self.way:
            case "call":
                return await self.stage(-1)
            case "map":
                return await self.stage.map([-1, -2])
            case "timeout":
                return await self.stage(-1, timeout=60)
            case "refused":
                return await self.stage(1, timeout="no number")  # type: ignore[arg-type]
            case "itself":
                raise InputError("refused")


SEEN: list[weakref.ref[Picture]] = []


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Without the cycle collector."""
    SEEN.clear()
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("way", ["call", "map", "timeout", "refused", "itself"])
async def test_a_request_that_failed_holds_nothing_once_its_caller_has_let_the_failure_go(
    way, uncollected, until
):
    async with Asks(way) as pipeline:
        for _ in range(3):
            upload = Picture()
            SEEN.append(weakref.ref(upload))
            with pytest.raises(SiseonError):
                await pipeline(upload)
            del upload
        await until(lambda: not any(held() for held in SEEN))


@pytest.mark.parametrize(
    "call", [lambda stage: stage(-1), lambda stage: stage.map([-1, -2])], ids=["one", "map"]
)
async def test_a_call_that_failed_holds_nothing_of_its_caller(
    call: Callable[[Refuses], Any], uncollected, until
):
    async def caller(stage: Refuses) -> None:
        upload = Picture()
        SEEN.append(weakref.ref(upload))
        await call(stage)

    async with Refuses() as stage:
        for _ in range(3):
            with pytest.raises(SiseonError):
                await caller(stage)
        await until(lambda: not any(held() for held in SEEN))
