"""Results as pictures: drawn on their inputs, each decoded once for both, or made by the application itself."""

from __future__ import annotations

import asyncio

from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Source
from siseon.cli.run import Answer
from siseon.contracts import Encoded, SiseonError
from siseon.engine import Flow
from siseon.media.decode import decode
from siseon.media.encode import encode


async def with_drawing(chain: Chosen, source: Source, flow: Flow, *, timeout: float | None) -> Answer:
    """The outcome of one input with its picture; decoding, drawing and encoding run beside the loop."""
    picture = None
    made = chain.application.made
    try:
        picture = await source.read(chain.bounds)
        if made is not None:
            result = await chain.pipeline(picture, timeout=timeout, flow=flow)
            return Answer(source.name, result, picture, made(result.data))
        image = await asyncio.to_thread(decode, picture.data, source=picture.name, bounds=chain.bounds)
        result = await chain.pipeline(image, timeout=timeout, flow=flow)
        drawn = await asyncio.to_thread(lambda: encode(chain.application.draw(image, result.data), "jpeg"))
        return Answer(source.name, result, picture, (Encoded(drawn, "drawn.jpg"),))
    except SiseonError as error:
        return Answer(source.name, error, picture)
