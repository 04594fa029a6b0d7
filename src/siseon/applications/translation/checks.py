"""What a translator's answer must pass before it is drawn: a wrong sign is worse than an untranslated one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from siseon.applications.translation.contracts import WhyNot
from siseon.applications.translation.languages import LANGUAGES, letters_by_script
from siseon.applications.translation.translators.translator import Piece

LEAST_IN_SCRIPT = 0.5
"""Share of an answer's new letters that must be of the target's script: names may stay in theirs."""
RUNAWAY = 2.0
"""Answers longer than this many budgets, and ``RUNAWAY_SLACK`` characters, are no translation."""
RUNAWAY_SLACK = 20
REPEATED = 6
"""Words of a kind from which half of an answer being that word is a machine that stutters, if the original does not."""

OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Of Unicode's directions: what they embrace is drawn another way round than it is written, and says something else."""
LONGEST_ANSWER = 20_000
"""Characters of an answer that are looked at: the runaway of the longest text is shorter."""

MARKUP = re.compile(r"</?[A-Za-z!][^<>]{0,200}>")


def clean(answer: str) -> str:
    """An answer as a line of text: NFC, white space collapsed, no control characters, no turned letters."""
    answer = "".join(letter for letter in answer[:LONGEST_ANSWER] if letter not in OVERRIDES)
    kept = "".join(
        letter if unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn") else " " for letter in answer
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


def fault(piece: Piece, answer: str | None, target: str) -> WhyNot | None:
    """Why a cleaned answer is not a translation into the ``target``; None for one that may be drawn."""
    if not answer:
        return "missing"
    if len(answer) > RUNAWAY * piece.at_most + RUNAWAY_SLACK or _stutters(piece.text, answer):
        return "runaway"
    if MARKUP.search(answer) and not MARKUP.search(piece.text):
        return "markup"
    if _plain(answer) == _plain(piece.text):
        return "echo"
    if not _in_script(piece.text, answer, target):
        return "wrong_script"
    return None


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _in_script(original: str, answer: str, target: str) -> bool:
    """Whether enough of the letters that the original does not have are of the target's script."""
    given = set(original)
    counts = letters_by_script("".join(letter for letter in answer if letter not in given))
    if not sum(counts.values()):
        # All its letters stand in the original: one that has the target's script, too ("a pie" is "pie").
        counts = letters_by_script(answer)
    script = LANGUAGES[target].script
    right = counts[script]
    if script == "japanese":
        right += counts["han"]
    return right >= LEAST_IN_SCRIPT * sum(counts.values())


def _stutters(original: str, answer: str) -> bool:
    word, times = _commonest(answer)
    return times >= REPEATED and times * 2 >= len(answer.split()) and times > 2 * _times(original, word)


def _commonest(text: str) -> tuple[str, int]:
    return next(iter(Counter(text.casefold().split()).most_common(1)), ("", 0))


def _times(text: str, word: str) -> int:
    """How often the original's own commonest word stands in it: a laugh of six may stay a laugh of six."""
    return max(text.casefold().split().count(word), _commonest(text)[1])
