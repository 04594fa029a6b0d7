"""A line chart of the last minutes: ECharts in the colours of the theme. A screen reader hears its last values."""

from __future__ import annotations

from collections.abc import Sequence

import nicegui.elements.echart  # noqa: F401 - ECharts becomes importable in the browser
from nicegui.element import Element

from siseon.console.words.every_page import EveryPageWords

Values = Sequence[float | None]


class Chart(Element, component="../static/chart.js"):
    """Lines over the last seconds, the newest on the right. It is changed in place."""

    def __init__(
        self,
        name: str,
        lines: Sequence[str],
        words: EveryPageWords,
        *,
        unit: str = "",
        every_s: float = 2.0,
        colours: Sequence[int] = (1, 2, 3, 4),
        area: bool = False,
    ) -> None:
        """``name``: for screen readers; ``lines``: their names; ``colours``: of each, by number of the stylesheet."""
        super().__init__()
        self._name, self._lines, self._unit = name, tuple(lines), unit
        self._shown: tuple[Values, ...] = ()
        self.classes("chart")
        self.props["lines"] = list(lines)
        self.props["unit"] = unit
        self.props["every"] = every_s
        self.props["colours"] = list(colours)
        self.props["area"] = area
        self.props["nothing"] = words.no_chart_yet
        self.props["ago"] = words.seconds_ago
        self.props["minutes"] = words.minutes
        self.props["role"] = "img"
        self.props["values"] = []
        self.props["aria-label"] = name

    def show(self, *values: Values) -> None:
        """Draw these, one row a line; nothing is sent where they are the same."""
        if values == self._shown:
            return
        self._shown = values
        self.props["values"] = [list(row) for row in values]
        last = [row[-1] if row else None for row in values]
        told = ", ".join(
            f"{line} {'–' if value is None else f'{value:g} {self._unit}'.strip()}"
            for line, value in zip(self._lines, last, strict=True)
        )
        self.props["aria-label"] = f"{self._name}: {told}"
        self.update()
