"""From an HTTP request to pictures: a multipart form, the bare bytes, or JSON with a URL or base64.

Everything is bounded before it is kept: the body while it arrives, the number of parts, the decoded base64.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Self, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from starlette.datastructures import Headers

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.faults import empty
from siseon.media.formats import sniff
from siseon.media.names import MAX_NAME, UPLOAD_NAME, plain_name
from siseon.service.forms import FORM, Part, parse_form
from siseon.service.parsing import beside, parse_json

BINARY_TYPES = ("application/octet-stream", "binary/octet-stream", "")
"""Declared types that say nothing; the magic bytes decide, as they do behind every ``image/*``."""
T = TypeVar("T")
FIELDS = 16
"""Parts of a form that are no files."""
LARGE_BYTES = 1 << 20
"""A form longer than this is taken apart in a thread: copying it would hold the event loop up."""


class Reference(BaseModel):
    """One picture as JSON states it."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        default=None, description="An http(s) address of a public server.", max_length=4096
    )
    base64: str | None = Field(default=None, description="The file, encoded.")
    name: str | None = Field(default=None, description="Becomes the image_id.", max_length=MAX_NAME)

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.url is None) == (self.base64 is None):
            raise ValueError("give either url or base64")
        return self


class References(BaseModel):
    """Pictures of a batch as JSON states them."""

    model_config = ConfigDict(extra="forbid")

    urls: list[Annotated[str, Field(max_length=4096)]] = Field(default_factory=list)
    items: list[Reference] = Field(default_factory=list)

    def all(self) -> list[Reference]:
        """URLs first, then items."""
        return [Reference(url=url) for url in self.urls] + self.items


ONE: TypeAdapter[Reference] = TypeAdapter(Reference)
MANY: TypeAdapter[References | list[str]] = TypeAdapter(References | list[str])

Source = Encoded | str | InputError
"""A picture, the URL of one, or why a batch's picture cannot be read."""


async def read_body(request: Request) -> bytes:
    """The whole body, which the gate has read and bounded.

    Raises:
        InputError: ``empty_upload``.
    """
    body = await request.body()
    if not body:
        raise InputError(
            "the request has no body",
            code=FailureCode.empty_upload,
            hint="send a picture: curl -F file=@photo.jpg",
        )
    return body


async def read_picture(request: Request, limit: int) -> Source:
    """The one picture of a request.

    Raises:
        InputError: no picture, several, or one that cannot be used.
    """
    kind = media_type_of(request.headers)
    body = await read_body(request)
    if kind == FORM:
        parts = await read_form(request.headers, body, files=1)
        files = [part for part in parts if part.name == "file" and part.filename is not None]
        if len(files) != 1:
            raise InputError("the form has no part file", hint="send one: curl -F file=@photo.jpg")
        refuse_unread(parts, files="file")
        return bounded(picture_of(files[0]), limit)
    if kind == "application/json":
        return await beside(len(body), _from_json, body, limit)
    check_type(kind)
    return bounded(Encoded(body, UPLOAD_NAME), limit)


async def read_pictures(request: Request, limit: int, count: int) -> list[Source]:
    """The pictures of a batch: files of a form with ``urls`` fields, or JSON.

    Raises:
        InputError: none, more than ``count``, or a request that cannot be read. A single bad picture is not a failure
            here: it fails when it runs.
    """
    kind = media_type_of(request.headers)
    body = await read_body(request)
    sources: list[Source]
    if kind == FORM:
        parts = await read_form(request.headers, body, files=count)
        refuse_unread(parts, files="files", fields=("urls",))
        sources = [
            *(picture_of(part) for part in parts if part.name == "files" and part.filename is not None),
            *(part.text for part in parts if part.name == "urls" and part.filename is None),
        ]
    elif kind == "application/json":
        sources = await beside(len(body), _many_from_json, body, limit, count)
    else:
        raise InputError(
            f"a batch is a form or JSON, not {kind or 'a body without a type'}",
            code=FailureCode.unsupported_media,
            hint='send {"urls": [...]}, or curl -F files=@a.jpg -F files=@b.jpg',
        )
    if not 0 < len(sources) <= count:
        raise InputError(f"the batch has {len(sources)} pictures", hint=f"send 1 to {count}")
    return sources


async def read_form(headers: Headers, body: bytes, *, files: int) -> list[Part]:
    """The parts of a form whose bytes are already here; a large one is taken apart beside the event loop.

    Raises:
        InputError: it is not a form, is damaged, or has more than ``files`` files.
    """
    cut = partial(parse_form, headers.get("content-type", ""), body, files=files, fields=FIELDS + files)
    return await asyncio.to_thread(cut) if len(body) > LARGE_BYTES else cut()


def refuse_unread(parts: Sequence[Part], *, files: str, fields: Sequence[str] = ()) -> None:
    """Refuse what nobody would read: a misspelt part must not pass for one that was heard.

    Args:
        parts: of a form.
        files: the name of parts that are files.
        fields: names of the others; one of them may come as a file too.

    Raises:
        InputError: there is another part.
    """
    for part in parts:
        if part.name in fields or (part.name == files and part.filename is not None):
            continue
        what = "field" if part.filename is None else "file"
        beside = f", and {', '.join(fields)} beside" if fields else ""
        raise InputError(
            f"the form has a {what} {part.name[:40]!r}, which nobody reads here",
            hint=f"send pictures as files named {files}{beside}: curl -F {files}=@photo.jpg",
        )


def picture_of(part: Part) -> Encoded:
    """The file of a form.

    Raises:
        InputError: its declared type is not a picture's.
    """
    check_type(part.media_type)
    return Encoded(part.data, plain_name(part.filename))


def _from_json(body: bytes, limit: int) -> Source:
    return from_reference(parse_json(body, ONE), limit)


def _many_from_json(body: bytes, limit: int, count: int) -> list[Source]:
    asked = parse_json(body, MANY)
    references = asked.all() if isinstance(asked, References) else [Reference(url=url) for url in asked]
    if len(references) > count:
        raise InputError(f"the batch has {len(references)} pictures", hint=f"send 1 to {count}")
    return [_one_of_many(reference, limit) for reference in references]


def from_reference(reference: Reference, limit: int) -> Source:
    """The URL, or the decoded picture.

    Raises:
        InputError: the base64 is damaged or too long.
    """
    if reference.url is not None:
        return reference.url
    return from_base64(reference.base64 or "", reference.name, limit)


def from_base64(text: str, name: str | None, limit: int) -> Encoded:
    """The picture in base64, perhaps as a ``data:`` URL.

    Raises:
        InputError: it is damaged or too long.
    """
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"base64: {error}", hint="encode the file's bytes, without line breaks") from None
    return bounded(Encoded(data, plain_name(name)), limit)


def _one_of_many(reference: Reference, limit: int) -> Source:
    """As ``from_reference``; what is wrong with one picture is kept for its own line of the answer."""
    try:
        return from_reference(reference, limit)
    except InputError as error:
        return error


def only(formats: Sequence[str], picture: Encoded) -> Encoded:
    """The picture, if its magic bytes are of one of the formats.

    Raises:
        InputError: ``unsupported_media``, ``empty_upload``.
    """
    if not picture.data:
        raise empty()
    kind = sniff(picture.data)
    if kind not in formats:
        raise InputError(
            f"unsupported: {picture.name} is {kind}",
            code=FailureCode.unsupported_media,
            hint=f"send {', '.join(formats)}",
            stage="decode",
        )
    return picture


def bounded(picture: Encoded, limit: int) -> Encoded:
    """The picture, unless it is longer than ``limit`` bytes."""
    if len(picture.data) > limit:
        raise _too_large(limit, f"{picture.name} has {len(picture.data)} bytes")
    return picture


def _too_large(limit: int, what: str) -> InputError:
    return InputError(
        f"{what}, the limit is {limit}",
        code=FailureCode.image_too_large,
        hint="send a smaller picture, or raise max_upload_bytes",
    )


def media_type_of(headers: Mapping[str, str] | Headers) -> str:
    """What a body is declared to be, without parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def check_type(kind: str) -> None:
    """Refuse a declared type that is not a picture's.

    Raises:
        InputError: ``unsupported_media``.
    """
    if kind in BINARY_TYPES or kind.startswith("image/"):
        return
    raise InputError(
        f"unsupported: a body of type {kind[:60]!r} is not a picture",
        code=FailureCode.unsupported_media,
        hint="send image/jpeg, image/png or image/webp; a form; or JSON with url or base64",
    )
