"""The page that takes the token: plain HTML without a script, since it is for those who are not known yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from time import monotonic
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from siseon.console.paths import HOME, SIGN_IN, STATIC
from siseon.console.preferences import Preferences
from siseon.console.session import COOKIE, LASTS_S, Sessions
from siseon.console.words import Words, words_of

MOST_BYTES = 4096
WRONG_A_MINUTE = 20
"""Wrong tokens of all clients together, beyond which a minute has to pass; whoever has signed in goes on."""
MINUTE_S = 60.0


class SignIn:
    """Takes the token and gives a session."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._wrong: list[float] = []

    async def __call__(self, request: Request) -> Response:
        """Show the page, or look at what it sent."""
        chosen = Preferences.of(request.headers)
        words = words_of(chosen.language)
        if request.method != "POST":
            return _page(chosen, words, "", 200)
        form = await _form(request)
        now = self._clock()
        self._wrong = [at for at in self._wrong if now - at < MINUTE_S]
        if len(self._wrong) >= WRONG_A_MINUTE:
            return _page(chosen, words, words.sign_in.too_many, 429)
        if not self._sessions.accepts(form.get("token", "").strip()):
            self._wrong.append(now)
            await asyncio.sleep(0.5)
            return _page(chosen, words, words.sign_in.wrong, 401)
        answer = RedirectResponse(HOME, 303)
        answer.set_cookie(
            COOKIE,
            await self._sessions.issue(),
            max_age=LASTS_S,
            path=HOME,
            secure=_is_encrypted(request),
            httponly=True,
            samesite="strict",
        )
        return answer


def sign_out(request: Request) -> Response:
    """Forget the session."""
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(COOKIE, path=HOME, secure=_is_encrypted(request), httponly=True, samesite="strict")
    return answer


def _is_encrypted(request: Request) -> bool:
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


async def _form(request: Request) -> dict[str, str]:
    """The fields of a short form; none of one that is too long or is not text."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return {}
    try:
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    except ValueError:
        return {}


def _page(chosen: Preferences, words: Words, said: str, status: int) -> Response:
    note = f'<p class="error-line" role="alert">{escape(said)}</p>' if said else ""
    return HTMLResponse(
        f"""<!doctype html>
<html lang="{chosen.language}" data-theme="{chosen.theme}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(words.sign_in.title)} · siseon</title>
<link rel="stylesheet" href="{STATIC}/console.css"><link rel="icon" href="{STATIC}/favicon.svg">
</head>
<body class="sign-in">
<main>
<h1><img src="{STATIC}/favicon.svg" alt="" width="28" height="28"> siseon</h1>
<form method="post" action="{SIGN_IN}" class="card">
<label for="token">{escape(words.sign_in.token)}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<p class="dim">{escape(words.sign_in.where)}</p>
{note}
<button type="submit" class="button primary">{escape(words.sign_in.go)}</button>
</form>
</main>
</body>
</html>""",
        status,
    )
