"""Serves the review's pictures to services that take an address in place of a file."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from siseon.review.exchange import Upload

POLL_S = 0.05
"""Seconds within which the server hears that it is to stop."""


class FileServer:
    """HTTP on a free port of this machine while the block runs."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._files: dict[str, Upload] = {}
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_S,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def publish(self, name: str, upload: Upload) -> str:
        """The address of the upload from now on."""
        self._files[f"/{name}"] = upload
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/{name}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        files = self._files

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                upload = files.get(self.path)
                self.send_response(200 if upload else 404)
                self.send_header("Content-Type", upload.content_type if upload else "text/plain")
                self.send_header("Content-Length", str(len(upload.data) if upload else 0))
                self.end_headers()
                self.wfile.write(upload.data if upload else b"")

            def log_message(self, format: str, *args: object) -> None:
                """The review's own output is the only one."""

        return Handler
