"""Results as pictures: drawn on their inputs, each decoded once for both, or made by the application itself."""

from __future__ import annotations

import asyncio
from typing import Any

from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Source
from siseon.cli.run import Answer
from siseon.contracts import Encoded, Image, SiseonError
from siseon.engine import Flow
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.media.film.parts import VideoPart


async def with_drawing(chain: Chosen, source: Source, flow: Flow, *, timeout: float | None) -> Answer:
    """The outcome of one input with its picture; decoding, drawing and encoding run beside the loop."""
    picture = None
    made = chain.application.made
    try:
        picture = await source.read(chain.bounds)
        if isinstance(picture, VideoPart):  # all parts together are one video, which a conclusion may draw
            return Answer(source.name, await chain.pipeline(picture, timeout=timeout, flow=flow), picture)
        if made is not None:
            result = await chain.pipeline(picture, timeout=timeout, flow=flow)
            return Answer(source.name, result, picture, made(result.data))
        if chain.application.of_file:
            # It decodes the file for itself: no pixels are held for the drawing while it waits for its turn.
            result = await chain.pipeline(picture, timeout=timeout, flow=flow)
            image = await _decoded(chain, picture)
        else:
            image = await _decoded(chain, picture)
            result = await chain.pipeline(image, timeout=timeout, flow=flow)
        files = await asyncio.to_thread(_files, chain, image, result.data)
        return Answer(source.name, result, picture, files)
    except SiseonError as error:
        return Answer(source.name, error, picture)


async def _decoded(chain: Chosen, picture: Encoded) -> Image:
    return await asyncio.to_thread(decode, picture.data, source=picture.name, bounds=chain.bounds)


def _files(chain: Chosen, image: Image, data: Any) -> tuple[Encoded, ...]:
    """The picture with what was found, and what belongs to it. Blocks."""
    drawn = Encoded(encode(chain.application.draw(image, data), "jpeg"), "drawn.jpg")
    return (drawn, *(() if chain.application.beside is None else chain.application.beside(data)))
