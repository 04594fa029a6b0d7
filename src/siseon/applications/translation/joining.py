"""How the lines of a region become one text."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.applications.translation.contracts import Script

WITHOUT_SPACES: frozenset[Script] = frozenset({"han", "japanese", "thai"})
"""Scripts whose words are not parted by spaces."""
HYPHENS = "-\u2010\u00ad"


def joined(lines: Sequence[str], script: Script) -> str:
    """Lines as one text: a word that a line end has torn is whole again.

    A hyphen before a small letter is that of a torn word; in ``e-`` ``Mail`` it is the word's own.
    """
    whole = ""
    for line in map(str.strip, lines):
        if len(whole) > 1 and whole[-1] in HYPHENS and whole[-2].isalpha() and line[:1].islower():
            whole = whole[:-1] + line
        elif whole and line and not (script in WITHOUT_SPACES and _touch(whole[-1], line[0])):
            whole += " " + line
        else:
            whole += line
    return whole


def _touch(before: str, after: str) -> bool:
    """Whether no space stands between two letters of a script without spaces: between Latin words one does."""
    return not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())
