"""The cookie that a token is exchanged for."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from siseon.console.session import LASTS_S, Sessions

TOKEN = SecretStr("a token of enough characters")


def test_a_session_opens_until_it_ends_and_no_other_service() -> None:
    now = [1000.0]
    sessions = Sessions(TOKEN, lambda: now[0])
    cookie = sessions.issue()
    assert sessions.opens(cookie)
    assert TOKEN.get_secret_value() not in cookie
    assert not Sessions(SecretStr("another token of some length"), lambda: now[0]).opens(cookie)
    now[0] += LASTS_S + 1
    assert not sessions.opens(cookie)


def test_a_session_cannot_be_made_longer() -> None:
    sessions = Sessions(TOKEN)
    until, nonce, signed = sessions.issue().split(".")
    assert not sessions.opens(f"{int(until) + 1}.{nonce}.{signed}")


@pytest.mark.parametrize(
    "cookie", ["", ".", "..", "x.y.z", "9" * 500, "9999999999.a.", "١٢٣.a.b", "9999999999..é"]
)
def test_what_is_no_session_opens_nothing(cookie: str) -> None:
    assert not Sessions(TOKEN).opens(cookie)


def test_without_a_token_nobody_signs_in() -> None:
    sessions = Sessions(None)
    assert sessions.opens("")
    assert not sessions.needed
    assert not sessions.accepts("")
