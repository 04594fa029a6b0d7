"""Items that say which mistake a stage makes of them, and the objects that go wrong, for ``stress.py``.

A seed chooses among all mistakes; every answer carries its item's number, so that an answer that goes to another caller
is seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from siseon.contracts import StageFailed

PIXELS = 4096
"""Bytes that each item brings, so that memory shows who keeps items."""
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
