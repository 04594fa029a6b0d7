"""Translators that run on this machine, as stages: texts of all pictures that wait share their batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from siseon.applications.translation.translators.apertium import RunApertium
from siseon.applications.translation.translators.argos import RunArgos
from siseon.applications.translation.translators.translator import Asked, Piece
from siseon.contracts import TranslatorFailed


@dataclass(frozen=True, slots=True)
class Local:
    """A translator; ``run`` belongs to the pipeline, which starts it."""

    run: RunApertium | RunArgos
    may_do_better: bool = False
    takes_terms: bool = False
    """Terms are put into the texts before: these leave words that they do not know as they are."""

    @property
    def name(self) -> str:
        """The stage's."""
        return self.run.name

    def knows(self, source: str, target: str) -> bool:
        """Whether the pair is installed."""
        return self.run.knows(source, target)

    def there(self) -> str:
        """See ``Translator``."""
        return self.run.there()

    async def translate(
        self, pieces: Sequence[Piece], target: str, terms: Mapping[str, str]
    ) -> list[str | None]:
        """See ``Translator``."""
        asked = [Asked(piece.text, piece.source, target) for piece in pieces]
        outcomes = await self.run.map(asked, fallback=None)
        if all(outcome is None for outcome in outcomes):
            raise TranslatorFailed(f"{self.name} did not translate any of {len(pieces)} texts")
        return list(outcomes)
