"""The first stage of every application on still images: what comes becomes an image, or a named failure."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.contracts import Encoded, Image
from siseon.engine import Stage, warn
from siseon.engine.machine import cores
from siseon.media.adopt import Picture, adopt
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.decode import decode

ANONYMOUS = "anonymous"
"""The ``image_id`` of an image without a name."""


class Decode(Stage[Picture, Image]):
    """Decode uploads within bounds that are read from their headers first; adopt arrays and PIL images.

    The image keeps the upload's name as its ``source``. Failures are those of ``siseon.media.decode`` and ``adopt``:
    ``empty_upload``, ``unsupported_media``, ``corrupt_image``, ``image_too_large``.
    """

    name = "decode"

    def __init__(self, *, bounds: MediaBounds = DEFAULT_BOUNDS, max_side: int | None = None) -> None:
        """``bounds``: what is accepted; ``max_side``: see ``siseon.media.decode``, None for full size."""
        self.bounds = bounds
        self.max_side = max_side
        self.replicas = cores()

    def process(self, batch: Sequence[Picture]) -> Sequence[Image]:
        """Decode or adopt each picture."""
        return [
            decode(item.data, source=item.name, bounds=self.bounds, max_side=self.max_side)
            if isinstance(item, Encoded)
            else adopt(item, bounds=self.bounds)
            for item in batch
        ]

    async def open(self, item: Picture) -> Image:
        """How every ``run`` begins: the image of what was given, or the one that came; its notes go to the answer."""
        image = item if isinstance(item, Image) else await self(item)
        for note in image.notes:
            warn(note)
        return image
