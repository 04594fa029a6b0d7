"""What this process may use of the machine."""

from __future__ import annotations

import os


def cores() -> int:
    """Processor cores that this process may use: the replicas of a stage that computes on one thread each."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
