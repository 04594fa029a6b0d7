"""Cameras before dials, as a program of their own: see tools/dial_camera.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PROGRAM = Path(__file__).parents[2] / "tools" / "dial_camera.py"


class Cameras:
    """By number of the dial that they look at."""

    def __init__(self, address: str) -> None:
        self.address = address

    def url(self, dial: int, userinfo: str = "") -> str:
        """Of one."""
        return self.address.replace("://", f"://{userinfo}@" if userinfo else "://") + f"/{dial}"

    def turn(self, dial: int, share: float) -> None:
        """The needle to that share of its scale."""
        httpx.get(self.url(dial), params={"share": share}, timeout=60).raise_for_status()

    def unplug(self, dial: int) -> None:
        """Draw its cable."""
        httpx.get(self.url(dial) + "/off", timeout=60).raise_for_status()


@contextmanager
def cameras() -> Iterator[Cameras]:
    """Started, and ended."""
    program = subprocess.Popen([sys.executable, str(PROGRAM)], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        yield Cameras(program.stdout.readline().strip())
    finally:
        program.terminate()
        program.wait()
        if program.stdout is not None:
            program.stdout.close()
