"""What keeps a page that is open for days as small as on its first: see ``gone.js``."""

from __future__ import annotations

from nicegui.element import Element


class Gone(Element, component="../static/gone.js"):
    """Forgets the names of elements that are gone; once on every page."""
