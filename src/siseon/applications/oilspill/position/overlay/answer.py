"""What reading an overlay comes to; apart from what reads it, which comes with all of ``text``."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.applications.oilspill.contracts import Metadata, RefusedFact
from siseon.applications.oilspill.position.overlay.election import Elected
from siseon.applications.oilspill.position.overlay.template import Template
from siseon.applications.oilspill.position.refusing import CAMERA


@dataclass(frozen=True, slots=True)
class OverlayRead:
    """What was burned into a frame."""

    metadata: Metadata
    template: Template | None = None
    """None: it has none of the known layouts."""
    fields: tuple[Elected, ...] = ()
    """In the order of the template."""


def unread(why: str, *, stated: bool) -> OverlayRead:
    """Of a frame without a known layout; ``stated``: somebody has said that it has one."""
    if not stated:
        return OverlayRead(Metadata())
    return OverlayRead(
        Metadata(
            refused=tuple(
                RefusedFact(name=name, reason="not_found", source="overlay", detail=why) for name in CAMERA
            )
        )
    )


def unfitting(width: int, height: int) -> str:
    """Why nothing is read of a frame of that shape."""
    return f"no template is of frames of {width} × {height}"
