"""Wrong user code for ``stress.py``: items, stages and pipelines that make every mistake that their authors could make.

An item says which mistake its stage makes of it, so that a seed chooses them all; every answer carries its item's
number, so that an answer that goes to another caller is seen.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from siseon.contracts import InputError, ModelRef, SiseonError, StageFailed
from siseon.engine import Pipeline, Stage

PIXELS = 4096
"""Bytes that each item brings, so that memory shows who keeps items."""
FALLBACK = "fallback"
STUCK_S = (0.5, 1.5)
SHORT_S = (0.002, 0.03)

RAISES = ("raises at it", "raises before", "raises after", "raises a named one", "raises unreadable text")
RAISES += ("raises SystemExit", "raises KeyboardInterrupt", "raises a failure without a code")
RETURNS = (
    "returns a failure",
    "returns an exception",
    "returns a failure without a code",
    "returns a faceless",
)
ENDS = (
    "too few",
    "too many",
    "None",
    "dict",
    "text",
    "generator",
    "unreadable",
    "exits while read",
    "one list",
)
HANDS = ("sorts", "pops", "clears and raises")
SLOW = ("sleeps", "holds the interpreter", "gets stuck")
NAMES = ("bucket is a list", "bucket raises", "bucket lies", "cost is None", "cost is nan", "cost raises")
NAMES += ("serial is a list", "serial lies")
BODIES = ("hostile item", "endless item")
WRONGS = (*RAISES, *RETURNS, *ENDS, *HANDS, *SLOW, *NAMES, *BODIES)
RARE = {"gets stuck": 0.02, "holds the interpreter": 0.2}
"""Weights of those that would leave no time for the others."""

STEPS = (
    "one",
    "one",
    "with fallback",
    "map",
    "map with fallback",
    "gather",
    "group",
    "stream",
    "stream left",
)
STEPS += ("nested", "nested in time", "sleep", "catch", "raise", "raise a group", "cancel itself")
STEPS += ("leaves a task", "leaves a reader", "feeds many")


class Item:
    """What goes through a stage, and comes out of it with one more name on its path."""

    def __init__(self, number: int, wrongs: Sequence[str | None] = (), plan: Sequence[str] = ()) -> None:
        self.number = number
        self.wrongs = wrongs
        self.plan = plan
        self.path: tuple[str, ...] = ()
        self.call: tuple[int, int] | None = None
        """The call of ``map`` that it belongs to, and its place there."""
        self.pixels = bytes(PIXELS)

    @property
    def wrong(self) -> str | None:
        """The mistake to make of it in the next stage."""
        done = len(self.path)
        return self.wrongs[done] if done < len(self.wrongs) else None

    def after(self, stage: str) -> Item:
        """The answer."""
        answer = Item(self.number, self.wrongs, self.plan)
        answer.path = (*self.path, stage)
        return answer


class HostileItem(Item):
    """All that may raise does."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __hash__ = __str__ = __repr__ = __bool__ = __len__ = _raise
    nbytes = property(_raise)


class EndlessItem(list[Any]):
    """A list that holds itself, with an item's attributes."""

    def __init__(self, number: int, wrongs: Sequence[str | None] = (), plan: Sequence[str] = ()) -> None:
        super().__init__([self])
        self.number, self.wrongs, self.plan, self.path, self.call = number, wrongs, plan, (), None

    wrong = Item.wrong
    after = Item.after


def make_item(number: int, wrongs: Sequence[str | None] = (), plan: Sequence[str] = ()) -> Item:
    """An item; which class depends on its first wrong."""
    kind = {"hostile item": HostileItem, "endless item": EndlessItem}.get(
        wrongs[0] or "" if wrongs else "", Item
    )
    return kind(number, wrongs, plan)  # type: ignore[return-value]


class Lies:
    """A name that is equal to some and not to others, and sometimes raises."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return 1000 + self.number % 2  # not that of an honest name

    def __eq__(self, other: object) -> bool:
        if random.random() < 0.1:
            raise RuntimeError("equality raises")
        return random.random() < 0.5


class Unreadable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class NoCode(StageFailed):
    """Its author forgot the base class's constructor, or took another type for its code."""

    def __init__(self, code: object) -> None:
        if code is not None:
            super().__init__("no code")
            self.code = code  # type: ignore[assignment]


class Faceless:
    """A result that raises when it is asked for its class too often, as a proxy does whose target has gone."""

    def __init__(self, item: Item) -> None:
        self.number, self.path, self.asked = item.number, (*item.path, "faceless"), 0
        self.wrong, self.wrongs, self.plan, self.call = None, (), (), None

    def after(self, stage: str) -> Item:
        return Item(self.number)

    @property
    def __class__(self) -> type:
        self.asked += 1
        if self.asked > 1:
            raise RuntimeError("no class")
        return Faceless


class BadSequence:
    def __init__(self, count: int, error: BaseException) -> None:
        self.count, self.error = count, error

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[object]:
        raise self.error


class Wrong(Stage[Item, Any]):
    """Does as its items say, and notes what the engine must not do."""

    start_timeout_s = 0.4
    stop_timeout_s = 0.4

    def __init__(self, name: str, rng: random.Random, faults: Callable[[str], None]) -> None:
        self.name = name
        self.max_batch = rng.choice([1, 2, 8, 32])
        self.max_queue = rng.choice([4, 64, 1024])
        self.replicas = rng.choice([1, 2, 4])
        self.linger_ms = rng.choice([0, 0, 2, 10]) if self.max_batch > 1 else 0
        self.max_cost = rng.choice([None, 6.0])
        self.seconds = rng.choice([0.0, 0.0003, 0.001])
        self.faults = faults
        self.made: Counter[str] = Counter()
        self._rng = random.Random(rng.random())
        self._lock = threading.Lock()
        self._inside = 0
        self._set_up = False
        self._results: list[Any] = []

    def setup(self) -> None:
        if self._set_up or self._inside:
            self.faults(f"{self.name}: setup of what is set up or at work")
        draw = self._rng.random()
        time.sleep(0.7 if draw < 0.01 else self._rng.uniform(0, 0.02))
        if 0.01 < draw < 0.06:
            raise self._rng.choice(
                [ValueError("setup"), Unreadable(), SystemExit("setup"), InputError("setup")]
            )
        self._set_up = True

    def teardown(self) -> None:
        if not self._set_up or self._inside:
            self.faults(f"{self.name}: teardown of what is not set up, or is at work")
        draw = self._rng.random()
        self._set_up = False
        self._results.clear()
        time.sleep(0.7 if draw < 0.01 else 0)
        if draw > 0.95:
            raise ValueError("teardown")

    def models(self) -> Sequence[ModelRef]:
        if self._rng.random() < 0.001:
            raise ValueError("models")
        return ()

    def process(self, batch: Sequence[Item]) -> Any:
        with self._working(batch):
            wrongs = {item.wrong: item for item in batch if item.wrong}
            self.made.update(kind for kind in wrongs if kind)
            time.sleep(self.seconds)
            _delay(wrongs)
            if "raises before" in wrongs:
                raise ValueError("before")
            results = self._compute(batch, wrongs)
            _raise_after(wrongs)
            return self._returned(results, wrongs)

    def _compute(self, batch: Sequence[Item], wrongs: dict[str | None, Item]) -> list[Any]:
        if "clears and raises" in wrongs:
            batch.clear()  # type: ignore[attr-defined]
            raise ValueError("cleared")
        if "pops" in wrongs:
            taken = [batch.pop() for _ in range(len(batch))]  # type: ignore[attr-defined]
            return [self._one(item) for item in reversed(taken)]
        if "sorts" in wrongs:
            numbers = [item.number for item in batch]
            batch.sort(key=lambda item: -item.number)  # type: ignore[attr-defined]
            by_number = {item.number: self._one(item) for item in batch}
            return [by_number[number] for number in numbers]
        return [self._one(item) for item in batch]

    def _one(self, item: Item) -> Any:
        match item.wrong:
            case "raises at it":
                raise ValueError(f"item {item.number}")
            case "returns a failure":
                return InputError(f"item {item.number}")
            case "returns an exception":
                return Unreadable()
            case "returns a failure without a code":
                return NoCode([None, [], "text"][item.number % 3])
            case "returns a faceless":
                return Faceless(item)
        return item.after(self.name)

    def _returned(self, results: list[Any], wrongs: dict[str | None, Item]) -> Any:
        count = len(results)
        endings: dict[str, Callable[[], Any]] = {
            "too few": lambda: results[:-1],
            "too many": lambda: [*results, None],
            "None": lambda: None,
            "dict": lambda: dict(enumerate(results)),
            "text": lambda: "x" * count,
            "generator": lambda: (result for result in results),
            "unreadable": lambda: BadSequence(count, ValueError("iter")),
            "exits while read": lambda: BadSequence(count, SystemExit("iter")),
            "one list": lambda: self._same_list(results),
        }
        for kind, ending in endings.items():
            if kind in wrongs:
                return ending()
        return results

    def _same_list(self, results: list[Any]) -> list[Any]:
        """The list that other replicas return at the same moment: only right where there is one."""
        if self.replicas > 1:
            return results
        self._results[:] = results
        return self._results

    @contextmanager
    def _working(self, batch: Sequence[Item]) -> Iterator[None]:
        with self._lock:
            self._inside += 1
            if self._inside > self.replicas or not self._set_up:
                self.faults(f"{self.name}: {self._inside} at work of {self.replicas}, set up: {self._set_up}")
            if not 0 < len(batch) <= self.max_batch or type(batch) is not list:
                self.faults(f"{self.name}: a batch of {len(batch)} in a {type(batch).__name__}")
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1


class Named(Wrong):
    """With buckets and costs."""

    def bucket(self, item: Item) -> Hashable:
        match item.wrong:
            case "bucket is a list":
                return [1]  # type: ignore[return-value]
            case "bucket raises":
                raise Unreadable
            case "bucket lies":
                return Lies(item.number)
        return item.number % 5

    def cost(self, item: Item) -> float:
        match item.wrong:
            case "cost is None":
                return None  # type: ignore[return-value]
            case "cost is nan":
                return float("nan")
            case "cost raises":
                raise SystemError("cost")
        return float(item.number % 4)


class Serial(Wrong):
    """Items of one key run one at a time, in order."""

    def __init__(self, name: str, rng: random.Random, faults: Callable[[str], None]) -> None:
        super().__init__(name, rng, faults)
        self._busy: set[int] = set()
        self._last: dict[int, tuple[int, int]] = {}

    def serial(self, item: Item) -> Hashable:
        match item.wrong:
            case "serial is a list":
                return [1]  # type: ignore[return-value]
            case "serial lies":
                return Lies(item.number)
        return self._key(item)

    @staticmethod
    def _key(item: Item) -> int | None:
        return None if item.number % 3 == 0 else item.number % 7

    @contextmanager
    def _working(self, batch: Sequence[Item]) -> Iterator[None]:
        keys = [key for item in batch if item.wrong != "serial lies" and (key := self._key(item)) is not None]
        calls = [(self._key(item), item.call) for item in batch if item.wrong != "serial lies"]
        with super()._working(batch):
            with self._lock:
                if len(set(keys)) < len(keys) or self._busy & set(keys):
                    self.faults(f"{self.name}: two of one key at once: {sorted(keys)}, {sorted(self._busy)}")
                self._busy.update(keys)
                for key, call in calls:
                    if key is None or call is None:
                        continue
                    before = self._last.get(key)
                    if before is not None and before[0] == call[0] and before[1] > call[1]:
                        self.faults(f"{self.name}: key {key} ran {call} after {before}")
                    self._last[key] = call
            try:
                yield
            finally:
                with self._lock:
                    self._busy.difference_update(keys)


def _delay(wrongs: dict[str | None, Item]) -> None:
    if "sleeps" in wrongs:
        time.sleep(random.uniform(*SHORT_S))
    if "gets stuck" in wrongs:
        time.sleep(random.uniform(*STUCK_S))
    if "holds the interpreter" in wrongs:
        until = time.perf_counter() + 0.01
        while time.perf_counter() < until:
            pass


def _raise_after(wrongs: dict[str | None, Item]) -> None:
    errors: dict[str, Callable[[], BaseException]] = {
        "raises after": lambda: ValueError("after"),
        "raises a named one": lambda: InputError("named"),
        "raises unreadable text": Unreadable,
        "raises SystemExit": lambda: SystemExit("stage"),
        "raises KeyboardInterrupt": lambda: KeyboardInterrupt("stage"),
        "raises a failure without a code": lambda: NoCode(random.choice([None, [], "text"])),
    }
    for kind, error in errors.items():
        if kind in wrongs:
            raise error()


class Wild(Pipeline[Item, Any]):
    """Runs the plan of its item over its parts and the pipelines in it."""

    def __init__(
        self,
        parts: list[Wrong],
        inner: list[Wild],
        faults: Callable[[str], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self.parts = parts
        self.inner = inner
        self.faults = faults
        self.spawn = spawn
        self.on_trace = self.on_batch = _listen

    async def run(self, item: Item) -> Any:
        rng = random.Random(item.number)
        answer: Item = item
        for step in item.plan or ("one",):
            answer = await self._step(step, answer, rng)
        return answer

    async def _step(self, step: str, item: Item, rng: random.Random) -> Item:
        stage = rng.choice(self.parts)
        match step:
            case "one":
                return self.same(item, await stage(item))
            case "with fallback":
                answer = await stage(item, timeout=rng.uniform(0, 0.03), fallback=FALLBACK)
                return item if isinstance(answer, str) else self.same(item, answer)
            case "map" | "map with fallback" | "feeds many" | "stream" | "stream left":
                await self._many(step, stage, item, rng)
            case "gather":
                await asyncio.gather(*(self._one(item) for _ in range(rng.randint(1, 6))))
            case "group":
                async with asyncio.TaskGroup() as group:
                    for _ in range(rng.randint(1, 6)):
                        group.create_task(self._one(item))
            case "nested" | "nested in time":
                if self.inner:
                    timeout = rng.uniform(0.001, 0.05) if step == "nested in time" else None
                    result = await rng.choice(self.inner)(item, timeout=timeout)
                    return self.same(item, result.data)
            case "sleep":
                await asyncio.sleep(rng.uniform(0, 0.01))
            case "catch":
                try:
                    await stage(item)
                except SiseonError:
                    return item
            case "raise":
                raise rng.choice([ValueError("run"), Unreadable(), InputError("run"), TimeoutError()])
            case "raise a group":
                raise ExceptionGroup("run", [InputError("run"), ExceptionGroup("in", [Unreadable()])])
            case "cancel itself":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            case "leaves a task":
                self.spawn(self._left_task(stage, item))
            case "leaves a reader":
                self.spawn(self._left_reader(stage, item))
                await asyncio.sleep(rng.uniform(0, 0.01))
        return item

    async def _one(self, item: Item) -> None:
        part = make_item(item.number, item.wrongs)
        self.same(part, await random.choice(self.parts)(part))

    async def _many(self, step: str, stage: Wrong, item: Item, rng: random.Random) -> None:
        count = rng.randint(200, 700) if step == "feeds many" else rng.randint(0, 20)
        items = family(item, count)
        if step.startswith("stream"):
            leave = rng.randrange(count) if count and step == "stream left" else None
            async for index, outcome in stage.stream(items):
                if not isinstance(outcome, SiseonError):
                    self.same(items[index], outcome)
                if index == leave:
                    break
            return
        fallback = {"fallback": FALLBACK} if step == "map with fallback" else {}
        timeout = 0.5 if step == "feeds many" else None
        answers = await stage.map(items, timeout=timeout, **fallback)  # type: ignore[call-overload]
        for one, answer in zip(items, answers, strict=True):
            if not isinstance(answer, str):
                self.same(one, answer)

    async def _left_task(self, stage: Wrong, item: Item) -> None:
        for _ in range(5):
            self.same(item, await stage(item))

    async def _left_reader(self, stage: Wrong, item: Item) -> None:
        items = family(item, 200)
        async for index, outcome in stage.stream(items):
            if not isinstance(outcome, SiseonError):
                self.same(items[index], outcome)
            await asyncio.sleep(0.002)

    def same(self, item: Item, answer: Any) -> Any:
        """The answer, if it is this item's own."""
        if not hasattr(answer, "number"):
            self.faults(f"a {type(answer).__name__} for an item")
        elif answer.number != item.number:
            self.faults(f"swapped: {answer.number} in the place of {item.number}")
        return answer


def family(item: Item, count: int) -> list[Item]:
    """Many items of one call; one in ten has the wrongs of the first."""
    items = [
        make_item(item.number + 1000 * (place + 1), item.wrongs if place % 10 == 3 else ())
        for place in range(count)
    ]
    call = random.getrandbits(48)
    for place, one in enumerate(items):
        one.call = call, place
    return items


def _listen(_: object) -> None:
    if random.random() < 0.05:
        raise Unreadable
