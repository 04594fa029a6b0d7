"""A chart over a span of time with its limits. A screen reader hears the ends of each line."""

from __future__ import annotations

import nicegui.elements.echart  # noqa: F401 - ECharts becomes importable in the browser
from nicegui.element import Element

from siseon.console.live.spans import Span


class TimeChart(Element, component="../static/timechart.js"):
    """Changed in place."""

    def __init__(self, name: str, nothing: str) -> None:
        """``nothing``: said where no line has a value."""
        super().__init__()
        self._name = name
        self._shown: tuple[Span, tuple[tuple[str, float], ...]] | None = None
        self.classes("chart tall")
        self.props["nothing"] = nothing
        self.props["role"] = "img"
        self.props["aria-label"] = name
        self.props["lines"] = []
        self.props["limits"] = []
        self.props["begin"] = self.props["end"] = 0

    def show(self, span: Span, limits: tuple[tuple[str, float], ...]) -> None:
        """Draw it; ``limits``: names and values of what is drawn across."""
        if self._shown == (span, limits):
            return
        self._shown = span, limits
        self.props["begin"] = int(span.begin.timestamp() * 1000)
        self.props["end"] = int(span.end.timestamp() * 1000)
        self.props["limits"] = [{"name": name, "value": value} for name, value in limits]
        self.props["lines"] = [
            {"name": line.tag, "unit": line.unit, "points": [list(point) for point in line.points]}
            for line in span.lines
        ]
        told = []
        for line in span.lines:
            known = [value for _, value in line.points if value is not None]
            if known:
                told.append(f"{line.tag} {min(known):g} – {max(known):g} {line.unit}".rstrip())
        self.props["aria-label"] = f"{self._name}: {', '.join(told) or self.props['nothing']}"
        self.update()
