"""The engine's one clock: seconds, monotonic, read as ``clock.now()`` so that a simulation can put its own here."""

from __future__ import annotations

import time

now = time.monotonic
