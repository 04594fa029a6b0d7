"""What a browser may do with a page of the console: load and talk to this address only.

``unsafe-eval`` is NiceGUI's need: Vue compiles templates in the browser, and events come as functions in text. Inline
scripts are those of the page itself, which carry a number of their own (a nonce) that no injected one can know.
``unsafe-inline`` of styles is a need of Quasar and ECharts, which position with style attributes.

What the service itself answers may be anybody's file (an artifact, say): opened as a page it stands in a sandbox, where
nothing runs and nothing of this address can be reached.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from siseon.console.paths import API

SCRIPT = re.compile(rb"<script(?=[\s>])")
SANDBOX = (
    "sandbox allow-downloads; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
"""For what comes from the service."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


def content_policy(nonce: str | None = None) -> str:
    """The header's value; ``nonce``: of the inline scripts of a page, none may run without."""
    scripts = "'self' 'unsafe-eval'" + (f" 'nonce-{nonce}'" if nonce else "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Policy:
    """Puts the headers on every answer, and the nonce on the scripts of a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        foreign = scope["path"].startswith(f"{API}/")
        nonce = secrets.token_urlsafe(16)
        head: Message | None = None
        page: list[bytes] = []

        async def guarded(message: Message) -> None:
            nonlocal head
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = not foreign and headers.get("content-type", "").startswith("text/html")
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Content-Security-Policy"] = (
                    SANDBOX if foreign else content_policy(nonce if is_page else None)
                )
                if not is_page:
                    await send(message)
                    return
                headers["Cache-Control"] = "no-store"
                head = message
            elif head is not None and message["type"] == "http.response.body":
                page.append(message.get("body", b""))
                if not message.get("more_body", False):
                    body = SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', b"".join(page))
                    MutableHeaders(scope=head)["Content-Length"] = str(len(body))
                    await send(head)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self.app(scope, receive, guarded)
