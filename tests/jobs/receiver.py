"""A receiver of webhooks, as what a ``Site`` of ``media.loopback`` says first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from media.loopback import status


@dataclass
class Receiver:
    """Keeps the headers and bodies that were posted."""

    answer: bytes = status("204 No Content")
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            key.lower(): value for key, _, value in (line.partition(": ") for line in lines[1:] if line)
        }
        self.headers.append(headers)
        self.bodies.append(await reader.readexactly(int(headers["content-length"])))
        writer.write(self.answer)
