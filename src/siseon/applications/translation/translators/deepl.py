"""A translator of DeepL's form: texts in, as many texts out, by language pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from siseon.applications.translation.translators.exchange import Exchange
from siseon.applications.translation.translators.translator import Piece, ReplyUnusable

MOST_TEXTS = 50
"""Of one request, as DeepL's reference says."""


class _Translation(BaseModel):
    model_config = ConfigDict(strict=True)

    text: str


class _Reply(BaseModel):
    translations: list[_Translation]


@dataclass(frozen=True, slots=True)
class DeepL:
    """The translator. Terms have been put into the texts before; the page goes along as context."""

    exchange: Exchange
    name: str = "deepl"
    may_do_better: bool = True
    takes_terms: bool = False

    def knows(self, source: str, target: str) -> bool:
        """It refuses the pairs that it does not know."""
        return True

    def there(self) -> str:
        """It is asked for all but those."""
        return "their language has to be known, or stated with source"

    async def translate(
        self, pieces: Sequence[Piece], target: str, terms: Mapping[str, str]
    ) -> list[str | None]:
        """One call per source language and 50 texts."""
        answers: list[str | None] = [None] * len(pieces)
        context = "\n".join(piece.text for piece in pieces)
        for source in dict.fromkeys(piece.source for piece in pieces):
            of_it = [number for number, piece in enumerate(pieces) if piece.source == source]
            for start in range(0, len(of_it), MOST_TEXTS):
                numbers = of_it[start : start + MOST_TEXTS]
                texts = await self._some([pieces[number].text for number in numbers], source, target, context)
                for number, text in zip(numbers, texts, strict=True):
                    answers[number] = text
        return answers

    async def _some(self, texts: list[str], source: str, target: str, context: str) -> list[str]:
        asked: list[JsonValue] = [*texts]
        body: JsonValue = {
            "text": asked,
            "source_lang": source.upper(),
            "target_lang": target.upper(),
            "context": context,
        }
        try:
            found = _Reply.model_validate(await self.exchange.ask(body)).translations
        except ValidationError:
            raise ReplyUnusable(f"{self.exchange.host} did not answer translations") from None
        if len(found) != len(texts):  # nobody knows which is whose
            raise ReplyUnusable(f"{self.exchange.host} answered {len(found)} texts for {len(texts)}")
        return [one.text for one in found]
