"""Results drawn on their pictures, as a stage: beside the event loop, as many at once as there are cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from siseon.contracts import Encoded, Image
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.encode import encode


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to draw on, what was found in it, and how its application draws that."""

    picture: Encoded
    data: Any
    draw: Callable[[Image, Any], Image]
    format: Literal["jpeg", "png"]


class Draw(Stage[Drawing, bytes]):
    """Draw results on their pictures. Each is decoded once more: pixels are not kept for answers in JSON."""

    name = "draw"

    def __init__(self, bounds: MediaBounds) -> None:
        self.bounds = bounds
        self.replicas = cores()

    def process(self, batch: Sequence[Drawing]) -> Sequence[bytes]:
        """Decode, draw, encode."""
        return [
            encode(one.draw(decode(one.picture.data, bounds=self.bounds), one.data), one.format)
            for one in batch
        ]
