"""The picture that is handed out: the original's own bytes where nothing was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from siseon.applications.translation.render import Rendered
from siseon.contracts import Encoded, Image
from siseon.engine import Stage
from siseon.engine.machine import cores
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


class Write(Stage[Made, Encoded]):
    """Pixels to a file."""

    name = "write"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Made]) -> Sequence[Encoded]:
        """The original's bytes where nothing was changed and they are a JPEG or PNG; else a PNG."""
        return [_written(one) for one in batch]


def _written(one: Made) -> Encoded:
    if one.rendered is None and one.original is not None:
        suffix = SUFFIXES.get(sniff(one.original.data))
        if suffix is not None:
            return Encoded(one.original.data, NAME + suffix)
    image = one.image if one.rendered is None else Image.from_array(one.rendered.pixels)
    return Encoded(encode(image, "png"), NAME + ".png")
