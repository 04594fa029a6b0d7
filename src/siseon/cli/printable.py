"""Text as it may go to a terminal: what a terminal shows nothing for, or obeys, is spelt out."""

from __future__ import annotations

import unicodedata

UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a terminal shows nothing for, or obeys."""


BIDIRECTIONAL = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that only change the direction of the text around them, so that a name can look like another."""


def printable(text: str) -> str:
    """The text as it may go to a terminal: escape sequences, other controls and what is not text are spelt out."""
    return "".join(
        character
        if character == "\n"
        or (unicodedata.category(character) not in UNPRINTABLE and character not in BIDIRECTIONAL)
        else character.encode("unicode_escape").decode()
        for character in text
    )


def one_line(text: str) -> str:
    """The same as a part of a line: a name with line breaks must not look like lines of ours."""
    return printable(text).replace("\n", "\\n")
