"""The one way to translations: glossary, then cache, then the translator, whose answers are checked; no other texts.

Where answers are missing or unsound, and asking for less may help, what failed is asked for again by halves, within a
number of calls: a model that loses one text of thirty gives the other twenty-nine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from siseon.applications.translation.checks import clean, fault
from siseon.applications.translation.contracts import WhyNot
from siseon.applications.translation.translators.cache import Cache, Key
from siseon.applications.translation.translators.glossary import Glossary
from siseon.applications.translation.translators.translator import (
    Piece,
    ReplyUnusable,
    Translator,
)
from siseon.contracts import FailureCode, TranslatorFailed
from siseon.engine import degrade

MOST_CALLS = 8
"""To a translator, for one picture."""
KEPT = 10_000
"""Texts in the cache: about 10 MB of signs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one text."""

    text: str | None
    why_not: WhyNot | None = None
    """Set where there is no text."""


UNSOUND: frozenset[WhyNot | None] = frozenset({"missing", "wrong_script", "runaway", "markup"})
"""What makes a result ``degraded``; an echo may be right: a name has no translation."""
UNTRANSLATED = Answer(None, "untranslated")


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one translator, or only the glossary."""

    translator: Translator | None
    cache: Cache = field(default_factory=lambda: Cache(KEPT))

    def knows(self, source: str, target: str) -> bool:
        """Whether there is somebody who translates from one language to another."""
        return self.translator is not None and self.translator.knows(source, target)

    def there(self) -> str:
        """What is translated here."""
        return "the glossary is all there is" if self.translator is None else self.translator.there()

    async def translate(self, pieces: Sequence[Piece], target: str, glossary: Glossary) -> list[Answer]:
        """One answer per piece. A translator that fails leaves ``untranslated`` ones, and the result ``degraded``."""
        answers = [_from_glossary(piece, glossary) for piece in pieces]
        open_ones = [number for number, answer in enumerate(answers) if answer is None]
        if self.translator is not None and open_ones:
            known = [number for number in open_ones if self.knows(pieces[number].source, target)]
            page = _Page(self.translator, self.cache, pieces, target, glossary)
            for number, answer in (await page.answers(known)).items():
                answers[number] = answer
        return [answer or UNTRANSLATED for answer in answers]


def _from_glossary(piece: Piece, glossary: Glossary) -> Answer | None:
    rendering = clean(glossary.whole(piece.text) or "")
    return Answer(rendering) if rendering else None


@dataclass(frozen=True, slots=True)
class _Page:
    """The texts of one picture."""

    translator: Translator
    cache: Cache
    pieces: Sequence[Piece]
    target: str
    glossary: Glossary

    async def answers(self, numbers: Sequence[int]) -> dict[int, Answer]:
        found = {number: Answer(text) for number in numbers if (text := self.cache.get(self._key(number)))}
        waiting = deque([[number for number in numbers if number not in found]])
        calls = 0
        while waiting and calls < MOST_CALLS:
            asked = waiting.popleft()
            if not asked:
                continue
            calls += 1
            try:
                texts = await self.translator.translate(
                    [self._told(number) for number in asked], self.target, self._terms(asked)
                )
            except ReplyUnusable as failed:
                texts = [None] * len(asked)
                if len(asked) == 1 or not self.translator.may_do_better or calls == MOST_CALLS:
                    degrade("translate", failed.code)
            except TranslatorFailed as failed:
                degrade("translate", failed.code)
                break
            found.update(self._checked(asked, texts))
            again = [number for number in asked if found[number].text is None]
            if self.translator.may_do_better and again and len(asked) > 1:
                half = -(-len(again) // 2)
                waiting += [again[:half], again[half:]]
        if any(answer.why_not in UNSOUND for answer in found.values()):
            degrade("translate", FailureCode.translator_failed)
        return found

    def _checked(self, numbers: Sequence[int], texts: Sequence[str | None]) -> dict[int, Answer]:
        checked = {}
        for number, text in zip(numbers, texts, strict=True):
            answer = None if text is None else clean(text)
            why_not = fault(self.pieces[number], answer, self.target)
            checked[number] = Answer(answer if why_not is None else None, why_not)
            if answer is not None and why_not is None:
                self.cache.put(self._key(number), answer)
        return checked

    def _told(self, number: int) -> Piece:
        """What the translator gets: one that is told the terms beside the texts, or with the terms in them."""
        piece = self.pieces[number]
        if self.translator.takes_terms:
            return piece
        return Piece(self.glossary.put_into(piece.text), piece.source, piece.at_most)

    def _terms(self, numbers: Sequence[int]) -> dict[str, str]:
        return {
            term: rendering
            for number in numbers
            for term, rendering in self.glossary.within(self.pieces[number].text).items()
        }

    def _key(self, number: int) -> Key:
        piece = self.pieces[number]
        terms = tuple(self.glossary.within(piece.text).items())
        return Key(self.translator.name, piece.source, self.target, piece.text, terms)
