"""What may be set of the reading of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from siseon.applications.options import Choices, OrNone, Share, Words
from siseon.applications.text.tesseract import PACKS


class TextChoices(Choices):
    """What one request may choose."""

    min_score: Share = 0.65
    """Lines below are returned as unread, without a guess."""
    # On the test pictures every reading between 0.5, the field's usual bound, and this was wrong but one.


class TextOptions(TextChoices):
    """All that may be set."""

    detector: str = "ppocr-v6-det"
    """Name of a card with the `db` decoder."""
    recognizer: str = "ppocr-v6-rec"
    """Name of a card with the `ctc` decoder."""
    orientation: Annotated[str | None, OrNone] = None
    """`ppocr-v2-orientation` turns upside-down lines."""
    other_scripts: Words = ("auto",)
    """Tesseract's language packs that read lines in scripts that the recogniser does not know: `auto` takes those that
    are installed, with `siseon[tesseract]`; `kor,rus` takes these, and does not start without them; `none` none."""
    short_side: Annotated[int, Field(ge=32, le=8192)] = 736
    """Pixels to which the short side of smaller pictures is scaled up for the detector; its authors run it with 736,
    less is faster and loses small print."""
    max_enlargement: Annotated[float, Field(ge=1, le=64)] = 4.0
    """Times that a small picture is scaled up at most: beyond, nothing more is read."""
    max_side: Annotated[int, Field(ge=32, le=32768)] = 2000
    """Pixels that no side exceeds for the detector, so that a strip is not scaled up to more than any page; lines are
    read at full size."""

    @field_validator("other_scripts")
    @classmethod
    def _packs(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if words in (("auto",), ("none",)) or (words and PACKS.keys() >= set(words)):
            return words
        raise ValueError(f"auto, none, or some of {', '.join(PACKS)}")


DEFAULTS = TextOptions()
