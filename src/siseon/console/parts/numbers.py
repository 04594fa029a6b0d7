"""Numbers as people read them."""

from __future__ import annotations

from siseon.console.words.every_page import EveryPageWords

UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size(count: float) -> str:
    """Bytes: ``43 MB``."""
    for factor, unit in UNITS:
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} B"


def milliseconds(value: float | None) -> str:
    """A duration: ``12.3 ms``, ``1.4 s``; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"


def count(value: float) -> str:
    """A whole number, in groups of three."""
    return f"{value:,.0f}"


def span(seconds: float, words: EveryPageWords) -> str:
    """A longer time: ``3 d 4 h``, ``12 min``, ``45 s``."""
    whole = int(seconds)
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return words.span_days.format(days=days, hours=hours)
    if hours:
        return words.span_hours.format(hours=hours, minutes=minutes)
    if minutes:
        return words.span_minutes.format(minutes=minutes)
    return words.span_seconds.format(seconds=whole)
