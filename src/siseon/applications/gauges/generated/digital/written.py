"""What displays show: cells from the left, some of them dark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from siseon.applications.gauges.digital.alphabet import LETTERS


class Cell(NamedTuple):
    """One place of a display."""

    character: str
    """A blank where it is dark."""
    after: str = ""
    """A point or a colon that follows."""


def label(cells: tuple[Cell, ...]) -> str:
    """As it is read: blanks at the ends do not count."""
    return "".join(cell.character + cell.after for cell in cells).strip()


def shown(rng: np.random.Generator, *, letters: bool) -> tuple[Cell, ...]:
    """What a display might show; ``letters``: also words."""
    places = int(rng.choice([1, 2, 3, 4, 5, 6, 7, 8], p=[0.1, 0.1, 0.22, 0.24, 0.14, 0.1, 0.05, 0.05]))
    kind = float(rng.random())
    digits = [str(digit) for digit in rng.integers(0, 10, places)]
    if kind < 0.03:
        return tuple(Cell(" ") for _ in range(places))
    if letters and kind < 0.1:
        return tuple(Cell(str(rng.choice(list(LETTERS + "0123456789-")))) for _ in range(places))
    if kind < 0.18 and places >= 3:
        at = places - 2
        cells = [Cell(digit) for digit in digits]
        cells[at - 1] = Cell(digits[at - 1], ":")
        if places >= 5 and rng.random() < 0.7:
            cells[at - 3] = Cell(digits[at - 3], ":")
        return tuple(cells)
    blank = int(rng.integers(0, places)) if rng.random() < 0.35 else 0
    for index in range(blank):
        digits[index] = " "
    if rng.random() < 0.25 and places > 1:
        digits[max(blank - 1, 0)] = "-"
    if places - blank >= 3 and rng.random() < 0.06:
        digits[int(rng.integers(blank + 1, places - 1))] = " "
    cells = [Cell(digit) for digit in digits]
    if letters and rng.random() < 0.06:
        cells[-1] = Cell(str(rng.choice(["C", "F"])))
    if rng.random() < 0.55:
        first = min(blank, places - 1)
        at = int(rng.integers(first, places)) if rng.random() < 0.9 else places - 1
        if cells[at].character.isdigit() and (at < places - 1 or rng.random() < 0.15):
            cells[at] = Cell(cells[at].character, ".")
    return tuple(cells)
