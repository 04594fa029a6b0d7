"""Failures of a user's own class that is not sound: whatever its methods do, every caller gets a named failure."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from typing import Any

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import InputError, SiseonError
from siseon.engine import Pipeline

pytestmark = pytest.mark.usefixtures(bounded.__name__)


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("not sound")


class NoTruth(InputError):
    __bool__ = broken


class NoLength(InputError):
    __len__ = broken


class Empty(InputError):
    def __len__(self) -> int:
        return 0


class NoHash(InputError):
    __eq__ = broken
    __hash__ = None  # type: ignore[assignment]


class NoStage(InputError):
    stage = property(broken, lambda self, value: None)  # type: ignore[assignment]


class NotSet(InputError):
    def __setattr__(self, name: str, value: object) -> None:
        if name == "stage" and value is not None:
            broken()
        super().__setattr__(name, value)


class NotFresh(InputError):
    fresh = broken


class NotAt(InputError):
    at = broken


class NotMade(InputError):
    def __new__(cls, *_: Any, needed: bool = False) -> NotMade:
        return super().__new__(cls) if needed else broken()

    def __init__(self, message: str, *, needed: bool) -> None:
        super().__init__(message)


class NotBegun(InputError):
    def __init__(self) -> None:
        """Without that of the class above: it has no code."""


class NoCode(InputError):
    code = property(broken)  # type: ignore[assignment]

    def __init__(self) -> None:
        Exception.__init__(self, "m")


class TextCode(InputError):
    def __init__(self) -> None:
        super().__init__("m")
        self.code = "invalid_input"  # type: ignore[assignment]


class ListCode(InputError):
    def __init__(self) -> None:
        super().__init__("m")
        self.code = []  # type: ignore[assignment]


class NotRead(InputError):
    def __getattribute__(self, name: str) -> Any:
        if name in ("stage", "code", "message", "hint", "fresh", "at"):
            values = object.__getattribute__(self, "__dict__")
            values["reads"] = values.get("reads", 0) + 1
            if values["reads"] > 2:
                broken()
        return object.__getattribute__(self, name)


def make(kind: type[InputError]) -> InputError:
    if kind is NotMade:
        return NotMade("m", needed=True)
    if kind in (NotBegun, NoCode, TextCode, ListCode):
        return kind()  # type: ignore[call-arg]
    return kind("m")


class Fails(Held):
    """Items 2 and 3 fail, in one of the ways that a stage has."""

    max_batch = 8

    def __init__(self, kind: type[InputError], way: str) -> None:
        super().__init__(gate=True)
        self.kind, self.way = kind, way
        self.max_cost = 100.0

    def setup(self) -> None:
        if self.way == "setup":
            raise make(self.kind)

    def bucket(self, item: int) -> Hashable:
        return self._fails("bucket", item)

    def cost(self, item: int) -> float:
        self._fails("cost", item)
        return 1.0

    def _fails(self, way: str, item: int) -> None:
        if self.way == way and item in (2, 3):
            raise make(self.kind)

    def process(self, batch: Sequence[int]) -> Sequence[Any]:
        if self.way == "return":
            return [make(self.kind) if item in (2, 3) else item for item in batch]
        for item in batch:
            self._fails("raise", item)
        return super().process(batch)


KINDS = [
    NoTruth,
    NoLength,
    Empty,
    NoHash,
    NoStage,
    NotSet,
    NotFresh,
    NotAt,
    NotMade,
    NotBegun,
    NoCode,
    TextCode,
    ListCode,
    NotRead,
]
pytestmark = [pytestmark, pytest.mark.parametrize("kind", KINDS)]  # type: ignore[list-item]


@pytest.mark.parametrize("way", ["return", "raise", "bucket", "cost"])
async def test_every_caller_of_a_batch_with_an_unsound_failure_has_an_outcome(kind, way, caplog):
    async with Fails(kind, way) as stage:
        outcomes = await asyncio.gather(*map(stage, range(8)), return_exceptions=True)
        assert await stage(1) == 1
    for item, outcome in enumerate(outcomes):
        assert issubclass(type(outcome), SiseonError) if item in (2, 3) else outcome == item


@pytest.mark.parametrize("way", ["return", "raise"])
async def test_a_map_and_a_stream_with_an_unsound_failure_end(kind, way, caplog):
    async with Fails(kind, way) as stage:
        with pytest.raises(SiseonError):
            await stage.map(range(8))
        assert await stage.map(range(8), fallback=-1) == [0, 1, -1, -1, 4, 5, 6, 7]
        got = dict([pair async for pair in stage.stream(range(8))])
    assert sorted(got) == list(range(8))
    assert all(issubclass(type(got[item]), SiseonError) for item in (2, 3))


@pytest.mark.parametrize("way", ["return", "raise", "bucket", "cost"])
async def test_a_request_with_an_unsound_failure_of_a_stage_fails_by_name(kind, way, caplog):
    async with Through(Fails(kind, way)) as pipeline:
        with pytest.raises(SiseonError):
            await pipeline(2)
        assert (await pipeline(1)).data == 1


async def test_a_run_that_raises_an_unsound_failure_fails_by_name(kind, caplog):
    class Raises(Pipeline[int, int]):
        async def run(self, item: int) -> int:
            raise make(kind)

    async with Raises() as pipeline:
        with pytest.raises(SiseonError):
            await pipeline(1)


@pytest.mark.parametrize("through", [False, True], ids=["stage", "pipeline"])
async def test_a_setup_that_raises_an_unsound_failure_stops_the_start_by_name(kind, through, caplog):
    stage = Fails(kind, "setup")
    with pytest.raises(SiseonError):
        await (Through(stage) if through else stage).start()
    assert stage.state == "closed"
