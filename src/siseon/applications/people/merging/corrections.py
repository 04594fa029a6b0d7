"""The form of what a person says about who is who, after merging: split, merge, name.

A correction names a tracklet, whose id never changes as long as the same chunks are looked at with the same options:
not a person, whose number the next correction may change. All are taken together: their order and their repetition
make no difference, and those that contradict each other are refused, all of them, with their reason.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from siseon.applications.people.contracts import Milliseconds, Role, TrackletId

MOST = 2_000
"""Corrections of a kind."""

Of = Annotated[TrackletId, Field(description="a tracklet of the person")]


Called = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=100,
        pattern="^[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]*$",
    ),
]
"""A name in one line; no characters that control a terminal or turn the direction of text."""


class Someone(BaseModel):
    """A person: whoever this tracklet is, at this time where a split made two of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sub_id: Of
    at_ms: Milliseconds | None = None


class Split(BaseModel):
    """From this time on it is somebody else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sub_id: Of
    at_ms: Milliseconds


class Merge(BaseModel):
    """These are one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Annotated[tuple[Someone, ...], Field(min_length=2, max_length=100)]


class Rename(BaseModel):
    """Who it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Someone
    name: Called | None = None
    role: Role | None = None


class Corrections(BaseModel):
    """A file of them, TOML or JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: str | None = None
    """The timeline's ``seen`` that they were made for; None: not checked."""
    split: Annotated[tuple[Split, ...], Field(max_length=MOST)] = ()
    merge: Annotated[tuple[Merge, ...], Field(max_length=MOST)] = ()
    rename: Annotated[tuple[Rename, ...], Field(max_length=MOST)] = ()
