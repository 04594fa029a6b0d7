"""A history as CSV (RFC 4180), in pieces."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from siseon.streams.history.store import Point

HEADS = ("at", "tag", "value", "unit", "quality", "reason")


def lines(points: Iterable[Point], *, heads: bool = False) -> str:
    """Points as lines; ``heads``: the names of the columns before them."""
    text = io.StringIO()
    rows = csv.writer(text)
    if heads:
        rows.writerow(HEADS)
    rows.writerows(
        (one.at.isoformat(), one.tag, one.value, one.unit, one.quality, one.reason) for one in points
    )
    return text.getvalue()
