"""Safety: what must not leave with a photo, found before the answer does. See the README beside this file."""

from siseon.applications.safety.contracts import Action, Finding, Kind, SafetyReport
from siseon.applications.safety.options import SafetyOptions
from siseon.applications.safety.pipeline import Safety

__all__ = ["Action", "Finding", "Kind", "Safety", "SafetyOptions", "SafetyReport"]
