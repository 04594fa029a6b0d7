"""From regions to regions with translations: what needs none is told apart, the rest is asked for as one page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from siseon.applications.translation.contracts import Script, TextRegion, WhyNot
from siseon.applications.translation.languages import LANGUAGES, LIKELY, is_unsure_letter
from siseon.applications.translation.translators.asking import UNTRANSLATED, Answer, Asking
from siseon.applications.translation.translators.glossary import Glossary
from siseon.applications.translation.translators.translator import Piece
from siseon.contracts import FailureCode
from siseon.engine import degrade, remaining, warn

DENSE: frozenset[Script] = frozenset({"han", "japanese", "hangul"})
"""Scripts whose characters are syllables or words."""
ROOM = 1.6
"""Times the original's characters that a translation has room for: lines are set smaller, down to about 0.8."""
ROOM_FROM_DENSE = 4.0
"""The same from a dense script to another: 出口 becomes "way out"."""
ROOM_TO_DENSE = 1.0
LEAST_ROOM = 12
"""Characters that even the shortest sign has room for."""
ANSWER_S = 2.0
"""Seconds of a request's deadline that are kept for rendering: a late translator costs its texts, not the answer."""
SURE = 0.72
"""Score of a reading from which it is translated: lines that stand on their heads are read as nonsense with 0.65 to
0.70, worn signs rightly from 0.75."""
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+", re.IGNORECASE)
"""Of the web or of mail: the same in every language."""
LONGEST = 2_000
"""Characters of a text that is translated."""


def prepared(
    regions: Sequence[TextRegion], asking: Asking, source: str, target: str, glossary: Glossary
) -> list[TextRegion]:
    """The regions with their languages, and why not where nobody needs to be asked.

    Args:
        regions: as they were read.
        asking: who would be asked.
        source: language of the texts in its script; of Latin letters the only sign.
        target: language to translate into.
        glossary: texts in it are translated, whatever their language.
    """
    done, unknown = [], set()
    for region in regions:
        language = source if region.script == LANGUAGES[source].script else LIKELY.get(region.script)
        why_not: WhyNot | None = None
        if glossary.whole(region.text) is not None:
            pass
        elif (
            region.script == "other"
            or ADDRESS.fullmatch(region.text)
            or is_unsure_letter(region.text, region.score)
        ):
            why_not = "no_words"
        elif region.score < SURE:
            why_not = "unsure"
        elif language == target:
            why_not = "same_language"
        elif language is None or len(region.text) > LONGEST or not asking.knows(language, target):
            why_not = "untranslated"
            unknown.add(language)
        done.append(region.model_copy(update={"language": language, "why_not": why_not}))
    if unknown:
        told = ", ".join(sorted("unknown" if code is None else LANGUAGES[code].name for code in unknown))
        warn(f"nobody translates {told} to {LANGUAGES[target].name} here: {asking.there()}")
    return done


async def translated(
    regions: Sequence[TextRegion], asking: Asking, target: str, glossary: Glossary
) -> list[TextRegion]:
    """The regions with their translations, or why not; those that have a reason already are left as they are."""
    asked = [number for number, region in enumerate(regions) if region.why_not is None]
    if not asked:
        return list(regions)
    pieces = [_piece(regions[number], target) for number in asked]
    left = remaining()
    try:
        async with asyncio.timeout(None if left is None else max(0.0, left - ANSWER_S)):
            answers = await asking.translate(pieces, target, glossary)
    except TimeoutError:
        degrade("translate", FailureCode.deadline_exceeded)
        answers = [UNTRANSLATED] * len(pieces)
    done = list(regions)
    for number, answer in zip(asked, answers, strict=True):
        done[number] = _with(regions[number], answer)
    return done


def _with(region: TextRegion, answer: Answer) -> TextRegion:
    return region.model_copy(update={"translated": answer.text, "why_not": answer.why_not})


def _piece(region: TextRegion, target: str) -> Piece:
    dense, to_dense = region.script in DENSE, LANGUAGES[target].script in DENSE
    room = ROOM if dense == to_dense else ROOM_FROM_DENSE if dense else ROOM_TO_DENSE
    at_most = max(LEAST_ROOM, round(room * len(region.text)))
    return Piece(region.text, region.language or target, at_most)
