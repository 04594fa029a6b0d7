"""A picture that is to be drawn on: decoded once, for the pipeline and for the drawing."""

from __future__ import annotations

import asyncio

from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Source
from siseon.cli.run import Answer
from siseon.contracts import SiseonError
from siseon.engine import Flow
from siseon.media.decode import decode
from siseon.media.encode import encode


async def with_drawing(chain: Chosen, source: Source, flow: Flow, *, timeout: float | None) -> Answer:
    """The outcome of one input with its annotated picture; decoding, drawing and encoding run beside the loop."""
    picture = None
    try:
        picture = await source.read(chain.bounds)
        image = await asyncio.to_thread(decode, picture.data, source=picture.name, bounds=chain.bounds)
        result = await chain.pipeline(image, timeout=timeout, flow=flow)
        drawn = await asyncio.to_thread(lambda: encode(chain.application.draw(image, result.data), "jpeg"))
        return Answer(source.name, result, picture, drawn)
    except SiseonError as error:
        return Answer(source.name, error, picture)
