"""Which readings are not given out: a reading that is not sure is refused with a reason, never guessed.

A recogniser answers what it does not know in three ways. It skips it: of a Cyrillic or Korean line only the
stops and spaces come back, with high probability. It guesses: with low probability. It takes letters of another
script for those they resemble, surely: "CCCP", "Kacca". So the score alone separates little, and three things
are looked at: how much of the line's ink belongs to a character that was read, whether a word mixes scripts as
no word does, and what else stands in the picture. Figures are in the README beside this file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.text.twins import CAPITALS, LEAST_OF_A_WORD, could_be_another_script

Reason = Literal["low_confidence", "unknown_script", "ambiguous_script"]

REACH = 0.75
"""Line heights from a character's place to the ink that belongs to it: Han is one height wide."""
INK_CONTRAST = 0.35
"""Deviation of grey in a column, against the line's strong columns (90th percentile), from which it has ink."""
LEAST_COVERAGE = 0.7
"""Least share of inked columns that a reading must account for: lines in known scripts stay above, but for lone
punctuation; readings of unknown scripts that skip letters fall below."""
SURE = 0.9
"""Least score of a line that stands among lines of an unknown script."""
SAMPLE_LETTERS = {
    "Latin": "ABCXYZabcxyzÄÉñß",
    "Han": "一人中国語愛龍",
    "Hiragana": "あいうえをん",
    "Katakana": "アイウエヲン",
    "Greek": "ΑΩαωάέήίόύώς",
    "Cyrillic": "АБЯабяжыі",
    "Hangul": "가나한글",
    "Arabic": "ابتي",
    "Hebrew": "אבת",
    "Devanagari": "अकह",
    "Thai": "กขค",
}
"""Letters without which a script cannot be written; the commonest scripts of signs."""
LOOK_ALIKES = frozenset("ABCEHIJKMOPSTXYabceghijkmnoprstuxyïë")
"""Latin letters with a Cyrillic twin, in upright or in italic type."""


class Reading(NamedTuple):
    """A line as the network reads it."""

    text: str
    score: float
    """Mean probability of the characters, in [0, 1]; 0 without any."""
    coverage: float
    """Share of the line's ink that stands near a character that was read, in [0, 1]."""
    signs: NDArray[np.float32] | None = None
    """(steps, 1 + signs) probabilities of the blank and of the signs that the stage was asked for; None: of none."""


def known_scripts(classes: Sequence[str]) -> tuple[str, ...]:
    """Those of ``SAMPLE_LETTERS`` that can be written with the classes.

    PP-OCRv6 has the Greek letters of formulas, without accents and final sigma: no Greek.
    """
    letters = set("".join(classes))
    return tuple(script for script, sample in SAMPLE_LETTERS.items() if letters.issuperset(sample))


def coverage(line: NDArray[np.float32], places: NDArray[np.floating]) -> float:
    """Share of the inked columns of a (3, height, width) line that are near one of the ``places``, in pixels."""
    if not len(places):
        return 0.0
    contrast = line.mean(axis=0).std(axis=0)
    columns = np.flatnonzero(contrast > INK_CONTRAST * np.percentile(contrast, 90)) + 0.5
    if not len(columns):
        return 1.0
    # Places are in order: the nearest of a column is the one before or the one after it.
    after = np.clip(np.searchsorted(places, columns), 1, max(1, len(places) - 1))
    nearest = np.minimum(
        np.abs(columns - places[after - 1]), np.abs(columns - places[np.minimum(after, len(places) - 1)])
    )
    return float((nearest <= REACH * line.shape[1]).mean())


def refuse(
    readings: Sequence[Reading], areas: Sequence[float], min_score: float, *, greek: bool = False
) -> list[Reason | None]:
    """Why each reading of one picture is refused; None for those to give out. ``greek``: whether the network knows it.

    Where an unknown script fills at least half of the text's area, lines that could as well be of that script are
    refused with it: those of letters that it may share, and those that are not quite sure. Words of nothing but twins
    are so already where it fills no less than they do, and no less than lines that are clear.
    """
    reasons = [_alone(reading, min_score, greek) for reading in readings]
    unknown = sum(area for area, reason in zip(areas, reasons, strict=True) if reason == "unknown_script")
    if not unknown:
        return reasons
    twins = [
        reason is None and could_be_another_script(reading.text)
        for reading, reason in zip(readings, reasons, strict=True)
    ]
    of_twins = sum(area for area, twin in zip(areas, twins, strict=True) if twin)
    most, many = unknown * 2 >= sum(areas), unknown >= max(of_twins, sum(areas) - unknown - of_twins)
    return [
        _doubt(reading) if reason is None and (most or (many and twin)) else reason
        for reading, reason, twin in zip(readings, reasons, twins, strict=True)
    ]


def _alone(reading: Reading, min_score: float, greek: bool) -> Reason | None:
    if reading.coverage < LEAST_COVERAGE or _mixes_scripts(reading.text):
        return "unknown_script"
    if not greek and _is_greek(reading.text):
        return "unknown_script"
    return "low_confidence" if reading.score < min_score else None


def _doubt(reading: Reading) -> Reason | None:
    """What speaks against a reading that stands among lines of an unknown script."""
    letters = [letter for letter in reading.text if letter.isalpha()]
    if letters and LOOK_ALIKES.issuperset(letters):
        return "ambiguous_script"
    return "unknown_script" if letters and reading.score < SURE else None


def _mixes_scripts(text: str) -> bool:
    """Whether a Greek letter stands inside a word with a Latin one beside it, as in "Kaφe".

    At either end it may be a formula ("ΔT", "kΩ", "sinα"), but not before several capitals that are all twins of Greek
    ones ("ΦAPMAKEIO").
    """
    for word in text.split():
        if _greek(word[0]) and len(word) > LEAST_OF_A_WORD and CAPITALS.issuperset(word[1:]):
            return True
        for before, letter, after in zip(word, word[1:], word[2:], strict=False):
            if _greek(letter) and before.isalpha() and after.isalpha() and (_latin(before) or _latin(after)):
                return True
    return False


def _is_greek(text: str) -> bool:
    """Whether a word is Greek, or most of a line whose words were read in part ("ιτ ην υι")."""
    if any(sum(map(_greek, word)) >= LEAST_OF_A_WORD for word in text.split()):
        return True
    greek = sum(map(_greek, text))
    return greek > LEAST_OF_A_WORD and greek * 2 > sum(map(str.isalpha, text))


def _greek(letter: str) -> bool:
    return "\u0370" <= letter <= "\u03ff"


def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
