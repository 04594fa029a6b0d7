"""Stages that make every mistake that their authors could make, as their items say; for ``stress.py``."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stress_items import BadSequence, Faceless, Item, Lies, NoCode, Unreadable

from siseon.contracts import InputError, ModelRef
from siseon.engine import Stage

STUCK_S = (0.5, 1.5)
SHORT_S = (0.002, 0.03)


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
