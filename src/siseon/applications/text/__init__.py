"""Read the text in a picture; see README.md in this folder."""

from siseon.applications.application import Application
from siseon.applications.text.contracts import Line, Ruby, TextResult, UnreadLine
from siseon.applications.text.evaluate import EVALUATION, ScriptErrors, count_errors
from siseon.applications.text.options import TextChoices, TextOptions
from siseon.applications.text.pipeline import Text
from siseon.applications.text.refusals import Reading
from siseon.applications.text.show import count, draw, text
from siseon.applications.text.stages import RecognizeText

APPLICATION = Application(
    kind=Text,
    options=TextOptions,
    choices=TextChoices,
    result=TextResult,
    summary="Read the text in pictures, line by line, in reading order.",
    draw=draw,
    text=text,
    count=count,
    nothing="no text read",
    evaluate=EVALUATION,
)

__all__ = [
    "APPLICATION",
    "Line",
    "Reading",
    "RecognizeText",
    "Ruby",
    "ScriptErrors",
    "Text",
    "TextChoices",
    "TextOptions",
    "TextResult",
    "UnreadLine",
    "count_errors",
]
