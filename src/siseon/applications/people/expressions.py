"""What faces look like over time, packed: hours have hundreds of thousands, each of half a kilobyte as an object."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, Self, get_args, overload

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PositiveInt,
)
from pydantic_core import CoreSchema

from siseon.applications.people.packed import as_tuple
from siseon.applications.people.positions import MOST_MS, MOST_POSITIONS
from siseon.contracts.wire import Score

ExpressionName = Literal["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
"""What a face looks like; not what its owner feels."""
NAMES: tuple[ExpressionName, ...] = get_args(ExpressionName)
_NUMBERS = {name: number for number, name in enumerate(NAMES)}


class Expression(BaseModel):
    """What a person's face looks like at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PositiveInt
    t_ms: Annotated[int, Field(ge=0, le=MOST_MS)]
    expression: ExpressionName
    confidence: Score


class Expressions(Sequence[Expression]):
    """In order of time and person. On the wire, and compared, it is what a tuple of ``Expression`` is."""

    __slots__ = ("_confidence", "_name", "person", "t_ms")

    def __init__(self, expressions: Iterable[Expression] = ()) -> None:
        self.person = array("i")
        """Whose face each is, alone."""
        self.t_ms = array("q")
        self._name, self._confidence = array("b"), array("d")
        for one in expressions:
            self.add(one.person, one.t_ms, one.expression, one.confidence)

    def add(self, person: int, t_ms: int, expression: ExpressionName, confidence: float) -> None:
        """One more, behind the others; while nobody else has them."""
        self.person.append(person)
        self.t_ms.append(t_ms)
        self._name.append(_NUMBERS[expression])
        self._confidence.append(confidence)

    def names(self) -> Iterator[ExpressionName]:
        """What each face looks like, alone."""
        return (NAMES[number] for number in self._name)

    def of(self, people: Iterable[int]) -> Self:
        """Those of some people."""
        wanted, made = frozenset(people), type(self)()
        for person, t_ms, name, confidence in zip(
            self.person, self.t_ms, self.names(), self._confidence, strict=True
        ):
            if person in wanted:
                made.add(person, t_ms, name, confidence)
        return made

    def __len__(self) -> int:
        return len(self.t_ms)

    @overload
    def __getitem__(self, at: int) -> Expression: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Expression, ...]: ...
    def __getitem__(self, at: int | slice) -> Expression | tuple[Expression, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        return Expression.model_construct(
            person=self.person[at],
            t_ms=self.t_ms[at],
            expression=NAMES[self._name[at]],
            confidence=self._confidence[at],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expressions):
            return NotImplemented
        return all(getattr(self, one) == getattr(other, one) for one in self.__slots__)

    def __hash__(self) -> int:
        return hash((self.person.tobytes(), self.t_ms.tobytes(), self._name.tobytes()))

    def __repr__(self) -> str:
        return f"<{len(self):,} expressions>"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return as_tuple(cls, Expression, handler, most=MOST_POSITIONS)
