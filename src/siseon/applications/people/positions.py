"""Where a person was, packed: those of hours are hundreds of thousands, and each would be eight objects in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, NamedTuple, Self, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from siseon.applications.people.packed import as_tuple
from siseon.contracts.wire import Box

MOST_POSITIONS = 500_000
"""Of a person: a day at 5 a second has 432,000."""
MOST_MS = 86_400_000
"""A day."""
SIDES = 4


class Position(NamedTuple):
    """Where a person was; an array of a number and a box in JSON."""

    t_ms: Annotated[int, Field(ge=0, le=MOST_MS)]
    box: Box


class Positions(Sequence[Position]):
    """In order of time. On the wire, and compared, it is what a tuple of ``Position`` is."""

    __slots__ = ("_sides", "t_ms")

    def __init__(self, positions: Iterable[Position] = ()) -> None:
        self.t_ms = array("q")
        """The times alone, which may be searched."""
        self._sides = array("d")
        for t_ms, box in positions:
            self.t_ms.append(t_ms)
            self._sides.extend(box)

    @classmethod
    def of(cls, t_ms: NDArray[np.int64], boxes: NDArray[np.float64]) -> Self:
        """``t_ms``: (N,), ``boxes``: (N, 4)."""
        made = cls()
        made.t_ms.frombytes(t_ms.tobytes())
        made._sides.frombytes(boxes.tobytes())
        return made

    def __len__(self) -> int:
        return len(self.t_ms)

    @overload
    def __getitem__(self, at: int) -> Position: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Position, ...]: ...
    def __getitem__(self, at: int | slice) -> Position | tuple[Position, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        first = SIDES * (at + len(self) if at < 0 else at)
        return Position(self.t_ms[at], Box(*self._sides[first : first + SIDES]))

    def __iter__(self) -> Iterator[Position]:
        for at, t_ms in enumerate(self.t_ms):
            yield Position(t_ms, Box(*self._sides[SIDES * at : SIDES * at + SIDES]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Positions):
            return NotImplemented
        return self.t_ms == other.t_ms and self._sides == other._sides

    def __hash__(self) -> int:
        return hash((self.t_ms.tobytes(), self._sides.tobytes()))

    def __repr__(self) -> str:
        return f"<{len(self):,} positions>"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return as_tuple(cls, Position, handler, most=MOST_POSITIONS, least=1)
