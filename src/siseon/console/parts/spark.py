"""A line of a few minutes as small as a word."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.console.parts.dom import set_attribute, tag

WIDTH, HEIGHT, MARGIN = 120.0, 28.0, 2.0


class Spark:
    """Changed in place; where there is no value the line has a gap."""

    def __init__(self) -> None:
        with tag(
            "svg", "spark", viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", preserveAspectRatio="none", role="img"
        ) as self.element:
            self._path = tag("path", "", d="", fill="none")
        self._shown: Sequence[float | None] = ()

    def show(self, values: Sequence[float | None], told: str) -> None:
        """Draw these, the newest on the right; ``told``: with ``{low}`` and ``{high}``, for screen readers."""
        if values == self._shown:
            return
        self._shown = values
        known = [value for value in values if value is not None]
        low, high = min(known, default=0.0), max(known, default=0.0)
        set_attribute(self._path, "d", path_of(values, low, high))
        set_attribute(self.element, "aria-label", told.format(low=f"{low:.4g}", high=f"{high:.4g}"))


def path_of(values: Sequence[float | None], low: float, high: float) -> str:
    """The line as SVG has it."""
    step = WIDTH / max(1, len(values) - 1)
    room = HEIGHT - 2 * MARGIN
    pieces, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        pieces.append(f"{pen}{place * step:.1f} {HEIGHT - MARGIN - share * room:.1f}")
        if pen == "M":
            pieces.append("h.1")  # a single value is a dot
        pen = "L"
    return "".join(pieces)
