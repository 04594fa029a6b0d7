"""Edit distance between two strings, with its steps: what was read in the place of what."""

from __future__ import annotations

from typing import NamedTuple


class Pair(NamedTuple):
    """One step from the truth to the reading."""

    true: str | None
    """None: the character that was read is too much."""
    read: str | None
    """None: the true character is missing."""
    at: int
    """Index of the true character; of the one before it (or the first) where there is none."""

    @property
    def equal(self) -> bool:
        """Whether the character was read right."""
        return self.true == self.read


def align(truth: str, reading: str) -> list[Pair]:
    """A shortest way from ``truth`` to ``reading`` (Levenshtein: substitute, insert, delete)."""
    table = _distances(truth, reading, free_start=False)
    pairs = []
    row, column = len(truth), len(reading)
    while row or column:
        here = table[row][column]
        if row and column and here == table[row - 1][column - 1] + (truth[row - 1] != reading[column - 1]):
            row, column = row - 1, column - 1
            pairs.append(Pair(truth[row], reading[column], row))
        elif row and here == table[row - 1][column] + 1:
            row -= 1
            pairs.append(Pair(truth[row], None, row))
        else:
            column -= 1
            pairs.append(Pair(None, reading[column], max(0, row - 1)))
    return pairs[::-1]


def best_place(part: str, whole: str) -> tuple[int, int, int]:
    """Where ``part`` resembles ``whole`` most: (start, end, edit distance between them)."""
    table = _distances(part, whole, free_start=True)
    end = min(range(len(whole) + 1), key=table[-1].__getitem__)
    row, column = len(part), end
    while row:
        here = table[row][column]
        if column and here == table[row - 1][column - 1] + (part[row - 1] != whole[column - 1]):
            row, column = row - 1, column - 1
        elif here == table[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return column, end, table[-1][end]


def _distances(down: str, across: str, *, free_start: bool) -> list[list[int]]:
    """Edit distances of all beginnings; ``free_start``: ``down`` may begin anywhere in ``across``."""
    table = [[0] * (len(across) + 1) if free_start else list(range(len(across) + 1))]
    for row, letter in enumerate(down, start=1):
        above, line = table[-1], [row]
        for column, other in enumerate(across):
            line.append(min(above[column] + (letter != other), above[column + 1] + 1, line[column] + 1))
        table.append(line)
    return table
