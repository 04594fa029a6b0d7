"""Stages that do what the seed says: well, badly, slowly or not at all, and notice what the engine does to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from engine.simulation.placement import Simulated
from engine.simulation.world import World
from siseon.contracts import InputError
from siseon.engine import Stage

GOOD = "good"
KINDS = ("returns", "raises", "raises_named", "raises_once", "unprintable", "exits", "same")
"""What a bad item does to ``process``; ``same``: raises what other such items raise as well."""
NAMELESS = ("unhashable", "moody", "priceless")
"""Items that have no bucket, or no cost."""


class Item:
    """Something to compute; the answer tells which it was."""

    __slots__ = ("bucket", "call", "cost", "key", "kind", "number", "ran")

    def __init__(self, number: int, kind: str, bucket: object, cost: object, key: object) -> None:
        self.number = number
        self.kind = kind
        self.bucket = bucket
        self.cost = cost
        self.key = key
        self.call: object = None
        """The call that it belongs to; its items are numbered in their order."""
        self.ran = 0

    def __repr__(self) -> str:
        return f"{self.number}{'' if self.kind == GOOD else '!' + self.kind}"


class Moody:
    """Can be hashed, and not compared."""

    def __hash__(self) -> int:
        return 1_000_003

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison today")


class Unprintable(ValueError):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Scripted(Stage[Item, Any]):
    """The numbers that it is made of are drawn when it is made."""

    def __init__(self, world: World, name: str) -> None:
        random = world.random
        self.world = world
        self.name = name
        self.placement = Simulated(world)
        self.max_batch = random.choice((1, 2, 3, 4, 8, 16))
        self.max_queue = random.choice((1, 2, 3, 5, 8, 64))
        self.max_cost = random.choice((None, None, 2.0, 4.0))
        self.linger_ms = random.choice((0, 0, 0, 2, 20)) * 125 / 128
        self.instances = random.choice((1, 1, 2))
        self.credits = random.choice((1, 1, 2, 3))
        self.replicas = self.credits
        self.start_timeout_s = 50 / 1024
        self.stop_timeout_s = 50 / 1024
        self.accelerated = random.random() < 0.2
        self.buckets = random.choice((1, 2, 5))
        self.keys = random.choice((1, 2, 3))
        self.pace = random.choice(((0,), (0, 1, 2), (1, 5, 10), (0, 1, 60), (0, 0, 0, 1, world.STUCK)))
        """Ticks that ``process`` takes, one of them."""
        self.style = random.choice(("plain", "plain", "sorts", "pops", "clears", "lazy", "tuple"))
        self.fault = random.choice(
            ("", "", "", "", "", "raises", "short", "long", "none", "text", "exits", "now and then")
        )
        self.load = random.choice((0, 0, 1, 5, 60 if random.random() < 0.2 else 0))
        self.setup_fault = random.choice(("", "", "", "", "", "", "raises", "named", "limit", "first"))
        self.teardown_fault = random.choice(("", "", "", "", "raises", "late"))
        self.opened = 0
        self.starts = 0
        self.inside = 0
        self.blamed: set[int] = set()
        """Items that were in a batch which failed as a whole."""
        self.busy_keys: dict[object, int] = {}
        self.order: dict[object, list[int]] = {}
        """Items of each key in the order in which they were queued, those that have not run."""
        self.latest: dict[tuple[object, object], int] = {}
        """The last item of each call and key that has begun to run."""
        self.same_failures = 0

    def describe(self) -> str:
        shown = ("max_batch", "max_queue", "max_cost", "linger_ms", "instances", "credits", "buckets", "pace",
                 "style", "fault", "load", "setup_fault", "teardown_fault")  # fmt: skip
        return f"{self.name} {type(self).__name__}: " + ", ".join(
            f"{key}={getattr(self, key)}" for key in shown
        )

    @property
    def unreliable(self) -> bool:
        """Whether a start may fail."""
        return bool(self.setup_fault) or self.load >= 50

    def take(self, ticks: int) -> None:
        """What is being done takes so long."""
        actor = self.world.actor
        if actor is not None and not (self.world.ending and ticks >= self.world.STUCK):
            actor.takes = max(actor.takes, ticks)

    def setup(self) -> None:
        self.starts += 1
        self.world.note(f"{self.name}.setup")
        self.take(self.load)
        if self.setup_fault == "raises" and self.world.chance(0.5):
            raise Unprintable("no weights")
        if self.setup_fault == "named" and self.world.chance(0.5):
            raise InputError("no weights")
        if self.setup_fault == "first" and self.starts == 1:
            raise OSError("not yet")
        if self.setup_fault == "limit":
            self.max_batch = self.world.random.choice((0, 1, -1, 2, True))

    def teardown(self) -> None:
        self.world.note(f"{self.name}.teardown")
        if self.teardown_fault == "raises":
            raise Unprintable("stays")
        if self.teardown_fault == "late":
            self.take(self.world.random.choice((1, 60)))

    def enter(self, items: Sequence[Item]) -> Callable[[], None]:
        """Look at a batch that a replica begins; returns what is to be called when it is through."""
        world = self.world
        self.inside += 1
        self._check_batch(items)
        keys = [item.key for item in items if item.key is not None] if self.serialized else []
        if len(set(keys)) < len(keys) or any(self.busy_keys.get(key) for key in keys):
            world.wrong(f"{self.name}: two items of a key at once in {items}")
        for key in keys:
            self.busy_keys[key] = self.busy_keys.get(key, 0) + 1

        def leave() -> None:
            self.inside -= 1
            for key in keys:
                self.busy_keys[key] -= 1

        return leave

    serialized = False
    bucketed = False

    def _check_batch(self, items: Sequence[Item]) -> None:
        wrong = self.world.wrong
        if not items or len(items) > self.max_batch:
            wrong(f"{self.name}: a batch of {len(items)}, max_batch is {self.max_batch}")
        if len({item.number for item in items}) < len(items):
            wrong(f"{self.name}: an item twice in {items}")
        if self.bucketed and len({item.bucket for item in items}) > 1:
            wrong(f"{self.name}: more than one bucket in {items}")
        if self.max_cost is not None and len(items) > 1:
            cost = sum(self.cost(item) for item in items)
            if cost > self.max_cost:
                wrong(f"{self.name}: a batch costs {cost}, max_cost is {self.max_cost}")
        for item in items:
            if self.serialized and item.key is not None and not item.ran:
                queued = self.order.get(item.key, [])
                if item.number not in queued:
                    wrong(f"{self.name}: item {item} runs and was not queued")
                elif queued[0] != item.number:
                    wrong(f"{self.name}: item {item} of key {item.key} runs before {queued}")
                else:
                    queued.pop(0)
                latest = self.latest.get((item.call, item.key), 0)
                if item.number < latest:
                    wrong(f"{self.name}: item {item} of key {item.key} runs after {latest} of the same call")
                self.latest[item.call, item.key] = item.number
            item.ran += 1

    def process(self, batch: Sequence[Item]) -> Any:
        world = self.world
        self.take(world.random.choice(self.pace))
        actor = world.actor
        world.note(f"{self.name}.process {batch} for {actor and actor.takes} ticks in {actor and actor.name}")
        fault = self.fault
        if fault == "now and then":
            fault = world.random.choice(("", "", "raises", "short", "exits"))
        if fault:
            self.blamed.update(item.number for item in batch)
            return self._fail(fault, batch)
        assert isinstance(batch, list)
        asked = list(batch)
        if self.style == "sorts":
            batch.sort(key=lambda item: -item.number)
            answers = {item.number: self.answer(item) for item in batch}
            return [answers[item.number] for item in asked]
        if self.style == "pops":
            answered = []
            while batch:
                answered.append(self.answer(batch.pop(0)))
            return answered
        if self.style == "lazy":
            return (self.answer(item) for item in asked)
        answered = [self.answer(item) for item in batch]
        if self.style == "clears":
            batch.clear()
        return tuple(answered) if self.style == "tuple" else answered

    def _fail(self, fault: str, batch: Sequence[Item]) -> Any:
        if fault == "raises":
            raise ValueError("out of order")
        if fault == "exits":
            raise SystemExit(3)
        if fault == "short":
            return [self.answer(item) for item in batch][1:]
        if fault == "long":
            return [*batch, 1]
        return None if fault == "none" else "text"

    def answer(self, item: Item) -> object:
        """The answer to one item; bad ones fail."""
        if item.kind == "returns":
            return InputError(f"item {item.number}")
        if item.kind == "raises" or (item.kind == "raises_once" and item.ran == 1):
            raise ValueError(f"item {item.number}")
        if item.kind == "raises_named":
            raise InputError(f"item {item.number}")
        if item.kind == "unprintable":
            raise Unprintable
        if item.kind == "exits":
            raise KeyboardInterrupt(f"item {item.number}")
        if item.kind == "same":
            self.same_failures += 1
            raise ValueError("one of those")
        return (self.name, item.number)


class Priced(Scripted):
    def cost(self, item: Item) -> float:
        if item.kind == "priceless":
            return None  # type: ignore[return-value]
        return item.cost  # type: ignore[return-value]


class Sorted(Priced):
    bucketed = True

    def bucket(self, item: Item) -> Hashable:
        if item.kind == "unhashable":
            return []  # type: ignore[return-value]
        if item.kind == "moody":
            return Moody()
        return item.bucket  # type: ignore[return-value]


class Serial(Scripted):
    serialized = True

    def serial(self, item: Item) -> Hashable:
        return item.key  # type: ignore[return-value]


class SerialSorted(Sorted):
    serialized = True

    def serial(self, item: Item) -> Hashable:
        return item.key  # type: ignore[return-value]


STAGES = (Scripted, Scripted, Priced, Sorted, Sorted, Serial, SerialSorted)
