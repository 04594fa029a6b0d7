"""What ``stress.py`` counts and compares: calls by outcome, items by cause, threads, tasks, memory."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from stress_items import Item
from stress_stages import Wrong

from siseon.contracts import FailureCode, SiseonError
from siseon.engine.call import Call
from siseon.engine.context import Request
from siseon.engine.runtime import StageRuntime
from siseon.engine.ticket import Ticket

HUNG_S = 20.0
"""A call that takes longer after its deadline, or after all others have stopped, hangs."""
DUMPS = 5
SHOWN = 5
"""Faults of one kind that are told one by one."""
KEPT_KINDS = (Item, Ticket, Call, Request)
"""Of which none may be left at the end."""


class Watch:
    """Every fault that was seen, and every call that was made."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.details: list[str] = []
        self.latest_s = 0.0
        """Most seconds by which an answer came after its deadline."""
        self.longest_s = 0.0
        """Longest call; one of little weight waits for as long as others ask for more."""
        self.calm_since = math.inf
        """When the callers stopped to make new calls; then every call must end."""
        self.longest_pause_s = 0.0
        self._left: dict[asyncio.Task[None], float] = {}
        self._lock = threading.Lock()

    def fault(self, kind: str, detail: str = "") -> None:
        """Note something that must not happen; from any thread."""
        with self._lock:
            self.faults[kind] += 1
            if self.faults[kind] <= SHOWN:
                self.details.append(f"{kind}: {detail}" if detail else kind)
                print(f"FAULT {self.details[-1]}", file=sys.stderr, flush=True)

    def stage_fault(self, detail: str) -> None:
        """What user code saw the engine do."""
        self.fault("swapped" if detail.startswith("swapped") else "a stage's rule broken", detail)

    async def call(
        self,
        what: str,
        work: Coroutine[Any, Any, object],
        *,
        timeout: float | None,
        may: Sequence[str],
        cancel: float | None,
    ) -> None:
        """Make one call to its end. ``may``: what it may end with, failures with a name apart."""
        self.begun += 1
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)  # type: ignore[arg-type]
        started = loop.time()
        timer = None
        if cancel is not None:
            timer = loop.call_later(cancel, task.cancel) if cancel > 0 else loop.call_soon(task.cancel)
        while not task.done():
            await asyncio.wait([task], timeout=HUNG_S)
            late = timeout is not None and loop.time() - started > timeout + HUNG_S
            if not task.done() and (late or self.calm_since < time.monotonic() - HUNG_S):
                self.hung(task, f"{what}, timeout {timeout}, cancelled after {cancel}")
                self.ended["hung"] += 1
                return
        if timer is not None:
            timer.cancel()
        self.longest_s = max(self.longest_s, loop.time() - started)
        if timeout is not None:
            self.latest_s = max(self.latest_s, loop.time() - started - timeout)
        cause = cause_of(task)
        self.ended[cause] += 1
        if cause.startswith("unnamed") and cause.removeprefix("unnamed ") not in may:
            self.fault(cause, _where(task))
        elif cause == "cancelled" and cancel is None and "cancelled" not in may:
            self.fault("cancelled by nobody")

    def hung(self, task: asyncio.Task[Any], what: str) -> None:
        """Show where it stands, and end it."""
        self.fault("hung", what)
        if self.faults["hung"] <= DUMPS:
            task.print_stack(file=sys.stderr)
            frames = sys._current_frames()
            for thread in threading.enumerate():
                if thread.name.startswith("siseon-") and thread.ident in frames:
                    stack = traceback.extract_stack(frames[thread.ident])[-1:]
                    print(thread.name, *traceback.format_list(stack), file=sys.stderr)
        task.cancel()
        task.add_done_callback(cause_of)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """A task that its request leaves behind; it must end soon all the same."""
        task = asyncio.get_running_loop().create_task(work, name="left behind")
        self._left[task] = time.monotonic()
        task.add_done_callback(self._left_ended)

    def _left_ended(self, task: asyncio.Task[None]) -> None:
        self._left.pop(task, None)
        cause = cause_of(task)
        if cause.startswith("unnamed"):
            self.fault(f"a task left behind: {cause}", _where(task))

    async def heartbeat(self) -> None:
        """How long the loop does nothing else, and who hangs of those left behind."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            self.longest_pause_s = max(self.longest_pause_s, time.monotonic() - before - 0.01)
            self._look_for_hung(before - HUNG_S)

    def _look_for_hung(self, before: float) -> None:
        if self.calm_since > before:
            return
        for task in [task for task, since in self._left.items() if since < before]:
            del self._left[task]
            self.hung(task, "a task that its request left behind")

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Errors that nobody else would hear of."""
        loop.set_exception_handler(
            lambda _, context: self.fault(
                "exception in the loop",
                f"{context['message'][:120]} {type(context.get('exception')).__name__}",
            )
        )
        threading.excepthook = lambda args: self.fault(
            "a thread died", f"{args.thread and args.thread.name}: {args.exc_type.__name__}"
        )
        sys.unraisablehook = lambda args: self.fault("unraisable", repr(args.err_msg))
        logger = logging.getLogger("siseon.engine")
        logger.propagate = False
        logger.handlers = [_Formats()]


class _Formats(logging.Handler):
    """Formats some of the records, with their tracebacks, and forgets them."""

    def emit(self, record: logging.LogRecord) -> None:
        if random.random() < 0.01:
            self.format(record)


class Accounts:
    """Items that each run of a stage took or refused, against the outcomes that it counted."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._taken: dict[StageRuntime, int] = {}
        self.items = 0
        self.outcomes: Counter[str] = Counter()

    def open(self) -> None:
        """Count from now on."""
        put = StageRuntime.put

        def counted(runtime: StageRuntime, call: Call, tickets: list[Ticket], *, first: bool = True) -> None:
            self._taken[runtime] = self._taken.get(runtime, 0) + len(tickets)
            put(runtime, call, tickets, first=first)

        StageRuntime.put = counted  # type: ignore[method-assign]

    def close(self, stages: Sequence[Wrong], *, last: bool = False) -> None:
        """Compare what has ended; ``last``: everything has."""
        current = set() if last else {stage._Stage__calling.runtime for stage in stages}
        for runtime, taken in list(self._taken.items()):
            if runtime in current or (runtime._alive and not last):
                continue
            del self._taken[runtime]
            counted = runtime.statistics().outcomes
            self.items += taken
            self.outcomes.update({str(code): count for code, count in counted.items()})
            total = sum(counted.values())
            if total != taken:
                kind = "items lost by a stage's count" if total < taken else "items counted twice"
                self._watch.fault(
                    kind, f"{runtime.stage.label}: {taken} taken, {total} counted {dict(counted)}"
                )


def cause_of(task: asyncio.Task[Any]) -> str:
    """``ok``, the failure's code, ``cancelled``, or the type of what has no name."""
    if task.cancelled():
        return "cancelled"
    error = task.exception()
    if error is None:
        return "ok"
    if isinstance(error, SiseonError) and type(error.code) is FailureCode:
        return error.code.value
    return f"unnamed {type(error).__name__}"


def _where(task: asyncio.Task[Any]) -> str:
    error = None if task.cancelled() else task.exception()
    frames = traceback.extract_tb(error.__traceback__)[-3:] if error else []
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def resident_mb() -> float:
    """Of this process, now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096 / 2**20


def kept() -> dict[str, int]:
    """Objects of requests that are still alive."""
    gc.collect()
    kinds = Counter(type(thing) for thing in gc.get_objects())
    return {
        kind.__name__: count for kind, count in kinds.items() if kind.__mro__ and issubclass(kind, KEPT_KINDS)
    }
