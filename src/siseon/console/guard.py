"""Who may ask for what of the console, before anything of it runs.

Without a token the console answers for this machine alone, under its own names: else a page of another site could give
itself a name that means this machine (DNS rebinding). What changes something, and every WebSocket, must come from a
page of this very address, which browsers tell; the cookie is not sent from elsewhere either (``SameSite=Strict``).
Another site may lead here by a link, but not load anything: each page that is made costs memory.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from siseon.console.session import COOKIE, Sessions
from siseon.contracts import FailureCode, InputError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(headers: Headers, method: str, sessions: Sessions) -> None:
    """Refuse what another site asks for, or asks in our name; ``method``: that of a request, or ``WEBSOCKET``.

    Raises:
        InputError: ``unauthorized`` or ``forbidden``.
    """
    asked = headers.get("host", "")
    if not sessions.needed and not _is_this_machine(f"//{asked}"):
        raise InputError(
            f"the request is for {asked[:80]!r}: this console answers for localhost only",
            code=FailureCode.unauthorized,
            hint="open http://localhost; to serve others set SISEON_TOKEN and SISEON_HOST",
        )
    if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
        raise InputError(
            "a page of another site asks: the console is for its own pages only",
            code=FailureCode.forbidden,
            hint="open the console itself; other programs call /v1 with the token",
        )
    origin = headers.get("origin")
    if method not in SAFE and (origin is None or _place(origin) != _place(f"//{asked}")):
        raise InputError(
            f"a page of {(origin or 'unknown origin')[:80]!r} asks: the console takes this from its own pages only",
            code=FailureCode.forbidden,
            hint="a proxy in front of it must leave the Host header as the browser sent it",
        )


def session_of(headers: Headers) -> str:
    """The cookie of who asks; empty: none came."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def _place(url: str) -> str:
    """Host and port as a URL says them: browsers leave out the usual port in both headers alike."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _is_this_machine(url: str) -> bool:
    try:
        name = (urlsplit(url).hostname or "").rstrip(".")
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
