"""Terms with the renderings that a person wants: for whole texts, and for words within others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

MOST_TERMS = 2_000
LONGEST = 500
"""Characters of a term or its rendering."""
OPENING = str.maketrans("", "", "¡¿")


class Glossary:
    """Looks texts up without regard to case, width, spacing, and ¡ and ¿, which many do not write and few read."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self.terms = dict(terms)
        self._whole = {whole: rendering for term, rendering in terms.items() if (whole := _folded(term))}

    def whole(self, text: str) -> str | None:
        """The rendering of a text that is a term as a whole."""
        return self._whole.get(_folded(text))

    def within(self, text: str) -> dict[str, str]:
        """The terms that stand in a text, with their renderings; longer ones first."""
        # Of two thousand terms few stand in a text: a pattern is made for these alone.
        folded = text.casefold()
        found = {
            term: rendering
            for term, rendering in self.terms.items()
            if term and term.casefold() in folded and _place(term).search(text)
        }
        return dict(sorted(found.items(), key=lambda one: -len(one[0])))

    def put_into(self, text: str) -> str:
        """The text with its terms replaced: translators leave a word as it is that they do not know."""
        found = self.within(text)
        if not found:
            return text
        renderings = list(found.values())
        # All at once, the longer ones first: a term may stand in another one's rendering.
        places = re.compile("|".join(f"({_pattern(term)})" for term in found), re.IGNORECASE)
        return places.sub(lambda place: renderings[(place.lastindex or 1) - 1], text)


def _place(term: str) -> re.Pattern[str]:
    return re.compile(_pattern(term), re.IGNORECASE)


def _pattern(term: str) -> str:
    """Where the term stands: as words of its own where it begins or ends with a letter of a script with spaces."""
    before = r"(?<!\w)" if _spaced(term[0]) else ""
    after = r"(?!\w)" if _spaced(term[-1]) else ""
    return before + re.escape(term) + after


def _spaced(letter: str) -> bool:
    """Whether words of its script are parted by spaces; Korean's are, but particles follow without one."""
    name = unicodedata.name(letter, "")
    return letter.isalnum() and not name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "HANGUL"))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().translate(OPENING).split())
