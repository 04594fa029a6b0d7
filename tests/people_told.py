"""A timeline of a child and an adult, written by hand: for tests of what is made of one."""

from __future__ import annotations

from siseon.applications.people.contracts import (
    Action,
    Coverage,
    Person,
    Span,
    Timeline,
)
from siseon.applications.people.expressions import Expression, Expressions
from siseon.applications.people.positions import Position, Positions
from siseon.contracts.wire import Box

SECONDS = 20
NAME = 'Ana & "Bo" <i>, =1+1'


def told() -> Timeline:
    """The child sits for 12 s and walks up to the adult, who stands; then they hug for 2 s. Faces at each second."""
    child = [
        Position(t, Box(100.0 + t / 100, 200, 180.0 + t / 100, 300))
        for t in range(0, SECONDS * 1000 + 1, 200)
    ]
    adult = [Position(t, Box(400, 100, 480, 300)) for t in range(0, SECONDS * 1000 + 1, 200)]
    people = tuple(
        Person(
            id=number,
            sub_ids=sub_ids,
            name=name,
            role=role,
            appearances=(Span(0, SECONDS * 1000),),
            positions=Positions(positions),
        )
        for number, sub_ids, name, role, positions in (
            (1, (1, 1002), NAME, "child", child),
            (2, (2, 1001), None, "adult", adult),
        )
    )
    actions = (
        Action(person=1, from_ms=0, to_ms=12_000, action="sit", confidence=0.9),
        Action(person=2, from_ms=0, to_ms=20_000, action="stand", confidence=0.8),
        Action(person=1, from_ms=12_000, to_ms=18_000, action="approach", confidence=0.7, partner=2),
        Action(person=1, from_ms=12_000, to_ms=18_000, action="walk", confidence=0.9),
        Action(person=1, from_ms=18_000, to_ms=20_000, action="hug", confidence=0.6, partner=2),
        Action(person=1, from_ms=18_000, to_ms=20_000, action="stand", confidence=0.9),
        Action(person=2, from_ms=18_000, to_ms=20_000, action="hug", confidence=0.6, partner=1),
    )
    expressions = Expressions(
        Expression(person=1, t_ms=t, expression="happy" if t >= 15_000 else "neutral", confidence=0.8)
        for t in range(0, SECONDS * 1000, 1_000)
    )
    return Timeline(
        width=640,
        height=360,
        duration_ms=SECONDS * 1000,
        seen="0123456789abcdef",
        people=people,
        merged={person.id: person.sub_ids for person in people},
        actions=actions,
        expressions=expressions,
        coverage=Coverage(
            chunks=2,
            chunks_missing=0,
            moments=101,
            person_seconds=40,
            posture_seconds=40,
            expressions=20,
            faces=30,
        ),
    )
