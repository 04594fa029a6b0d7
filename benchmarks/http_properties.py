"""What an HTTP server does with clients that are slow, boundless, ambiguous or gone: each a probe over a bare socket.

A probe gets a server that was just started and answers the cell of a table. What is "not closed" was still open after
``WATCH_S``. Sizes double until one is refused, up to ``MOST`` bytes and ``MANY`` headers.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import repeat

import psutil
from serving.servers import Running

Probe = Callable[[Running], str]

HEAD = b"GET /headers HTTP/1.1\r\nHost: localhost\r\n"
UPLOAD = b"POST /headers HTTP/1.1\r\nHost: localhost\r\n"
LAST = b"Connection: close\r\n\r\n"
BEAT_S = 0.25
WATCH_S = 20.0
LEAST, MOST = 4 << 10, 16 << 20
FEW, MANY = 64, 1 << 20
ANSWER_S = 5.0
CROWD = 300
ENDED_S = 20.0


def connect(up: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", up.port), ANSWER_S)


def read(connection: socket.socket) -> bytes:
    """All that comes until the other side closes, or for ``ANSWER_S``."""
    pieces = []
    with suppress(OSError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def ask(up: Running, *pieces: bytes, half_close: bool = False) -> bytes:
    """The answer to a request."""
    with connect(up) as connection:
        with suppress(OSError):  # it may be refused before it was sent
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.02)  # in a packet of its own
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        return read(connection)


def status(answer: bytes) -> str:
    """Of the final answer, in words."""
    if answer.startswith(b"HTTP/1.1 100 "):
        answer = answer.partition(b"\r\n\r\n")[2]
    return answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/1.1 ") else "closed unanswered"


def closes_after(up: Running, opening: bytes, drops: Iterator[bytes]) -> str:
    """How a server ends a request that comes drop by drop."""
    with connect(up) as connection:
        connection.sendall(opening)
        connection.settimeout(BEAT_S)
        start = time.monotonic()
        while (seconds := time.monotonic() - start) < WATCH_S:
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                with suppress(OSError):  # told by the next ``recv``
                    connection.sendall(next(drops))
                continue
            except OSError:
                answer = b""
            return f"{status(answer)} after {seconds:.0f} s"
    return "**not closed**"


def silent(up: Running) -> str:
    return closes_after(up, b"", repeat(b""))


def slow_head(up: Running) -> str:
    return closes_after(up, HEAD + b"X: ", repeat(b"a"))


def slow_body(up: Running) -> str:
    return closes_after(up, UPLOAD + b"Content-Length: 1000\r\n\r\n", repeat(b"a"))


def largest(up: Running, request: Callable[[int], bytes]) -> str:
    """The first size that is not taken, and what becomes of it."""
    size = LEAST
    while size <= MOST:
        told = status(ask(up, request(size)))
        if told != "200":
            return f"{told} at {size >> 10} kB"
        size *= 2
    return f"**{MOST >> 20} MB taken**"


def one_header(up: Running) -> str:
    return largest(up, lambda size: HEAD + b"X: " + b"a" * size + b"\r\n" + LAST)


def many_headers(up: Running) -> str:
    count = FEW
    while count <= MANY:
        told = status(ask(up, HEAD + b"X: a\r\n" * count + LAST))
        if told != "200":
            return f"{told} at {count}"
        count *= 2
    return f"**{MANY:,} taken**"


def trailers(up: Running) -> str:
    head = UPLOAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n"
    return largest(up, lambda size: head + b"X: " + b"a" * size + b"\r\n\r\n")


def address(up: Running) -> str:
    return largest(up, lambda size: b"GET /" + b"a" * size + b" HTTP/1.1\r\nHost: localhost\r\n" + LAST)


def crowd(up: Running) -> str:
    """Connections that say nothing, then somebody who asks, and asks again."""
    with ExitStack() as stack:
        for _ in range(CROWD):
            with suppress(OSError):
                stack.enter_context(connect(up))
        start = time.monotonic()
        while time.monotonic() - start < WATCH_S:
            with suppress(OSError):
                if answer := ask(up, HEAD + LAST):
                    return f"{status(answer)} after {time.monotonic() - start:.0f} s"
    return f"**no answer in {WATCH_S:.0f} s**"


def two_hosts(up: Running) -> str:
    return refused(status(ask(up, HEAD + b"Host: other\r\n" + LAST)))


def no_host(up: Running) -> str:
    return refused(status(ask(up, b"GET / HTTP/1.1\r\n" + LAST)))


def refused(told: str) -> str:
    return "**taken**" if told == "200" else told


def trailer_as_header(up: Running) -> str:
    opening = UPLOAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n"
    answer = ask(up, opening, b"0\r\nX-Late: 1\r\n\r\n")
    return "**a header**" if b"x-late" in answer.lower() else f"not a header ({status(answer)})"


def half_closed(up: Running) -> str:
    answer = ask(up, b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n", half_close=True)
    return "its answer" if status(answer) == "200" else f"**{status(answer)}**"


def drain(up: Running) -> str:
    """SIGTERM while a request is at work, with an idle connection beside."""
    with connect(up), connect(up) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.3)
        start = time.monotonic()
        up.process.send_signal(signal.SIGTERM)
        answered = status(read(connection)) == "200"
        try:
            code = up.process.wait(ENDED_S)
        except psutil.TimeoutExpired:
            return f"{answered}, then **does not end**"
        how = "answered" if answered else "**unanswered**"
        return f"{how}, ended after {time.monotonic() - start:.1f} s with {code}"


PROBES: dict[str, Probe] = {
    "a connection that says nothing": silent,
    "headers, 4 bytes/s": slow_head,
    "a body, 4 bytes/s": slow_body,
    "one header of 4 kB and more": one_header,
    f"short headers, {FEW} and more": many_headers,
    "a trailer of 4 kB and more": trailers,
    "an address of 4 kB and more": address,
    f"{CROWD} silent connections to a process of 256 descriptors, then a request": crowd,
    "two Host headers": two_hosts,
    "no Host header": no_host,
    "a trailer in a chunked body": trailer_as_header,
    "a client that shuts its side down after its request gets": half_closed,
    "SIGTERM with a request of 1 s at work": drain,
}
