"""The page that takes the token: guessing gets nowhere, and what it says stays text."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr
from starlette.requests import Request

from siseon.console.session import Sessions
from siseon.console.sign_in import WRONG_A_MINUTE, SignIn

TOKEN = "a token of enough characters"


def sent(token: str, **headers: str) -> Request:
    body = urlencode({"token": token}).encode()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/console/sign-in",
        "query_string": b"",
        "headers": raw,
    }
    return Request({**scope, "scheme": "http", "server": ("localhost", 80)}, receive)


async def test_after_too_many_wrong_tokens_a_minute_has_to_pass(tmp_path: Path) -> None:
    now = [0.0]
    sign_in = SignIn(Sessions(SecretStr(TOKEN), tmp_path), lambda: now[0])
    tried = await asyncio.gather(*(sign_in(sent("another token")) for _ in range(WRONG_A_MINUTE + 5)))
    assert [each.status_code for each in tried] == [401] * WRONG_A_MINUTE + [429] * 5
    assert (await sign_in(sent(TOKEN))).status_code == 429
    now[0] = 61.0
    assert (await sign_in(sent(TOKEN))).status_code == 303


async def test_what_is_too_long_or_no_text_is_a_wrong_token(tmp_path: Path) -> None:
    sign_in = SignIn(Sessions(SecretStr(TOKEN), tmp_path))
    assert (await sign_in(sent("x" * 10_000))).status_code == 401
    answer = await sign_in(sent('"><script>', accept_language="ko"))
    assert answer.status_code == 401
    assert b"<script" not in answer.body
    assert b'lang="ko"' in answer.body


async def test_the_cookie_is_for_encrypted_connections_where_there_is_one(tmp_path: Path) -> None:
    sign_in = SignIn(Sessions(SecretStr(TOKEN), tmp_path))
    plain = (await sign_in(sent(TOKEN))).headers["set-cookie"]
    behind = (await sign_in(sent(TOKEN, x_forwarded_proto="https"))).headers["set-cookie"]
    assert "Secure" not in plain
    assert "Secure" in behind
    for cookie in (plain, behind):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/console/" in cookie
