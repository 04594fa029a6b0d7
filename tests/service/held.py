"""A service whose requests are at work as long as a test wants, however slow a machine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from applications.packages import BRIGHTNESS, environment_of, installed

HELD = (Path(__file__).parents[1] / "applications" / "foreign" / "held.py").read_text(encoding="utf-8")


class Held:
    """The application ``held``."""

    def __init__(self, folder: Path) -> None:
        self._until = folder / "go on"
        installed(folder, "brightness", BRIGHTNESS, {"brightness": "brightness:APPLICATION"})
        installed(folder, "held", HELD, {"held": "held:APPLICATION"})
        self.environment = {
            "PYTHONPATH": environment_of(folder)["PYTHONPATH"],
            "HELD_UNTIL": str(self._until),
        }

    def go_on(self) -> None:
        """Let all be answered."""
        self._until.touch()


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return Held(tmp_path)
