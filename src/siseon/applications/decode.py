"""The first stage of every application on still images: an upload becomes an image, or a named failure."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.contracts import Encoded, Image
from siseon.engine import Stage, warn
from siseon.engine.machine import cores
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.decode import decode

ANONYMOUS = "anonymous"
"""The ``image_id`` of an image without a name."""


class Decode(Stage[Encoded, Image]):
    """Decode uploads within bounds that are read from their headers first.

    The image keeps the upload's name as its ``source``. Failures are those of ``siseon.media.decode``:
    ``empty_upload``, ``unsupported_media``, ``corrupt_image``, ``image_too_large``.
    """

    name = "decode"

    def __init__(self, *, bounds: MediaBounds = DEFAULT_BOUNDS, max_side: int | None = None) -> None:
        """``bounds``: what is accepted; ``max_side``: see ``siseon.media.decode``, None for full size."""
        self.bounds = bounds
        self.max_side = max_side
        self.replicas = cores()

    def process(self, batch: Sequence[Encoded]) -> Sequence[Image]:
        """Decode each upload."""
        return [
            decode(upload.data, source=upload.name, bounds=self.bounds, max_side=self.max_side)
            for upload in batch
        ]

    async def open(self, item: Encoded | Image) -> Image:
        """How every ``run`` begins: the image of an upload, or the one that came; its notes go to the answer."""
        image = item if isinstance(item, Image) else await self(item)
        for note in image.notes:
            warn(note)
        return image
