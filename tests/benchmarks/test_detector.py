"""The detector's measurement runs on the file that is shipped, and says about what its card says, on few scenes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gauges" / "detector.py"


def test_instruments_of_unseen_families_are_found():
    done = subprocess.run(
        [sys.executable, SCRIPT, "--scenes", "150"], capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    told = re.search(r"mAP50 (0\.\d+)", done.stdout)
    assert told is not None
    assert float(told[1]) >= 0.82
