"""Where a text may be broken into lines, by the rules of its language.

A text is cut into pieces after each of which a line may end. A piece that ends with a soft hyphen shows a hyphen
when a line ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import budoux
    import pyphen

SOFT_HYPHEN = "\u00ad"
NOT_FIRST = frozenset(
    "、。，．・：；？！ー…‥〜～）」』】〉》〕｝］’”々〻％℃"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ,.!?;:)]}%»"
)
"""Letters that begin no line (JIS X 4051; kinsoku shori)."""
NOT_LAST = frozenset("（「『【〈《〔｛［‘“￥＄＃([{«¥$#")
"""Letters that end no line."""
TOGETHER = re.compile(r"[A-Za-z0-9À-ɏ'’\-.,:%@/_]+|[‥…—ー]+|\s+|.", re.DOTALL)
"""Words and numbers in Latin letters, runs of dots and dashes, spaces, and all other letters one by one."""
WITHOUT_SPACES = ("ja", "zh", "th")
MAX_WORD = 64
"""Letters; a longer word is no word of a language, and is broken anywhere."""


def pieces(text: str, language: str, *, finely: bool = False) -> list[str]:
    """Parts of a text, in order, after each of which a line may end; white space stands at their ends.

    Args:
        text: white space of any kind counts as one space.
        language: ISO 639-1, with a region or without.
        finely: break where it is allowed, not only where it is good: between letters in Japanese and Chinese instead
            of phrases, within words at hyphens or, in Korean, syllables.
    """
    text = " ".join(text.split())
    code = language.lower().split("-")[0]
    if code in WITHOUT_SPACES:
        found = None if finely and code != "th" else _phrases(text, code)
        return _kinsoku(TOGETHER.findall(text) if found is None else found)
    words = [part for part in re.split(r"(?<= )", text) if part]
    if not finely:
        return words
    if code == "ko":
        return _kinsoku(letter for word in words for letter in TOGETHER.findall(word))
    return [part for word in words for part in _hyphenated(word, language)]


def shown(line: Sequence[str]) -> str:
    """The pieces of a line as they are written."""
    text = "".join(line).rstrip(" ")
    hyphen = "-" if text.endswith(SOFT_HYPHEN) else ""
    return text.replace(SOFT_HYPHEN, "") + hyphen


def _kinsoku(parts: Iterable[str]) -> list[str]:
    """Parts joined where no line may end between them."""
    out: list[str] = []
    for part in parts:
        stuck = out and (part.isspace() or part[0] in NOT_FIRST or out[-1].rstrip()[-1:] in NOT_LAST)
        if stuck and len(out[-1]) < MAX_WORD:
            out[-1] += part
        else:
            out.append(part)
    return out


def _phrases(text: str, code: str) -> list[str] | None:
    """Phrases that a reader would not tear; None where the library is not installed."""
    parser = _phrase_parser(code)
    return None if parser is None else [part for part in parser.parse(text) if part]


def _hyphenated(word: str, language: str) -> list[str]:
    if len(word) > MAX_WORD:
        return [word[i : i + 1] for i in range(len(word))]
    dictionary = _hyphens(language)
    core = word.rstrip(" ")
    if dictionary is None or not core:
        return [word]
    parts = dictionary.inserted(core, SOFT_HYPHEN).split(SOFT_HYPHEN)
    return [*(part + SOFT_HYPHEN for part in parts[:-1]), parts[-1] + word[len(core) :]]


@cache
def _phrase_parser(code: str) -> budoux.Parser | None:
    try:
        import budoux
    except ImportError:
        return None
    load = {
        "ja": budoux.load_default_japanese_parser,
        "zh": budoux.load_default_simplified_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }
    return load[code]()


@cache
def _hyphens(language: str) -> pyphen.Pyphen | None:
    """Hyphenation of a language; None where it has none, or the library is not installed."""
    try:
        import pyphen
    except ImportError:
        return None
    found = pyphen.language_fallback(language.replace("-", "_"))
    return None if found is None else pyphen.Pyphen(lang=found)
