"""The pictures that a command was given: found before anything runs, read so that Ctrl-C always ends it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TypeVar

from siseon.contracts import Encoded, InputError, SiseonError
from siseon.media import MediaBounds
from siseon.media.files import name_text
from siseon.media.items import Item, found_by, told_apart
from siseon.media.video import VideoPart

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """One picture, or why there is none."""

    name: str
    """As it was given, with bytes that are no text spelt out."""
    place: Item | VideoPart | InputError

    async def read(self, bounds: MediaBounds) -> Encoded | VideoPart:
        """Its bytes; of a part of a video, which one it is.

        Raises:
            InputError: there is no such picture, it cannot be read, or it is too large.
        """
        return await beside(lambda: self.load(bounds))

    def load(self, bounds: MediaBounds) -> Encoded | VideoPart:
        """The same; blocks."""
        if isinstance(self.place, InputError):
            raise self.place
        return self.place if isinstance(self.place, VideoPart) else self.place.read(bounds)


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them, in the order in which they were given."""

    found: Sequence[Source]

    @classmethod
    def of(cls, words: Sequence[str]) -> Sources:
        """What is meant by names, folders, patterns and ``-``; a word that means nothing is a failure of its own."""
        found: list[Item | tuple[str, InputError]] = []
        for word in words:
            try:
                found += found_by(word)
            except InputError as error:
                found.append((word, error))
        named = iter(told_apart([each for each in found if isinstance(each, Item)]))
        return cls(
            [
                Source(name_text((item := next(named)).path), item)
                if isinstance(each, Item)
                else Source(name_text(each[0]), each[1])
                for each in found
            ]
        )

    def in_parts(self, cut: Callable[[Path], Sequence[VideoPart]]) -> Sources:
        """The parts of each video, one after the other; what cannot be cut is a failure in its place. Blocks."""
        parts: list[Source] = []
        for source in self.found:
            if not isinstance(source.place, Item):
                parts.append(source)
                continue
            try:
                found = cut(source.place.path)
            except InputError as error:
                parts.append(Source(source.name, error))
                continue
            # Called as the video was named, so that those of two folders are told apart.
            parts += [Source(source.name + one.name[len(one.path.name) :], one) for one in found]
        return Sources(parts)

    @property
    def paths(self) -> list[Path]:
        """Those that are files, or might be."""
        return [source.place.path for source in self.found if not isinstance(source.place, InputError)]

    @property
    def called(self) -> list[str]:
        """What those are called in results."""
        return [source.place.name for source in self.found if not isinstance(source.place, InputError)]

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
