"""The console before the service, on one port: which of the two a request is for, and who may come in to the console.

What is not below ``/console`` goes to the service untouched, with its own rules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.console.guard import SAFE, check_origin, session_of
from siseon.console.lasting import while_signed_in
from siseon.console.paths import API, BASE, EARLIER, HOME, SIGN_IN, SIGN_OUT, STATIC
from siseon.console.policy import Policy
from siseon.console.preferences import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    THEME_COOKIE,
    THEMES,
    Preferences,
)
from siseon.console.session import Sessions
from siseon.console.sign_in import SignIn, sign_out
from siseon.console.uploads import UPLOADS, Uploads
from siseon.contracts import FailureCode, InputError, SiseonError

TAKEN = {("POST", f"{API}/v1/jobs"), ("POST", f"{API}/v1/models")}
"""Videos and networks are too large for a page to pass on; where they come from was checked before."""
A_YEAR_S = 365 * 24 * 3600

AS_THE_BROWSER = Preferences()
preferences_now: ContextVar[Preferences] = ContextVar("preferences", default=AS_THE_BROWSER)
"""Of the request that is being answered."""


class Door:
    """ASGI: the console, and the service behind it."""

    def __init__(
        self,
        service: ASGIApp,
        lifespan: ASGIApp,
        pages: ASGIApp,
        static: ASGIApp,
        forward: ASGIApp,
        uploads: Uploads,
        sessions: Sessions,
    ) -> None:
        """``lifespan`` starts and stops both."""
        self._service = service
        self._lifespan = lifespan
        self._pages = pages
        self._static = static
        self._forward = forward
        self._uploads = uploads
        self._sessions = sessions
        self._sign_in = SignIn(sessions)
        self._console = Policy(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["path"].startswith(HOME):
            await self._console(scope, receive, send)
        elif (
            scope["type"] == "http"
            and scope["method"] in SAFE
            and (scope["path"] == BASE or scope["path"] in EARLIER)
        ):
            target = EARLIER.get(scope["path"], HOME)
            await RedirectResponse(target, 307)(scope, receive, send)
        else:
            await self._service(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        try:
            check_origin(headers, scope.get("method", "WEBSOCKET"), self._sessions)
            if path.startswith(f"{STATIC}/"):
                await self._static(scope, receive, send)
            elif scope["type"] == "http" and path == SIGN_IN and self._sessions.needed:
                await self._told(self._sign_in, scope, receive, send)
            elif not self._sessions.opens(session := session_of(headers)):
                await _send_away(scope, receive, send)
            elif self._sessions.needed:
                over = partial(self._sessions.over, session)
                await while_signed_in(self._inside, scope, receive, send, over)
            else:
                await self._inside(scope, receive, send)
        except SiseonError as refused:
            await problem(refused)(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """For those who have signed in."""
        headers, path = Headers(scope=scope), scope["path"]
        is_http = scope["type"] == "http"
        if is_http and path == SIGN_OUT and scope["method"] == "POST":
            await self._sessions.end(session_of(headers))
            await sign_out(Request(scope))(scope, receive, send)
        elif is_http and path == f"{BASE}/choose":
            await choose(scope)(scope, receive, send)
        elif is_http and path.startswith(f"{UPLOADS}/"):
            await self._told(self._uploads.answer, scope, receive, send)
        elif path.startswith(f"{API}/"):
            if is_http and (scope["method"], path) not in TAKEN and scope["method"] not in SAFE:
                raise InputError(
                    "below /console/api is what is looked at, and new jobs and models",
                    code=FailureCode.method_not_allowed,
                    hint="send what changes something to the service itself, with its token",
                )
            await self._forward(scope, receive, send)
        else:
            preferences_now.set(Preferences.of(headers))
            # NiceGUI knows no HEAD: the page is made all the same, and the server leaves its body out.
            method = {"method": "GET"} if scope.get("method") == "HEAD" else {}
            await self._pages({**scope, **method}, receive, send)

    @staticmethod
    async def _told(
        page: Callable[[Request], Awaitable[Response]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        try:
            response = await page(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)


def choose(scope: Scope) -> Response:
    """Keep a language or a theme, and go back."""
    asked = QueryParams(scope["query_string"])
    answer = RedirectResponse(_within(asked.get("back", "")), 303)
    for name, cookie, known in (
        ("language", LANGUAGE_COOKIE, LANGUAGES),
        ("theme", THEME_COOKIE, THEMES),
    ):
        if asked.get(name) in known:
            answer.set_cookie(cookie, asked[name], max_age=A_YEAR_S, path=HOME, samesite="strict")
    return answer


def _within(back: str) -> str:
    """The path of an address of the console, or its first page."""
    try:
        parts = urlsplit(back)
    except ValueError:
        return HOME
    return parts.path if not parts.netloc and parts.path.startswith(HOME) else HOME


def problem(refused: SiseonError) -> Response:
    """A failure before any page, as the service would tell it."""
    failure = refused.failure()
    return JSONResponse(
        {
            "type": f"/v1/failures#{failure.code}",
            "title": failure.code.replace("_", " "),
            "status": failure.code.http_status,
            "detail": failure.message,
            "code": failure.code,
            "stage": None,
            "hint": failure.hint,
            "retryable": failure.retryable,
            "trace_id": None,
        },
        failure.code.http_status,
        media_type="application/problem+json",
    )


async def _send_away(scope: Scope, receive: Receive, send: Send) -> None:
    """To the page that takes the token; what is no page is refused."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if scope["type"] == "http" and scope["method"] in SAFE and wants_page:
        await RedirectResponse(SIGN_IN, 303)(scope, receive, send)
        return
    raise InputError("nobody has signed in", code=FailureCode.unauthorized, hint=f"open {SIGN_IN}")
