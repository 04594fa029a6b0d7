"""What a request to a pipeline needs, whatever route it came by: its picture, its time, a run, and an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from fastapi import Request, Response

from siseon.applications.options import Choices
from siseon.contracts import Encoded, InputError, Result
from siseon.hosting.deadline import Allowance
from siseon.hosting.drawing import Draw, Drawing
from siseon.hosting.host import Host
from siseon.media.fetch import Fetcher
from siseon.media.names import UPLOAD_NAME
from siseon.service.answers import PictureForm, answer, media_type, wanted
from siseon.service.batches import Item
from siseon.service.hangup import while_connected
from siseon.service.tracing import TIMEOUT_HEADER, allowed_seconds
from siseon.service.uploads import Source, bounded, only, read_picture, read_pictures

MAGIC: dict[PictureForm, bytes] = {"jpeg": b"\xff\xd8", "png": b"\x89PNG"}
"""How files of these forms begin."""


class Runner:
    """What a request to a pipeline needs, whatever route it came by."""

    def __init__(self, host: Host, fetcher: Fetcher, draw: Draw) -> None:
        self.host = host
        self.fetcher = fetcher
        self.draw = draw

    def allowance(self, request: Request) -> Allowance:
        """The time that the request has since it came in."""
        seconds = allowed_seconds(request.headers, self.host.settings.request_timeout_s)
        return Allowance(seconds, request.state.trace.start)

    async def picture(self, source: Source, allowance: Allowance) -> Encoded:
        """The picture itself, fetched if it is a URL."""
        if isinstance(source, Encoded):
            return source
        if isinstance(source, InputError):
            raise source
        async with allowance.spent_on("fetch"):
            return bounded(await self.fetcher.fetch(source), self.host.settings.max_upload_bytes)

    async def one(
        self,
        request: Request,
        name: str,
        choices: Choices | None = None,
        *,
        read: Callable[[Request, int], Awaitable[Source]] = read_picture,
        formats: Sequence[str] | None = None,
        told: Callable[[Result[Any]], bytes] = Result.to_json,
    ) -> Response:
        """Read the request's picture, run the pipeline, answer in the form that the client wants.

        ``formats``: the only ones that the picture may have; ``told``: how a result becomes JSON.
        """
        form = wanted(request.headers)
        allowance = self.allowance(request)
        async with allowance.spent_on("upload"):
            source = await read(request, self.host.settings.max_upload_bytes)
        trace = request.state.trace

        async def work() -> bytes:
            picture = await self.picture(source, allowance)
            if formats is not None:
                picture = only(formats, picture)
            result = await self.host[name].run(
                picture,
                trace=trace,
                timeout=allowance.left(),
                choices=choices,
                untold=TIMEOUT_HEADER not in request.headers,
                client=request.state.client,
            )
            if form == "json":
                return told(result)
            return await self.drawn(name, picture, result, form, allowance)

        return answer(await while_connected(request, work()), trace, media_type(form))

    async def drawn(
        self, name: str, picture: Encoded, result: Result[Any], form: PictureForm, allowance: Allowance
    ) -> bytes:
        """The picture with what was found, encoded; the one that the application made, where it is of that form."""
        made = self.host[name].application.made
        for file in () if made is None else made(result.data):
            if file.data.startswith(MAGIC[form]):
                return file.data
        drawing = Drawing(picture, result.data, self.host[name].application.draw, form)
        (body,) = await self.draw.map([drawing], timeout=allowance.left())
        return body

    async def items(self, request: Request, name: str, choices: Choices | None = None) -> list[Item]:
        """The batch's pictures as work that has not begun."""
        settings = self.host.settings
        seconds = allowed_seconds(request.headers, settings.request_timeout_s)
        async with self.allowance(request).spent_on("upload"):
            sources = await read_pictures(request, settings.max_upload_bytes, settings.batch_items)

        async def run(source: Source, item: Item) -> Result[Any]:
            allowance = Allowance(seconds)  # each picture has the time of a request, from its own start
            picture = await self.picture(source, allowance)
            timeout = allowance.left()
            return await self.host[name].run(
                picture,
                trace=item.trace,
                timeout=timeout,
                choices=choices,
                client=request.state.client,
            )

        return [Item(index, _name(source), partial(run, source)) for index, source in enumerate(sources)]


def _name(source: Source) -> str:
    if isinstance(source, InputError):
        return UPLOAD_NAME
    return source if isinstance(source, str) else source.name
