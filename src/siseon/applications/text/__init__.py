"""Read the text in a picture; see README.md in this folder."""

from siseon.applications.text.contracts import Line, TextResult, UnreadLine
from siseon.applications.text.pipeline import Text

__all__ = ["Line", "Text", "TextResult", "UnreadLine"]
