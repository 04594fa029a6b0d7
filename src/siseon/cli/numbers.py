"""What Typer's bounds let pass: neither less nor more than any number is NaN."""

from __future__ import annotations

import math

import typer


def finite(value: float | None) -> float | None:
    """A callback of options that are numbers.

    Raises:
        BadParameter: it is NaN or infinite.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number that can be used.")
    return value
