"""Packed sequences are tuples to whoever reads the schema, and are held to the same bounds."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from pydantic import GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema

from siseon.applications.people.packed import as_tuple


class Numbers(Sequence[int]):
    """Up to three."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._numbers = array("q", numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        return self._numbers[at]

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return as_tuple(cls, int, handler, most=3, least=1)


NUMBERS = TypeAdapter(Numbers)


def test_on_the_wire_it_is_an_array_with_bounds() -> None:
    read = NUMBERS.validate_json("[1, 2]")
    assert isinstance(read, Numbers)
    assert NUMBERS.dump_json(read) == b"[1,2]"
    told = NUMBERS.json_schema()
    assert (told["type"], told["minItems"], told["maxItems"]) == ("array", 1, 3)


@pytest.mark.parametrize(
    "made", [Numbers(), Numbers(range(4)), (), range(4)], ids=["none", "four", "a tuple of none", "a range"]
)
def test_one_that_is_packed_already_is_held_to_them_too(made: Iterable[int]) -> None:
    with pytest.raises(ValidationError):
        NUMBERS.validate_python(made)


def test_what_is_packed_is_not_made_again() -> None:
    made = Numbers([1])
    assert NUMBERS.validate_python(made) is made
