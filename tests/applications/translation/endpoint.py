"""A real HTTP server on loopback that plays a translator, and says what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

from siseon.applications.translation.translators.exchange import Exchange
from siseon.applications.translation.translators.limit import Limit

KEY = "sk-not-to-be-told"


@dataclass
class Reply:
    """What is answered: a JSON value, or raw bytes."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Endpoint:
    """Its address, and the requests that came."""

    url: str
    asked: list[Any] = field(default_factory=list)
    authorization: list[str | None] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Set when the server may answer requests that it keeps waiting."""

    def exchange(self, *, timeout_s: float = 20.0, scheme: str = "Bearer") -> Exchange:
        return Exchange(self.url, {}, SecretStr(KEY), scheme, timeout_s, Limit(4, None), pause_s=0.0)


@contextmanager
def serving(answer: Callable[[Any, Endpoint], Reply]) -> Iterator[Endpoint]:
    """A server whose answer to each decoded request is what the function says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            endpoint.asked.append(body)
            endpoint.authorization.append(self.headers["authorization"])
            reply = answer(body, endpoint)
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"content-length": str(len(data)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the client has seen enough
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1/chat/completions")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def completion(translations: dict[int, str]) -> dict[str, Any]:
    """A chat completion whose content answers by the schema."""
    told = json.dumps(
        {"translations": [{"id": number, "text": text} for number, text in translations.items()]}
    )
    return {"choices": [{"message": {"role": "assistant", "content": told}}]}


def texts_of(body: Any) -> list[dict[str, Any]]:
    """The texts that a chat request asks for."""
    return json.loads(body["messages"][1]["content"])["texts"]
