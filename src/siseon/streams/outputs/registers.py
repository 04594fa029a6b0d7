"""The map of Modbus: which registers a tag has, and what stands in them. Free of sockets and clocks.

A tag has a block of six input registers from the address that its stream states; nothing else moves it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from siseon.contracts import InputError
from siseon.contracts.measurement import Quality
from siseon.streams.life import State

if TYPE_CHECKING:
    from siseon.streams.outputs.present import Seen

BLOCK = 6
"""Registers of a tag: value (2), quality, age, state, number."""
HIGHEST = 0xFFFF
Words = Literal["big", "little"]
"""Which half of the value comes first: the high word, as Modbus itself orders bytes, or the low one."""
Address = Annotated[int, Field(ge=0, le=HIGHEST + 1 - BLOCK)]
"""As it stands in a request, from 0: a master that counts from 30001 or 300001 adds that."""
Tag = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,62}$")]
QUALITIES = {"good": 0, "uncertain": 1, "bad": 2}
STALE, NEVER = 3, 4
"""Further codes of the quality: there was a figure, but not lately; there was none yet."""
STATES = {state: number for number, state in enumerate(State, start=1)}
"""connecting 1, live 2, stale 3, lost 4, stopped 5; 0: the stream does not run here."""


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """Where a tag stands."""

    address: int
    stream: str
    tag: str


def blocks(streams: Iterable[tuple[str, Mapping[str, int]]]) -> list[Block]:
    """All blocks by address; of those that overlap the first."""
    return [one for one, _ in _parted(_blocks(streams))]


def check_room(name: str, wanted: Mapping[str, int], others: Iterable[tuple[str, Mapping[str, int]]]) -> None:
    """Whether a stream's blocks are apart from each other and from those of other streams.

    Raises:
        InputError: two overlap.
    """
    rest = [each for each in others if each[0] != name]
    for one, clash in _parted(_blocks([(name, wanted), *rest])):
        if clash is not None and name in (one.stream, clash.stream):
            raise InputError(
                f"Modbus: {clash.stream}.{clash.tag} at {clash.address} overlaps {one.stream}.{one.tag} at "
                f"{one.address}: each has {BLOCK} registers",
                hint="siseon streams modbus shows those that are taken",
            )


def registers(seen: Seen | None, state: State | None, stale_s: float, words: Words) -> list[int]:
    """A tag's block, ``BLOCK`` numbers from 0 to 65535. A value that may not be used is not a number (NaN)."""
    value, quality, age, number = math.nan, NEVER, HIGHEST, 0
    if seen is not None:
        age = min(HIGHEST, max(0, int(seen.age_s)))
        number = seen.number & HIGHEST
        quality = STALE if seen.age_s > stale_s else QUALITIES[seen.measurement.quality]
        if seen.measurement.value is not None and quality != STALE:
            value = seen.measurement.value
            quality = max(quality, QUALITIES[_fit(value)])
            value = value if quality < QUALITIES["bad"] else math.nan
    return [*_words(value, words), quality, age, 0 if state is None else STATES[state], number]


def _fit(value: float) -> Quality:
    """How good 32 bits are for it: ``bad`` beyond their range, ``uncertain`` for a whole number that loses digits."""
    try:
        (packed,) = struct.unpack(">f", struct.pack(">f", value))
    except OverflowError:
        return "bad"
    return "uncertain" if value.is_integer() and packed != value else "good"


def _blocks(streams: Iterable[tuple[str, Mapping[str, int]]]) -> list[Block]:
    return sorted(Block(address, name, tag) for name, tags in streams for tag, address in tags.items())


def _words(value: float, words: Words) -> Iterator[int]:
    """A value in IEEE 754, 32 bits."""
    high, low = struct.unpack(">HH", struct.pack(">f", value))
    return iter((high, low) if words == "big" else (low, high))


def _parted(found: list[Block]) -> Iterator[tuple[Block, Block | None]]:
    """Those that do not overlap the one before, each with the first that overlaps it."""
    last: Block | None = None
    clash: Block | None = None
    for one in found:
        if last is not None and one.address < last.address + BLOCK:
            clash = clash or one
            continue
        if last is not None:
            yield last, clash
        last, clash = one, None
    if last is not None:
        yield last, clash
