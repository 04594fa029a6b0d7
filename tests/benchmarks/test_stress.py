"""The stress runs at all, and finds nothing in the seconds that a test may take; ``--minutes 10`` is run by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "stress.py"
MINUTES = "0.08"


def test_five_seconds_of_wrong_user_code_hang_swap_and_lose_nothing():
    done = subprocess.run(
        [sys.executable, SCRIPT, "--minutes", MINUTES, "--seed", "7"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "| hung, swapped, lost | 0, 0, 0 |" in done.stdout
