"""Safety: what must not leave with a photo, found before the answer does. See the README beside this file.

Names load on first use: an answer can tell what was found without the networks that find it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siseon.applications.safety.contracts import Action, Finding, Kind, SafetyReport
    from siseon.applications.safety.options import SafetyOptions
    from siseon.applications.safety.pipeline import Safety

_HOME = {
    "Action": "contracts",
    "Finding": "contracts",
    "Kind": "contracts",
    "Safety": "pipeline",
    "SafetyOptions": "options",
    "SafetyReport": "contracts",
}

__all__ = ["Action", "Finding", "Kind", "Safety", "SafetyOptions", "SafetyReport"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'siseon.applications.safety' has no attribute {name!r}")
    return getattr(import_module(f"siseon.applications.safety.{_HOME[name]}"), name)
