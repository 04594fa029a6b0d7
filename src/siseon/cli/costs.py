"""Where a command's processor time goes, in all of its threads: by function, down to the built-in that a line calls.

A sampler: many times a second it looks what each thread executes and what processor time the thread has used since
the last look, so that a thread that waits costs nothing. Python's own profiler slows calls down by half, counts waiting
as work, and since Python 3.12 mixes threads up. What a library does in threads of its own (a coder of video) is not
seen.
"""

from __future__ import annotations

import linecache
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Self

from siseon.contracts import DependencyMissing

EVERY_S = 0.005
TOP = 10
OF_A_THREAD = 0b110
"""Bits of a clock's number: ``CPUCLOCK_PERTHREAD_MASK`` and ``CPUCLOCK_SCHED``."""
DEEPEST = 200
"""Frames of a stack that are counted."""


class Costs:
    """``with Costs() as costs``: then ``costs.lines()``."""

    def __init__(self) -> None:
        self._own: defaultdict[str, float] = defaultdict(float)
        self._with_calls: defaultdict[str, float] = defaultdict(float)
        self._used: dict[int, float] = {}
        self._names: dict[tuple[CodeType, int], str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="siseon-costs", daemon=True)

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            DependencyMissing: this system does not tell the processor time of threads.
        """
        if sys.platform != "linux":
            raise DependencyMissing(
                "the processor time of single threads is told by Linux alone",
                hint="siseon profile people VIDEO tells what each stage costs everywhere",
            )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """Of the processor, of all threads."""
        return sum(self._own.values())

    def lines(self) -> Iterator[str]:
        """The costliest parts with their share, then every function by what it costs with all that it calls."""
        whole = max(self.seconds, 1e-9)
        yield f"{whole:.2f} s of processor time; the {TOP} costliest parts:"
        for rank, (name, cost) in enumerate(_most(self._own)[:TOP], 1):
            yield f"{rank:3}  {cost / whole:5.1%}  {cost:8.2f} s  {name}"
        yield ""
        yield "functions, with all that they call:"
        for name, cost in _most(self._with_calls):
            yield f"     {cost / whole:5.1%}  {cost:8.2f} s  {name}"

    def _sample(self) -> None:
        own = threading.get_ident()
        while not self._over.wait(EVERY_S):
            frames = sys._current_frames()
            for thread in threading.enumerate():
                frame = frames.get(thread.ident or 0)
                if frame is not None and thread.ident != own and thread.native_id is not None:
                    self._count(frame, self._since(thread.native_id))

    def _since(self, thread: int) -> float:
        """Seconds that the thread has computed since the last look, by its number at the kernel.

        The clock of a thread is named as the kernel names it (``linux/posix-timers.h``: not the number, three bits to
        the left, of one thread, as scheduled), which refuses one that has ended. ``pthread_getcpuclockid`` would read
        the memory of the ended thread to find that number, and the process has died of it.
        """
        try:
            now = time.clock_gettime((~thread << 3) | OF_A_THREAD)
        except OSError:  # it has ended meanwhile
            return 0.0
        before, self._used[thread] = self._used.get(thread, now), now
        return max(0.0, now - before)

    def _count(self, frame: FrameType, cost: float) -> None:
        if cost <= 0:
            return
        self._own[self._part(frame.f_code, frame.f_lasti)] += cost
        seen: set[str] = set()
        walk: FrameType | None = frame
        for _ in range(DEEPEST):
            if walk is None:
                break
            seen.add(self._function(walk.f_code))
            walk = walk.f_back
        for name in seen:
            self._with_calls[name] += cost

    def _part(self, code: CodeType, instruction: int) -> str:
        """What is executed there: the call in the line, if it is one, and the function that it is in."""
        key = code, instruction
        if key not in self._names:
            call = _called(code, instruction)
            self._names[key] = f"{call + '  in ' if call else ''}{self._function(code)}"
        return self._names[key]

    @staticmethod
    def _function(code: CodeType) -> str:
        path = Path(code.co_filename)
        return f"{code.co_qualname} ({path.parent.name}/{path.name}:{code.co_firstlineno})"


def _most(costs: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(costs.items(), key=lambda one: -one[1])


def _called(code: CodeType, instruction: int) -> str:
    """The source of what is called there, without its arguments; nothing where it is not known or no call."""
    for at, (line, last, low, high) in enumerate(code.co_positions()):
        if at * 2 == instruction:
            if line is None or low is None or high is None:
                return ""
            text = linecache.getline(code.co_filename, line).encode()
            part = text[low : high if last == line else None].decode(errors="replace").strip()
            return part.partition("(")[0] if "(" in part else ""
    return ""
