"""The application that every HTTP server of the comparison serves: it reads a body and answers 1 kB of JSON.

On the standard library alone, so that it runs in an environment of its own beside each server. ``/headers`` answers
the names of the headers that it was given, once the body is over; ``/slow`` takes a second to answer.
As a script it is served as siseon serves its own: ``python http_app.py PORT LIMIT [DEADLINE]``.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

ANSWER_BYTES = 1000
SLOW_S = 1.0


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """One request, or the start and end of the server."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    if scope["path"] == "/slow":
        await asyncio.sleep(SLOW_S)
    seen = [name.decode() for name, _ in scope["headers"]] if scope["path"] == "/headers" else []
    answer = json.dumps({"length": length, "headers": seen}).encode().ljust(ANSWER_BYTES)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def lifespan(receive: Receive, send: Send) -> None:
    """Nothing to start and nothing to end."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


async def as_siseon(port: int, limit: int, deadline: float | None) -> None:
    """With siseon's connections, of which ``limit`` may be open, until SIGTERM.

    With a ``deadline``, in seconds, also with the part of its gate that reads bodies in time.
    """
    from siseon.service.room import Room
    from siseon.service.server import Server

    door = socket.create_server(("127.0.0.1", port), backlog=2048)
    server = Server(app if deadline is None else in_time(deadline), Room(limit))

    def end() -> None:
        server.should_exit = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[]))
        await server.up.wait()
        server.listen(door)


def in_time(deadline: float) -> App:
    """The application, on bodies that siseon's gate has read: within the deadline, or 504."""
    from starlette.datastructures import Headers

    from siseon.contracts import SiseonError
    from siseon.engine import Trace
    from siseon.hosting.deadline import Allowance
    from siseon.service.bodies import Bodies
    from siseon.service.problems import problem
    from siseon.settings import Settings

    bodies = Bodies(Settings())

    async def gated(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        try:
            async with bodies.read(receive, headers, scope["method"], path, Allowance(deadline)) as whole:
                await app(scope, whole, send)
        except SiseonError as refused:
            await problem(refused, Trace(), path)(scope, receive, send)

    return gated


def main() -> None:
    import uvloop

    port, limit, *deadline = map(int, sys.argv[1:])
    uvloop.run(as_siseon(port, limit, deadline[0] if deadline else None))


if __name__ == "__main__":
    main()
