"""What the parent needs to know, and how a process of this package is started."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The service as the parent sees it. Secrets are not in it: it stands on a command line."""

    workers: int
    pipelines: int
    """How many are served."""
    drain_s: float
    banner: str
    """Printed when all workers are ready."""
    listener: int
    """Descriptor of the listening socket."""
    settings: int
    """Descriptor of memory that holds the settings, for the workers."""


def command(module: str, *words: object) -> list[str]:
    """The command line that runs a module of this package, with the import path that this process has."""
    safe = [] if os.getcwd() in sys.path else ["-P"]
    return [sys.executable, *safe, "-m", f"siseon.service.workers.{module}", *map(str, words)]


def to_words(plan: Plan) -> str:
    """The plan as one word of a command line."""
    return json.dumps({name: getattr(plan, name) for name in Plan.__slots__})
