"""Whose reading of a line is given out: the recogniser's, another model's, or nobody's.

A model's confidence says little of a word in capitals that two scripts share, of a single letter and of a blurred
line. There it counts what else stands in the picture: lines whose script is beyond doubt are decided first.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from siseon.applications.text.refusals import SURE, Reading, Reason
from siseon.applications.text.tesseract import AHEAD, ENOUGH, KNOWN, LATIN, PREFIX, Heard, Reread
from siseon.applications.text.twins import could_be_another_script, drawn_alike

GOOD = 0.8
"""Least confidence of a reading that is given out in place of a refused one."""
FAIR, FAR_AHEAD = 0.7, 0.05
"""The same where the script is beyond doubt: it stands in the picture already, or the models of all others are less
sure by so much."""
PLAUSIBLE = 0.8
"""Confidence from which a word may be of a script."""
LEAST_LETTERS, LEAST_OF_A_WORD = 2, 4
"""Letters of a reading that is more than good, and of one that is not, at least: strokes of drawings pass for two or
three."""
FANCIFUL = frozenset({"Thai"})
"""Its model takes strokes for words, at 0.7 to 0.8."""
PURE = 0.8
"""Share of letters of its model's script from which a reading speaks against another one: nonsense has digits."""
SURE_OF_LETTERS = 0.99
"""Score of the recogniser from which another script's reading must have letters that are drawn as those it saw."""


class Voter(NamedTuple):
    """One line of a picture."""

    reading: Reading
    reason: Reason | None
    """Why the recogniser's reading is refused."""
    heard: Heard
    """Nothing where nobody else was asked."""


class Outcome(NamedTuple):
    """What became of it."""

    text: str
    score: float
    reason: Reason | None
    """Why the text is not given out."""
    reader: str | None
    """None: the recogniser."""

    @property
    def given(self) -> str | None:
        """The text, unless it is refused."""
        return self.text if self.reason is None else None


def is_doubted(reading: Reading, reason: Reason | None) -> bool:
    """Whether others are to be asked for a line: it is refused, not sure, or could be of another script."""
    return reason is not None or reading.score < SURE or could_be_another_script(reading.text)


def elect(lines: Sequence[Voter]) -> list[Outcome]:
    """One outcome for each line of one picture."""
    first = [None if _is_of_twins(line) else _of_itself(line) for line in lines]
    # The scripts of lines that are beyond doubt.
    context = {one.script for one in first if one is not None}
    if any(map(_is_clearly_latin, lines)):
        context.add(LATIN)
    return [
        _of_twins(line, context)
        if _is_of_twins(line)
        else _outcome(line, found or _in_context(line, context))
        for line, found in zip(lines, first, strict=True)
    ]


def _is_of_twins(line: Voter) -> bool:
    return line.reason in (None, "ambiguous_script") and could_be_another_script(line.reading.text)


def _of_itself(line: Voter) -> Reread | None:
    """The surest reading of another script, if it is sure enough, ahead of Latin, and no word of a third script."""
    sound = [one for one in _others(line.heard) if one.score >= GOOD or one.script not in FANCIFUL]
    letters = sum(map(str.isalpha, sound[0].text)) if sound else 0
    if letters < LEAST_LETTERS or _is_of_two(sound):
        return None
    best = sound[0]
    rest = max((one.score for one in line.heard if one.share >= PURE and one is not best), default=0.0)
    poor, is_word = _is_poor(line), letters >= LEAST_OF_A_WORD
    if best.score >= max(GOOD if poor and is_word else ENOUGH, _latin(line.heard) + AHEAD):
        return best
    fair = best.score >= max(FAIR, rest + FAR_AHEAD)
    return best if fair and poor and is_word else None


def _is_poor(line: Voter) -> bool:
    """Whether little speaks for the recogniser's reading."""
    return line.reason is not None or line.reading.score < FAIR


def _is_of_two(sound: Sequence[Reread]) -> bool:
    """Whether two models have a word in their dictionaries that is drawn alike: МЕТРО is Russian, ΜΕΤΡΟ Greek."""
    best = sound[0]
    return best.score >= KNOWN and any(
        one.score >= KNOWN and drawn_alike(one.text, best.text) for one in sound[1:]
    )


def _in_context(line: Voter, context: Set[str]) -> Reread | None:
    """The surest reading in a script that others in the picture are of."""
    known = [one for one in _others(line.heard) if one.script in context]
    return known[0] if known and _is_poor(line) and known[0].score >= FAIR else None


def _of_twins(line: Voter, context: Set[str]) -> Outcome:
    """Dictionaries tell first, then the picture; where neither does, the line is refused."""
    latin, text = _latin(line.heard), line.reading.text
    sound = [_as_loud(one, text) for one in _others(line.heard)]
    if line.reading.score >= SURE_OF_LETTERS:
        sound = [one for one in sound if drawn_alike(one.text, text)]
    least = KNOWN if latin >= KNOWN else PLAUSIBLE
    may_be = [one for one in sound if one.score >= least]
    here = [one for one in may_be if one.script in context]
    # Beside Latin lines, Latin must have been able to read it, and not to have known it.
    heard = latin >= PLAUSIBLE or bool(here) or LATIN not in context
    if may_be and heard and may_be[0].score >= max(KNOWN, latin + AHEAD) and not _is_of_two(may_be):
        return _outcome(line, may_be[0])
    kept = line._replace(reason=None)
    if len(here) == 1 and LATIN not in context:
        return _outcome(kept, here[0])
    if latin >= KNOWN or (may_be and not here and LATIN in context):
        return _outcome(kept, None)
    # Without anybody who knows it, what the picture's other lines say stands.
    return _outcome(line._replace(reason="ambiguous_script") if may_be else line, None)


def _as_loud(one: Reread, latin: str) -> Reread:
    """Models take ТОН for тон: capitals are told from small letters by the recogniser."""
    return one._replace(text=one.text.upper()) if latin.isupper() else one


def _is_clearly_latin(line: Voter) -> bool:
    sure = (
        line.reason is None and line.reading.score >= SURE and not could_be_another_script(line.reading.text)
    )
    return sure and sum(one.isascii() and one.isalpha() for one in line.reading.text) >= LEAST_OF_A_WORD


def _others(heard: Heard) -> list[Reread]:
    """Sound readings of other scripts than Latin, the surest first."""
    sound = [one for one in heard if one.script != LATIN and one.sound]
    return sorted(sound, key=lambda one: -one.score)


def _latin(heard: Heard) -> float:
    return max((one.score for one in heard if one.script == LATIN), default=0.0)


def _outcome(line: Voter, reread: Reread | None) -> Outcome:
    if reread is None:
        return Outcome(line.reading.text.strip(), line.reading.score, line.reason, None)
    return Outcome(reread.text, reread.score, None, PREFIX + reread.model)
