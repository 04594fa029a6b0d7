"""The place of one worker, as the parent sees it."""

from __future__ import annotations

import asyncio
import signal
import socket

from siseon.service.workers import figures
from siseon.service.workers.talk import Talk, Word


class Slot:
    """The place of one worker, whichever process fills it."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.talk: Talk | None = None
        self.door: socket.socket | None = None
        self.process: asyncio.subprocess.Process | None = None
        self.state = "down"
        """``down``, ``up`` (it answers, models are loading), ``ready``, ``leaving``."""
        self.drained = False
        self.failure: Word | None = None
        self.last: figures.Figures = {}
        """What it last told of itself."""
        self.told = asyncio.Event()
        """Set when it has told its figures."""
        self.silent = 0
        self.beat = 0

    def say(self, what: str, **more: object) -> None:
        """Tell the worker, if there is one."""
        if self.talk is not None:
            self.talk.say(what, **more)

    def reason(self) -> str:
        """Why its worker has ended, for a person."""
        if self.failure is not None:
            hint, stage = self.failure.get("hint"), self.failure.get("stage")
            at = f" (stage {stage})" if stage else ""
            return f"✗ {self.failure['code']}  {self.failure['message']}{at}" + (
                f"\n  → {hint}" if hint else ""
            )
        code = self.process.returncode if self.process is not None else None
        if code is not None and code < 0:
            return f"✗ worker {self.index} was killed by {signal.Signals(-code).name}"
        return f"✗ worker {self.index} ended with code {code}"
