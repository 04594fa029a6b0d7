"""How far long work is, as bars where somebody looks; a command that reads one picture, or writes into a log, loads no
library for them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.progress import Progress

STEP = 36
"""Characters of a step's name beside a bar: what stands behind it stays in its place."""
LINE_S = 10.0
"""Seconds between two lines of long work where there is no terminal."""


class Silence:
    """What is asked of bars, and nothing comes of it."""

    disable: Final = True

    def start(self) -> None:
        """No bar."""

    def stop(self) -> None:
        """No bar."""

    def add_task(self, description: str, **fields: Any) -> Any:
        """The number of no task."""
        return 0

    def update(self, task: Any, **fields: Any) -> None:
        """Nothing to see."""


def bars(*, wanted: bool) -> Progress | Silence:
    """Bars on stderr, if they are wanted and it is a terminal."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        return Silence()
    from siseon.cli.terminal import progress

    return progress()
