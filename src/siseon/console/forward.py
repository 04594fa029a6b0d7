"""``/console/api/...``: what a page's own pictures, downloads, events and WebSockets need of the service.

A browser can give them no bearer token, but it sends the session's cookie: here the one becomes the other. It is the
service itself that answers, so streams flow as they do there; nothing is read or kept on the way.
"""

from __future__ import annotations

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.console.paths import API

NOT_PASSED_ON = frozenset({b"cookie", b"authorization"})


class Forward:
    """The service, for those who have signed in to the console."""

    def __init__(self, service: ASGIApp, token: SecretStr | None) -> None:
        self._service = service
        self._credential = (
            [] if token is None else [(b"authorization", b"Bearer " + token.get_secret_value().encode())]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        headers = [(name, value) for name, value in scope["headers"] if name not in NOT_PASSED_ON]
        path = scope["path"].removeprefix(API)
        raw = scope.get("raw_path")
        passed = {
            **scope,
            "path": path,
            "headers": headers + self._credential,
            "state": dict(scope.get("state", {})),
        }
        if raw is not None:
            passed["raw_path"] = raw.removeprefix(API.encode())
        await self._service(passed, receive, send)
