"""What a terminal shows of a stream: its changes as lines; below them its state, its rates and the newest result."""

from __future__ import annotations

import time
from collections import deque
from contextlib import ExitStack
from typing import Self

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from siseon.applications.application import AnyApplication
from siseon.cli.printable import one_line, printable
from siseon.cli.terminal import err, out, safe
from siseon.streams.life import State
from siseon.streams.run import StreamRun
from siseon.streams.source import Source
from siseon.streams.wire import FailureTold, ResultTold, StateTold

COLOURS = {
    State.connecting: "cyan",
    State.live: "green",
    State.stale: "yellow",
    State.lost: "red",
    State.stopped: "default",
}
RATE_S = 5.0
"""Seconds over which rates are told."""
LINES = 12
"""Lines of a result that the live part shows."""
REDRAWS = 4
"""Of the live part, in a second."""


class Screen:
    """Open while a stream is watched. Without a terminal there is no live part, and results go to stdout, whole."""

    def __init__(self, application: AnyApplication, run: StreamRun, source: Source, *, quiet: bool) -> None:
        """``quiet``: results and states are printed elsewhere."""
        self._application = application
        self._run = run
        self._source = source
        self._quiet = quiet
        self._live: Live | None = None
        self._stack = ExitStack()
        self._begun = time.monotonic()
        self._state: StateTold | None = None
        self._newest = Text()
        self._hints: set[str] = set()
        """Those that were printed."""
        self._answers: deque[tuple[float, float]] = deque(maxlen=1000)
        """When results came, and how old their frames were, in milliseconds."""
        self._frames: deque[tuple[float, int]] = deque(maxlen=1000)

    def __enter__(self) -> Self:
        if err.is_terminal and not self._quiet:
            live = Live(console=err, get_renderable=self._drawn, refresh_per_second=REDRAWS, transient=True)
            self._live = self._stack.enter_context(live)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        if not self._quiet:
            err.print(self._summary(), soft_wrap=True)

    def show(self, told: StateTold | ResultTold | FailureTold) -> None:
        """Take in what came."""
        if self._quiet:
            return
        match told:
            case StateTold():
                self._state = told
                err.print(_line(told), soft_wrap=True)
            case ResultTold():
                self._answers.append((time.monotonic(), told.frame.latency_ms))
                name = f"frame {told.frame.number}, {told.frame.at:%H:%M:%S}"
                text = printable(self._application.text(name, told.result))
                if self._live is None:
                    out.print(text, markup=False)
                    out.file.flush()
                self._newest = Text(text)
            case FailureTold():
                failure = told.failure
                self._newest = Text(
                    f"frame {told.frame.number}: {failure.code}  {one_line(failure.message)}", "red"
                )
                if self._live is None:
                    err.print(self._newest, soft_wrap=True)
                if failure.hint and failure.hint not in self._hints:  # one frame after the other may fail so
                    self._hints.add(failure.hint)
                    err.print(Text(f"  → {one_line(failure.hint)}", "dim"), soft_wrap=True)

    def _drawn(self) -> Group:
        state = self._state.state if self._state is not None else State.connecting
        colour = COLOURS[state]
        counts = self._source.counts
        now = time.monotonic()
        self._frames.append((now, counts.frames))
        head = Text.from_markup(f"[{colour}]●[/{colour}] [bold]{state}[/bold]  {safe(self._source.address)}")
        lines = self._newest.split()[:LINES]
        for line in lines:
            line.truncate(max(20, err.width - 4), overflow="ellipsis")
        return Group(
            head, Text(f"  {self._rates(now)}", "dim"), *(Text("  ").append_text(line) for line in lines)
        )

    def _rates(self, now: float) -> str:
        """One line of figures, over the last seconds."""
        since, before = next((at, count) for at, count in self._frames if at >= now - RATE_S)
        frames = self._source.counts.frames - before
        recent = [age for at, age in self._answers if at >= now - RATE_S]
        span = min(RATE_S, max(now - self._begun, 0.001))
        parts = [f"{frames / max(now - since, 0.001):.1f} fps in", f"{len(recent) / span:.1f} results/s"]
        if recent:
            parts.append(f"latency {sorted(recent)[len(recent) // 2]:.0f} ms")
        return "  ".join([*parts, _dropped(self._source, self._run)])

    def _summary(self) -> str:
        counts, outcomes = self._source.counts, self._run.outcomes
        seconds = time.monotonic() - self._begun
        parts = [f"{counts.frames} frames in {seconds:.0f} s", f"{outcomes.answered} results"]
        if outcomes.failed:
            parts.append(f"[red]{outcomes.failed} failed[/red]")
        parts.append(_dropped(self._source, self._run))
        if counts.losses:
            parts.append(f"lost {counts.losses} time{'' if counts.losses == 1 else 's'}")
        return ", ".join(parts)


def _dropped(source: Source, run: StreamRun) -> str:
    counts = source.counts
    return f"{counts.skipped} skipped, {counts.superseded + run.outcomes.superseded} superseded"


def _line(told: StateTold) -> str:
    """A change of state, as a line with markup."""
    colour = COLOURS[told.state]
    cause = f"  [bold]{told.cause}[/bold]: {safe(told.message)}" if told.cause else ""
    again = f", again in {told.retry_s:.1f} s" if told.retry_s is not None else ""
    hint = (
        f"\n  [dim]→ {escape(one_line(told.hint))}[/dim]"
        if told.hint and told.state is not State.stale
        else ""
    )
    return f"[dim]{told.at:%H:%M:%S}[/dim] [{colour}]{told.state}[/{colour}]{cause}{again}{hint}"
