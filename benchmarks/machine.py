"""One line that names the machine and the versions a table was measured with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """For example ``AMD EPYC, 2 cores, Linux, CPython 3.11.7, onnxruntime 1.31.1, numpy 2.4.6``."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("onnxruntime", "numpy", "opencv-python-headless")
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = platform.python_version()
    return f"{_processor()}, {cores} cores, {platform.system()}, CPython {python}, {packages}\n"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
