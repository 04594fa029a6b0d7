"""Twins: letters of Cyrillic and Greek that are drawn as Latin ones, or as each other. "KACCA" may be a word of two."""

from __future__ import annotations

_ALIKE = str.maketrans(
    "АВСЕНІЈКМОРЅТХУЬасеорхукіј" + "ФГПЛ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABCEHIJKMOPSTXYbaceopxykij" + "ΦΓΠΛ" + "ABEZHIKMNOPTYXo",
)
CAPITALS = frozenset("ABCEHIJKMNOPSTXYZ")
"""Latin capitals with a Cyrillic or a Greek twin."""
SMALL = frozenset("aceopxyk")
"""Small Latin letters with a Cyrillic twin in upright type; few Latin words have no others."""
SOFT = "b"
"""What a Cyrillic soft sign among capitals is read as."""
LEAST_OF_A_WORD = 3
"""Letters from which a word of twins is doubted: shorter ones are signs and abbreviations."""


def could_be_another_script(text: str) -> bool:
    """Whether Cyrillic or Greek has all its letters too, and they are enough for a word: "KACCA", "caxap", "OCEHb"."""
    letters = {letter for letter in text if letter.isalpha()}
    if SOFT in letters and letters - {SOFT} and letters - {SOFT} <= CAPITALS:  # no Latin word ends so
        letters.discard(SOFT)
    return sum(map(str.isalpha, text)) >= LEAST_OF_A_WORD and letters <= CAPITALS | SMALL


def drawn_alike(one: str, other: str) -> bool:
    """Whether two texts have the same letters to the eye: "КАССА" and "KACCA"."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.translate(_ALIKE)))
