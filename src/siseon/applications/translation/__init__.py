"""Translate the text in a picture; see README.md in this folder."""

from siseon.applications.application import Application
from siseon.applications.translation.by_hand import edited
from siseon.applications.translation.contracts import Style, TextRegion, TranslationResult
from siseon.applications.translation.evaluate import EVALUATION
from siseon.applications.translation.options import TranslationChoices, TranslationOptions
from siseon.applications.translation.pipeline import Translation
from siseon.applications.translation.show import count, draw, made, text

APPLICATION = Application(
    kind=Translation,
    options=TranslationOptions,
    choices=TranslationChoices,
    result=TranslationResult,
    summary="Translate the text in pictures: erased where it stood, set anew in its place.",
    draw=draw,
    text=text,
    count=count,
    nothing="nothing translated",
    made=made,
    edit=edited,
    evaluate=EVALUATION,
)

__all__ = [
    "APPLICATION",
    "Style",
    "TextRegion",
    "Translation",
    "TranslationChoices",
    "TranslationOptions",
    "TranslationResult",
]
