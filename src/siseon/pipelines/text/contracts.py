"""What a reading of a picture answers, as it goes over the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

Point = tuple[float, float]
Ring = Annotated[tuple[Point, ...], Field(min_length=4)]
"""A closed ring in pixels of the original picture: the first point stands again at the end."""
Score = Annotated[float, Field(ge=0.0, le=1.0)]


class Line(BaseModel):
    """One line that was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Ring
    """Clockwise from the text's own top left."""
    text: str
    score: Score
    """Mean confidence of the characters."""


class UnreadLine(BaseModel):
    """A place where text stands that could not be read with confidence. Its text is not guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Ring
    score: Score
    reason: Literal["low_confidence", "unknown_script"]


class TextResult(BaseModel):
    """The text of one picture, in reading order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    lines: tuple[Line, ...]
    unread: tuple[UnreadLine, ...]
    """Blurred, cut, or in a script that the recogniser does not know (see ``scripts``)."""
    scripts: tuple[str, ...]
    """Scripts that the recogniser knows."""

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(line.text for line in self.lines)
