"""Whether this process is the program, which ends with its command, or another one that calls a command."""

from __future__ import annotations

import sys
from pathlib import Path

STARTED_BY = ("siseon", "__main__.py")
"""Its script, or ``python -m siseon``."""


def is_the_program() -> bool:
    """What a process decides once, as where its networks compute, is the program's to decide then."""
    return bool(sys.argv) and Path(sys.argv[0]).name in STARTED_BY
