"""How far long work is: one step of it, with what it has done, of how much, in which time.

An application says so of each part of a video (``Application.steps``) and while it concludes; who shows it, on a
terminal or as events of a job, is no matter of its.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import ConfigDict, Field, NonNegativeInt

from siseon.contracts.described import Described

Word = Annotated[str, Field(min_length=1, max_length=40)]
FOUND = "found"
"""The name of the step by which a conclusion says how much of what was sought there is; it takes no time."""


class Step(Described):
    """One step at one moment. It is over when ``done`` is ``total``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    """``tracker``, say."""
    done: NonNegativeInt
    total: NonNegativeInt | None = None
    """None: nobody knows yet."""
    unit: Word
    """Of both, in the plural: ``frames``."""
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Of work until now."""

    @property
    def rate(self) -> float | None:
        """Done in a second; None where it took no time that was measured."""
        return self.done / self.seconds if self.seconds > 0 else None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self.done == self.total

    def __add__(self, other: Step) -> Step:
        """The same step over both parts."""
        total = None if self.total is None or other.total is None else self.total + other.total
        return Step(
            name=self.name,
            done=self.done + other.done,
            total=total,
            unit=self.unit,
            seconds=self.seconds + other.seconds,
        )


Tell = Callable[[Step], object]
"""Hears of each."""


def untold(_: Step) -> None:
    """Nobody wants to know."""


def together(parts: Iterable[Step]) -> dict[str, Step]:
    """The steps of several parts by name, added up, in the order in which each first came."""
    found: dict[str, Step] = {}
    for one in parts:
        found[one.name] = found[one.name] + one if one.name in found else one
    return found
