"""Tables as CSV that a spreadsheet opens and does not run: of any application that writes some."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that begins so would be run by a spreadsheet."""


def sheet(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV (RFC 4180) in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell
