"""The console's own files."""

from __future__ import annotations

import base64
from pathlib import Path

STATIC_FOLDER = Path(__file__).parents[1] / "static"


def favicon() -> str:
    """The sign of siseon, as an address that needs no file."""
    return (
        "data:image/svg+xml;base64," + base64.b64encode((STATIC_FOLDER / "favicon.svg").read_bytes()).decode()
    )
