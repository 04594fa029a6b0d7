"""The picture that is handed out: the file that came, with what changed in it; its own bytes where nothing did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from siseon.applications.translation.paste import Change, Pasted, paste
from siseon.applications.translation.render import Rendered
from siseon.contracts import Encoded, Image
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode
from siseon.media.formats import sniff

NAME = "translated"
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be written."""

    original: Encoded | None
    """The bytes that came; None for pixels."""
    image: Image
    rendered: Rendered | None
    """None: nothing was changed."""


class Write(Stage[Made, Pasted]):
    """Pixels to a file."""

    name = "write"

    def __init__(self, bounds: MediaBounds) -> None:
        self.bounds = bounds
        self.replicas = cores()

    def process(self, batch: Sequence[Made]) -> Sequence[Pasted]:
        """A JPEG where one came; else a PNG."""
        return [written(one, self.bounds) for one in batch]


def written(one: Made, bounds: MediaBounds) -> Pasted:
    """One picture as a file. Blocks."""
    if one.original is None:
        image = one.image if one.rendered is None else Image.from_array(one.rendered.pixels)
        return _exact(encode(image, "png"), ".png")
    if one.rendered is not None:
        change = Change(one.rendered.pixels, one.rendered.changed, one.rendered.letters)
        return paste(one.original, one.image, change, bounds=bounds)
    suffix = SUFFIXES.get(sniff(one.original.data))
    if suffix is None:
        return _exact(encode(one.image, "png"), ".png")
    return _exact(one.original.data, suffix)


def _exact(data: bytes, suffix: str) -> Pasted:
    return Pasted(Encoded(data, NAME + suffix), off=0, mean_off=0.0)
