"""One line that names the machine and the versions a table was measured with."""

from __future__ import annotations

import platform
from importlib.metadata import version

from siseon.engine.machine import cores, processor


def machine() -> str:
    """For example ``AMD EPYC, 2 cores, Linux, CPython 3.11.7, onnxruntime 1.31.1, numpy 2.4.6``."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("onnxruntime", "numpy", "opencv-python-headless")
    )
    python = platform.python_version()
    return f"{processor()}, {cores()} cores, {platform.system()}, CPython {python}, {packages}\n"
