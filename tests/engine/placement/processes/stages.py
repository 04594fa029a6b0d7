"""Stages that are run in worker processes: what a worker imports must be a module of its own."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from siseon.contracts import Image, InputError, SiseonError
from siseon.engine import Stage, part

log = logging.getLogger("tests.workers")


class Negative(Stage[Any, Any]):
    """255 minus each array."""

    max_batch = 4

    def process(self, batch: Sequence[Any]) -> Sequence[Any]:
        with part("infer"):
            return [255 - item for item in batch]


class Echo(Stage[Any, Any]):
    """The items themselves."""

    max_batch = 8

    def process(self, batch: Sequence[Any]) -> Sequence[Any]:
        return list(batch)


class Does(Stage[Any, Any]):
    """Calls each item, a function of this module, with the arguments beside it."""

    max_batch = 8

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.arguments = arguments
        self.more = more
        self.memory: dict[str, Any] = {}

    def process(self, batch: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> Sequence[Any]:
        return [function(self, *arguments) for function, arguments in batch]


class Lives(Stage[Any, Any]):
    """Writes down its life in a file; fails where it is told to."""

    def __init__(self, diary: str, *, fails: str = "") -> None:
        self.diary = diary
        self.fails = fails
        self.width = 1

    def setup(self) -> None:
        self._note("setup")
        self.replicas = 2
        self.max_batch = 3
        self.width = 7

    def teardown(self) -> None:
        self._note("teardown")

    def bucket(self, item: Any) -> Hashable:
        return item // self.width

    def process(self, batch: Sequence[Any]) -> Sequence[Any]:
        return [(item, len(batch)) for item in batch]

    def _note(self, what: str) -> None:
        with open(self.diary, "a", encoding="utf-8") as file:
            file.write(f"{what} {os.getpid()}\n")
        if self.fails == f"{what} exits":
            os._exit(3)
        if self.fails == f"{what} hangs":
            time.sleep(1000)
        if self.fails == what:
            raise InputError(f"{what} does not like it")
        if self.fails == f"{what} raises":
            raise ZeroDivisionError(what)


class Fragile(Stage[int, int]):
    """Item by item, doubled; some numbers do harm, and a file says how often harm may be done."""

    max_batch = 8
    replicas = 2

    def __init__(self, lives: str = "") -> None:
        self.lives = lives

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        for item in batch:
            if item == KILLS:
                os.kill(os.getpid(), signal.SIGKILL)
            if item == KILLS_ONCE and not Path(self.lives).exists():
                Path(self.lives).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            if item == HANGS:
                time.sleep(1000)
            if item == STOPS:
                os.kill(os.getpid(), signal.SIGSTOP)
            if item == BABBLES:
                for descriptor in range(3, 100):
                    with suppress(OSError):
                        kind = os.fstat(descriptor).st_mode
                        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
                            os.write(descriptor, b"no message at all " * 10)
            if item < 0:
                raise InputError("negative numbers are refused")
        return [2 * item for item in batch]


KILLS, KILLS_ONCE, HANGS, STOPS, BABBLES = range(1000, 1005)


class DiesAtOnce(Stage[int, int]):
    """Sets up once; every later worker dies in ``setup``."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def setup(self) -> None:
        if Path(self.mark).exists():
            os._exit(7)
        Path(self.mark).touch()

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        os._exit(8)


class SetsUpOnce(Echo):
    """Every later worker never ends its ``setup``."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def setup(self) -> None:
        if Path(self.mark).exists():
            time.sleep(1000)
        Path(self.mark).touch()


class Serial(Echo):
    """Keeps the order of each key."""

    def serial(self, item: Any) -> Hashable:
        return item


class Homemade(SiseonError):
    """A failure with a constructor of its own, that pickle cannot call."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def pid(_: Does) -> int:
    return os.getpid()


def raises(_: Does) -> object:
    raise LookupError("not found here")


def raises_a_local_class(_: Does) -> object:
    class Local(Exception):
        pass

    raise Local("of a class that nobody can import")


def fails_in_a_homemade_way(_: Does) -> object:
    return Homemade("one", "other")


def makes_a_lock(_: Does) -> object:
    return threading.Lock()


def exits(_: Does) -> object:
    sys.exit(4)


def zeros(_: Does, size: int) -> Any:
    return np.zeros(size, np.uint8)


def part_of(_: Does, array: Any, start: int, stop: int) -> Any:
    return array[start:stop]


def halves(_: Does, image: Image) -> tuple[Image, Image]:
    middle = image.width // 2
    return image.crop(0, 0, middle, image.height), image.crop(middle, 0, image.width, image.height)


def waits_for(_: Does, array: Any, path: str) -> int:
    while not Path(path).exists():
        time.sleep(0.001)
    return int(array.sum())


def is_writable(_: Does, array: Any) -> bool:
    return bool(array.flags.writeable)


def keeps(stage: Does, array: Any) -> None:
    stage.memory["kept"] = array[1:]


def kept_sum(stage: Does) -> int:
    return int(stage.memory["kept"].sum())


def kept(stage: Does) -> Any:
    return stage.memory["kept"]


def lets_go(stage: Does) -> None:
    stage.memory.clear()
    gc.collect()


def says(_: Does, level: int, text: str) -> None:
    log.log(level, "%s says", text, extra={"picture": text, "lock": threading.Lock()})


def says_with_traceback(_: Does) -> None:
    try:
        raise LookupError("deep inside")
    except LookupError:
        log.exception("it went wrong")


def last_words(_: Does) -> None:
    log.warning("these are my last words")
    os.kill(os.getpid(), signal.SIGKILL)


def corrupts(_: Does, array: Any) -> Any:
    """Scribble over the header before an array's bytes, as wild native code would."""
    address = array.__array_interface__["data"][0]
    ctypes.memmove(address - 64, b"x" * 24, 24)
    return array


def arguments(stage: Does) -> Any:
    return stage.arguments, stage.more, stage.label, stage.max_queue


def descriptors(_: Does) -> int:
    return len(os.listdir("/proc/self/fd"))


def forks(_: Does, text: str) -> str:
    os.fork()
    return text


def says_same(_: Does, text: str) -> str:
    return text


class ExitsWhenPacked:
    def __reduce__(self) -> str:
        sys.exit(5)


class ExitsWhenUnpacked:
    def __reduce__(self) -> tuple[Any, ...]:
        return sys.exit, (6,)


def makes(_: Does, kind: type) -> object:
    return kind()
