"""Packed expressions say what a tuple of them would."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from siseon.applications.people.expressions import Expression, Expressions

TWO = (
    Expression(person=2, t_ms=400, expression="happy", confidence=0.75),
    Expression(person=1, t_ms=900, expression="neutral", confidence=0.5),
)


class Told(BaseModel):
    expressions: Expressions


def test_they_are_read_as_they_were_given() -> None:
    packed = Expressions(TWO)

    assert tuple(packed) == TWO
    assert (packed[-1], packed[:1], len(packed)) == (TWO[1], TWO[:1], 2)
    assert list(packed.names()) == ["happy", "neutral"]
    assert packed == Expressions(TWO) != Expressions(TWO[:1])
    assert hash(packed) == hash(Expressions(TWO))


def test_those_of_some_people_are_in_their_order() -> None:
    packed = Expressions([*TWO, *TWO])

    assert packed.of({1}) == Expressions([TWO[1]] * 2)
    assert packed.of(()) == Expressions()


def test_on_the_wire_they_are_a_list() -> None:
    text = '{"expressions":[{"person":2,"t_ms":400,"expression":"happy","confidence":0.75}]}'

    assert Told(expressions=Expressions(TWO[:1])).model_dump_json() == text
    assert Told.model_validate_json(text).expressions == Expressions(TWO[:1])
    with pytest.raises(ValidationError):
        Told.model_validate_json(text.replace("happy", "clever"))
