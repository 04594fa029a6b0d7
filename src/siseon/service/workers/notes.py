"""The parent's lines in the log, in the form of all others: JSON, or text where stderr is a terminal."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime


def note(level: str, event: str, **fields: object) -> None:
    """Write one line."""
    if sys.stderr.isatty():
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        sys.stderr.write(f"{level}: {event} {words}\n")
    else:
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = {**fields, "event": event, "level": level, "logger": "siseon.workers", "timestamp": at}
        sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()
