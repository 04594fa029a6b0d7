"""What the recogniser tells apart, in the order of its outputs; the first one is the blank of CTC."""

from __future__ import annotations

DIGITS = "0123456789"
BETWEEN = "⁰¹²³⁴⁵⁶⁷⁸⁹"
"""A drum on its way from 0 to 1, from 1 to 2, and so on."""
POINTS = ".:"
LETTERS = "ACEFHLPUbdnort"
"""That seven segments can show and that do not look like a digit."""
SYMBOLS = f"{DIGITS}-{POINTS} {LETTERS}{BETWEEN}"
"""The blank between is a place that is dark, with lit ones on both sides."""
STYLES = ("segments", "matrix", "counter", "other")
"""What kind of display it is; ``other`` is none, printed numbers too."""
