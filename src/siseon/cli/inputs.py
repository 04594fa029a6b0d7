"""The pictures that a command was given: found before anything runs, read so that Ctrl-C always ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TypeVar

from siseon.contracts import DependencyMissing, Encoded, FailureCode, InputError, SiseonError
from siseon.media import MediaBounds
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.files import STDIN, name_text
from siseon.media.film import EVERY_S
from siseon.media.film.parts import VideoPart
from siseon.media.items import Cut, Item, found_by, in_parts, shown, told_apart

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """One picture, or why there is none."""

    name: str
    """As it was given, with bytes that are no text spelt out."""
    place: Item | InputError | DependencyMissing

    async def read(self, bounds: MediaBounds) -> Encoded | VideoPart:
        """Its bytes; of a part of a video, which one it is.

        Raises:
            InputError: there is no such picture, it cannot be read, or it is too large.
            DependencyMissing: it is of a video, which needs PyAV.
        """
        return await beside(lambda: self.load(bounds))

    def load(self, bounds: MediaBounds) -> Encoded | VideoPart:
        """The same; blocks."""
        if not isinstance(self.place, Item):
            raise self.place
        return self.place.load(bounds)


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them, in the order in which they were given."""

    found: Sequence[Source]

    @classmethod
    def of(cls, words: Sequence[str], every_s: float = EVERY_S, cut: Cut | None = None) -> Sources:
        """What is meant by names, folders, patterns and ``-``; a word that means nothing is a failure of its own, as is
        a video that cannot be used. Of other videos there is a picture every so many seconds, or, of an application
        that looks at videos, what ``cut`` makes of them."""
        found: list[Item | Source] = []
        for word in words:
            try:
                found += found_by(word)
            except InputError as error:
                found.append(Source(name_text(word), error))
        named = iter(told_apart([each for each in found if isinstance(each, Item)]))
        sources: list[Source] = []
        for each in found:
            sources += [each] if isinstance(each, Source) else _of_item(next(named), every_s, cut)
        return cls(sources)

    @property
    def has_films(self) -> bool:
        """Whether some are moments of videos."""
        return any(isinstance(one.place, Item) and one.place.second is not None for one in self.found)

    @property
    def paths(self) -> list[Path]:
        """Those that are files, or might be."""
        return [source.place.path for source in self.found if isinstance(source.place, Item)]

    @property
    def called(self) -> list[str]:
        """What those are called in results."""
        return [source.place.name for source in self.found if isinstance(source.place, Item)]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Source]:
        return iter(self.found)

    def without(self, names: Mapping[str, int]) -> Sources:
        """Those that are left when so many of each name are taken away, from the first on."""
        left = dict(names)
        rest: list[Source] = []
        for source in self.found:
            if left.get(source.name, 0):
                left[source.name] -= 1
            else:
                rest.append(source)
        return Sources(rest)

    def expect_some(self) -> None:
        """Stop a command before it makes anything.

        Raises:
            InputError: ``file_unreadable``: of what was named nothing is there.
        """
        if not any(_may_be_there(source.place) for source in self.found):
            self.found[0].load(DEFAULT_BOUNDS)  # which says why not

    def repeated(self, count: int) -> Sources:
        """So many of them, from the first again where there are fewer.

        Raises:
            SiseonError: there is not one.
        """
        if not self.paths:
            raise next(
                (source.place for source in self.found if isinstance(source.place, SiseonError)),
                InputError("there is no picture to measure"),
            )
        return Sources([self.found[number % len(self.found)] for number in range(count)])


def _may_be_there(place: Item | InputError | DependencyMissing) -> bool:
    if isinstance(place, Item):
        return place.path == STDIN or os.path.lexists(place.path)
    return place.code is not FailureCode.file_unreadable


def _of_item(item: Item, every_s: float, cut: Cut | None) -> list[Source]:
    try:
        items = shown(item, every_s) if cut is None else in_parts(item, cut)
        return [Source(one.given, one) for one in items]
    except (InputError, DependencyMissing) as error:
        return [Source(item.given, error)]


async def beside(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread that nobody waits for at the end: a pipe may never be written to."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(value)  # type: ignore[arg-type]

    def carry_out() -> None:
        value, raised = None, None
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 - handed over to who waits
            raised = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the command has ended
            loop.call_soon_threadsafe(settle, value, raised)

    Thread(target=carry_out, name="siseon-read", daemon=True).start()
    return await done
