"""The applications that ship with siseon."""

from __future__ import annotations

from typing import Any

from siseon.engine import Pipeline


def applications() -> dict[str, type[Pipeline[Any, Any]]]:
    """The applications by name. Imported here, when somebody asks, so that ``--help`` stays fast."""
    from siseon.applications.inspection import Inspection
    from siseon.applications.text import Text

    return {"inspection": Inspection, "text": Text}
