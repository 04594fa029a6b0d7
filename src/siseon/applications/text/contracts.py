"""What a reading of a picture answers, as it goes over the wire."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PositiveInt

from siseon.applications.text.refusals import Reason
from siseon.contracts.wire import Ring, Score


class Ruby(BaseModel):
    """Small phonetic letters beside a line, which tell how it is pronounced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Ring
    text: str | None
    """None: it is too small to be read with confidence."""
    score: Score


class Line(BaseModel):
    """One line that was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Ring
    """Clockwise from the text's own top left."""
    text: str
    score: Score
    """Mean confidence of the characters."""
    reader: str | None = None
    """Name of the model that read it; None: nobody says."""
    ruby: tuple[Ruby, ...] = ()
    """Beside it, in no order; no lines of their own."""


class UnreadLine(BaseModel):
    """A place where text seems to stand that could not be read with confidence. Its text is not guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygon: Ring
    score: Score
    """Mean confidence of what was refused; high where only a stop or a look-alike was recognised."""
    reason: Reason
    """``low_confidence``: blurred, small or cut; ``unknown_script``: most of it is not a character of the ``scripts``
    that the recogniser knows, be it another script or no writing at all; ``ambiguous_script``: all its letters are in
    two scripts (KACCA is a Latin and a Cyrillic word), and nothing tells which one it is."""


class TextResult(BaseModel):
    """The text of one picture, in reading order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    lines: tuple[Line, ...]
    unread: tuple[UnreadLine, ...]
    scripts: tuple[str, ...]
    """Scripts that the recogniser knows."""

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(line.text for line in self.lines)
