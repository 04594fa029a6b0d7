"""What reports are made of, whatever they are printed on. All text is plain: who prints it, escapes it."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.applications.paper.drawing import Colour, Drawing

OPEN = "to be filled in"


@dataclass(frozen=True, slots=True)
class Cell:
    """Of a table."""

    text: str
    colour: Colour | None = None
    """Of a swatch before it."""
    is_open: bool = False
    """To be filled in by hand."""


@dataclass(frozen=True, slots=True)
class Table:
    """Under its title; without rows there was nothing."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()
    """Columns that are aligned at their right."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    is_note: bool = False
    """Less than the rest."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Colours and what they stand for."""

    entries: tuple[Cell, ...]


Part = Words | Table | Legend | Drawing


@dataclass(frozen=True, slots=True)
class Paper:
    """A report, in the order in which it is read."""

    title: str
    parts: tuple[Part, ...]


def cells(*several: str | Cell) -> tuple[Cell, ...]:
    """A row; a string is a cell without more."""
    return tuple(Cell(one) if isinstance(one, str) else one for one in several)
