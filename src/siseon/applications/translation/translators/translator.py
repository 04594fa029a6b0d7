"""What a translator is to the rest of the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from siseon.contracts import TranslatorFailed


@dataclass(frozen=True, slots=True)
class Piece:
    """One text to translate."""

    text: str
    source: str
    """ISO 639-1."""
    at_most: int
    """Characters that have room where it stands: a wish to a translator, a bound for the check of its answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One text for one pair of languages, as a translator that is a stage takes it."""

    text: str
    source: str
    target: str


class ReplyUnusable(TranslatorFailed):
    """What it answered is not what was asked for: it may do better with fewer texts."""


class Translator(Protocol):
    """Answers are a stranger's: bounded by whoever receives them, and checked by ``translators.asking``."""

    @property
    def name(self) -> str:
        """What results say of who translated."""
        ...

    @property
    def may_do_better(self) -> bool:
        """Whether asking again, for fewer texts, may give another answer."""
        ...

    @property
    def takes_terms(self) -> bool:
        """Whether it heeds ``terms``; others get texts with the renderings put in."""
        ...

    def knows(self, source: str, target: str) -> bool:
        """Whether it translates from one language to another; asked once the pipeline has started."""
        ...

    def there(self) -> str:
        """What it translates here, and how it could more: for a person whose text it does not."""
        ...

    async def translate(
        self, pieces: Sequence[Piece], target: str, terms: Mapping[str, str]
    ) -> list[str | None]:
        """One answer per piece, in order; None where it is missing.

        The pieces are of one picture, in reading order, and so each other's context. ``terms``: how words of the
        originals are to be rendered.

        Raises:
            TranslatorFailed: nothing was answered.
        """
        ...
