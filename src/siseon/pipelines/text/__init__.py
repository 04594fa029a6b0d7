"""Read the text in a picture; see README.md in this folder."""

from siseon.pipelines.text.contracts import Line, TextResult, UnreadLine
from siseon.pipelines.text.pipeline import Text

__all__ = ["Line", "Text", "TextResult", "UnreadLine"]
