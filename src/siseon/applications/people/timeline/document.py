"""A timeline as JSON, in pieces: the whole text of hours beside what it is made of would be twice the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from siseon.applications.people.contracts import Action, Person, Timeline
from siseon.applications.people.expressions import Expression
from siseon.applications.people.positions import Position

AT_ONCE = 1_000
"""Entries of a list in a piece."""
_POSITIONS = TypeAdapter(tuple[Position, ...])
_LISTS: dict[str, TypeAdapter[Any]] = {
    "actions": TypeAdapter(tuple[Action, ...]),
    "expressions": TypeAdapter(tuple[Expression, ...]),
}


def document(timeline: Timeline) -> Iterator[bytes]:
    """``timeline.json``: the bytes of ``timeline.model_dump_json()``."""
    before = b"{"
    for name in type(timeline).model_fields:
        yield before
        if name == "people":
            yield from _people(timeline.people)
        elif name in _LISTS:
            yield b'"%s":' % name.encode()
            yield from _list(_LISTS[name], getattr(timeline, name))
        else:
            yield timeline.model_dump_json(include={name}).encode()[1:-1]
        before = b","
    yield b"}"


def _people(people: Sequence[Person]) -> Iterator[bytes]:
    before = b'"people":['
    for one in people:
        yield before + one.model_dump_json(exclude={"positions"}).encode()[:-1] + b',"positions":'
        yield from _list(_POSITIONS, one.positions)
        yield b"}"
        before = b","
    yield b"]" if people else before + b"]"


def _list(form: TypeAdapter[Any], several: Sequence[object]) -> Iterator[bytes]:
    yield b"["
    for first in range(0, len(several), AT_ONCE):
        part = form.dump_json(tuple(several[first : first + AT_ONCE]))
        yield (b"," if first else b"") + part[1:-1]
    yield b"]"
