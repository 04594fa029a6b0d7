"""One HTTP/1.1 connection: uvicorn's protocol over httptools, with bounds on all that comes before the application.

httptools sets none: a header of 400 MB is collected before anybody may look at it. Here a connection is bounded in

- *bytes*: of the address, of all headers, of trailers, of whatever the parser swallows without telling anything, and
  of an upload that goes on after it was refused;
- *time*: until a request's head is whole, while the client reads nothing of its answer, and after an answer that
  came before the upload was over;
- *meaning*: exactly one Host (RFC 9112, 3.2), and trailers never become headers (RFC 9110, 6.5.1);

and a client that shuts its side down after the request, as RFC 9112, 9.6 allows, gets its answer. One that is gone
altogether looks the same at first; a ``100 Continue`` tells them apart, since only a host that is gone answers it
with a reset.
"""

from __future__ import annotations

import asyncio
import select
import socket
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from siseon.contracts import FailureCode
from siseon.service.problems import plain_problem

if TYPE_CHECKING:
    from siseon.service.room import Room

MAX_URL = 8 << 10
MAX_HEAD = 32 << 10
"""Bytes of all headers together, and of what the parser may hold back."""
MAX_HEADERS = 100
HEAD_S = 10.0
"""Seconds from the first byte of a request, or from the connection, until its headers are whole."""
STALL_S = 30.0
"""Seconds in which a client that reads its answer must have taken something of it."""
NOT_SENT: int | None = getattr(socket, "TCP_NOTSENT_LOWAT", None)
MOST_NOT_SENT = 128 << 10
"""Bytes that the kernel holds back for a client who does not take them: else megabytes of live pictures would wait
there, and who watches a stream would see what was seconds ago."""
LINGER_S = 2.0
"""Seconds in which an upload that was refused may go on: a client that is still sending reads no answer."""
LINGER_BYTES = 256 << 20
"""What may come in them, to be thrown away: as much as a batch of pictures may have unless settings say otherwise, so
that one of twice that is told why. One without an end would have all that its network gives."""
PROBES_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""When to look, after the other side has shut down, whether it is gone: a round trip may take so long."""
GONE = select.POLLERR | select.POLLHUP if hasattr(select, "poll") else 0


class Refused(Exception):
    """Raised inside the parser: the request is not taken."""


class Connection(HttpToolsProtocol):
    """A connection in a ``Room``."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], room: Room
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._room = room
        self._in_head = False
        self._receiving = False
        """Whether the request's end has not come."""
        self._unseen = 0
        """Bytes since the parser last told something."""
        self._head_bytes = self._head_count = 0
        self._refusal: tuple[int, FailureCode, str] | None = None
        self._deaf = False
        """Nothing more is read: the connection ends with the answer under way."""
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._linger_timer: asyncio.TimerHandle | None = None
        self._thrown_away = 0
        """Bytes since the answer that came before the upload was over."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: its first request has to come soon."""
        super().connection_made(transport)
        if NOT_SENT is not None:
            door: socket.socket = transport.get_extra_info("socket")
            door.setsockopt(socket.IPPROTO_TCP, NOT_SENT, MOST_NOT_SENT)
        self._room.add(self)
        self._head_timer = self.loop.call_later(HEAD_S, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._stop(self._head_timer, self._stall_timer, self._linger_timer)
        super().connection_lost(exc)
        self._room.remove(self)

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        if self._deaf:
            return
        if self._head_timer is None and not self._receiving:
            self._head_timer = self.loop.call_later(HEAD_S, self._head_is_late)
        if self._linger_timer is not None:
            self._thrown_away += len(data)
            if self._thrown_away > LINGER_BYTES:
                self._deaf = True
                self.transport.close()
                return
        self._unseen += len(data)
        super().data_received(data)
        if self._unseen > MAX_HEAD and not self._deaf and not self.transport.is_closing():
            self._refusal = _too_long("the headers, or a chunk's extensions or trailers, are", MAX_HEAD)
            self.send_400_response("")

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more; whether the connection stays for the answer."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or self._receiving:
            return False
        cycle.keep_alive = False
        self._deaf = True
        if not cycle.response_started and cycle.scope["http_version"] == "1.1":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            for seconds in PROBES_S:
                self.loop.call_later(seconds, self._look_whether_gone)
        return True

    def _look_whether_gone(self) -> None:
        if self.transport.is_closing():
            return
        watch = select.poll()
        watch.register(self.transport.get_extra_info("socket").fileno(), 0)
        if any(event & GONE for _, event in watch.poll(0)):
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = self._receiving = True
        self._head_bytes = self._head_count = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        self._unseen = 0
        if len(self.url) > MAX_URL:
            self._refuse(414, "the address is", MAX_URL)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which is counted and forgotten."""
        self._unseen = 0
        self._head_count += 1
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > MAX_HEAD:
            self._refuse(431, "the headers are", MAX_HEAD)
        if self._head_count > MAX_HEADERS:
            self._refusal = (431, FailureCode.invalid_input, f"more than {MAX_HEADERS} headers")
            raise Refused
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the application is asked."""
        self._unseen = 0
        self._in_head = False
        self._stop(self._head_timer)
        self._head_timer = None
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            self._refusal = (400, FailureCode.invalid_input, f"a request has one Host, this one {hosts}")
            raise Refused
        self._room.busy(self)
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """A chunk begins."""
        self._unseen = 0

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._unseen = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come to its end."""
        self._unseen = 0
        self._receiving = False
        self._stop(self._linger_timer)
        self._linger_timer = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer has been written."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._receiving and not self._in_head:
            self._thrown_away = 0
            self._linger_timer = self.loop.call_later(LINGER_S, self.transport.close)
        elif not self.pipeline:
            self._room.idle(self)

    def handle_websocket_upgrade(self) -> None:
        """It becomes a WebSocket, which keeps its place in the room."""
        from siseon.service.websocket import Socket

        made = partial(Socket, stall_s=STALL_S, left=partial(self._room.remove, self))
        self.ws_protocol_class = made  # type: ignore[assignment]  # it is called, and nothing else
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is answered."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read something."""
        self._stop(self._stall_timer)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not a request, and end the connection; never in the middle of another answer."""
        self._deaf = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not self._receiving or self._in_head:  # garbage behind a request that is being answered
                cycle.keep_alive = False
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        status, code, text = self._refusal or (400, FailureCode.invalid_input, "this is no HTTP/1.1 request")
        body = plain_problem(status, code, text)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def evict(self) -> None:
        """Make room for another: this connection has no request."""
        self.transport.abort()

    def _refuse(self, status: int, what: str, most: int) -> None:
        self._refusal = (status, FailureCode.invalid_input, f"{what} longer than {most} bytes")
        raise Refused

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.transport.is_closing():
            return
        if self._in_head:
            text = f"the headers did not come within {HEAD_S:g} seconds"
            self._refusal = (408, FailureCode.deadline_exceeded, text)
            self.send_400_response("")
        else:
            self.transport.close()

    @staticmethod
    def _stop(*timers: asyncio.TimerHandle | None) -> None:
        for timer in timers:
            if timer is not None:
                timer.cancel()


def _too_long(what: str, most: int) -> tuple[int, FailureCode, str]:
    return 431, FailureCode.invalid_input, f"{what} longer than {most} bytes"
