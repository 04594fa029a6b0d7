"""What a job of ``people`` tells: its timeline, without the boxes, which the video shows, and its corrections."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, TypeAdapter, ValidationError

LARGEST = 64_000_000
"""Bytes of a timeline that is read here: three hours with a million boxes have less."""
LARGEST_CORRECTIONS = 4_000_000
BOXES = re.compile(rb'"positions":\s*\[[0-9eE+.,\[\]\s-]*\]')
"""Nearly all of a timeline. A text in JSON cannot have this key in it: its quotes would be escaped."""
LISTS = re.compile(rb'"(actions|expressions)":\s*\[([^\]]*)\]')
"""Most of what is left: flat objects with nothing of a stranger's in them."""
PIECE = 100_000
"""Bytes that are read at once: reading holds up all other threads."""

Kind = Literal["split", "merge", "rename"]
Role = Literal["child", "adult"]
T = TypeVar("T")


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Read):
    """One person; the number says only who came first."""

    id: int
    sub_ids: Annotated[tuple[int, ...], Field(min_length=1)]
    """Tracks, in order of time. One that a correction has split is of two people."""
    name: str | None = None
    role: Role | None = None
    appearances: Annotated[tuple[tuple[int, int], ...], Field(min_length=1)]
    """First and last millisecond of each."""


class Action(_Read):
    """What a person does."""

    person: int
    from_ms: int
    to_ms: int
    action: str
    partner: int | None = None


class Expression(_Read):
    """What a face looks like at one moment."""

    person: int
    t_ms: int
    expression: str


class Refusal(_Read):
    """Something that was not done, and why."""

    what: str
    reason: str
    ids: tuple[int, ...] = ()
    detail: str = ""


class Coverage(_Read):
    """How much of the video stands behind what is said."""

    chunks_missing: NonNegativeInt = 0


class Privacy(_Read):
    """What is to be known of consents."""

    warnings: tuple[str, ...] = ()


class Timeline(_Read):
    """Who was there, when, doing what."""

    duration_ms: int
    seen: str
    people: tuple[Person, ...] = ()
    actions: tuple[Action, ...] = ()
    expressions: tuple[Expression, ...] = ()
    coverage: Coverage = Coverage()
    privacy: Privacy = Privacy()
    refused: tuple[Refusal, ...] = ()


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Someone(_Written):
    """Whoever this track is, at this time where a split made two of it."""

    sub_id: int
    at_ms: int | None = None


class Split(_Written):
    """From this time on it is somebody else."""

    sub_id: int
    at_ms: int


class Merge(_Written):
    """These are one."""

    people: Annotated[tuple[Someone, ...], Field(min_length=2)]


class Rename(_Written):
    """Who it is."""

    person: Someone
    name: str | None = None
    role: Role | None = None


class Corrections(_Written):
    """All that holds together."""

    seen: str | None = None
    split: tuple[Split, ...] = ()
    merge: tuple[Merge, ...] = ()
    rename: tuple[Rename, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.split) + len(self.merge) + len(self.rename)


ACTIONS = TypeAdapter(tuple[Action, ...])
EXPRESSIONS = TypeAdapter(tuple[Expression, ...])


def read_timeline(document: bytes) -> Timeline:
    """The timeline in a file of JSON.

    Raises:
        ValueError: it is another document.
    """
    without = BOXES.sub(
        lambda _: b'"positions":[]', document
    )  # by a function: others run between two of them
    lists = {found[1]: found[2] for found in LISTS.finditer(without)}
    timeline = Timeline.model_validate_json(LISTS.sub(rb'"\1":[]', without))
    actions = _in_pieces(lists.get(b"actions", b""), ACTIONS)
    expressions = _in_pieces(lists.get(b"expressions", b""), EXPRESSIONS)
    return timeline.model_copy(update={"actions": tuple(actions), "expressions": tuple(expressions)})


def _in_pieces(objects: bytes, kind: TypeAdapter[tuple[T, ...]]) -> Iterator[T]:
    begin = 0
    while begin < len(objects):
        end = objects.find(b"}", begin + PIECE) + 1 or len(objects)
        yield from kind.validate_json(b"[" + objects[begin:end].strip(b", \r\n\t") + b"]")
        begin = end


def read_corrections(document: bytes) -> Corrections:
    """Corrections in JSON or TOML.

    Raises:
        ValueError: they are written in a way that is not known here.
    """
    if len(document) > LARGEST_CORRECTIONS:
        raise ValueError("too large")
    text = document.decode("utf-8-sig")
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        return Corrections.model_validate(told)
    except RecursionError:
        raise ValueError("too deep") from None
    except ValidationError as error:
        raise ValueError(str(error)) from None
