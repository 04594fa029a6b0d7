"""The cookie that a token is exchanged for."""

from __future__ import annotations

import asyncio

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


async def test_who_signs_out_ends_the_session_wherever_it_is_open() -> None:
    sessions = Sessions(TOKEN)
    cookie, other = sessions.issue(), sessions.issue()
    open_by = [asyncio.create_task(sessions.over(each)) for each in (cookie, cookie, other)]
    await asyncio.sleep(0)
    sessions.end(cookie)
    await asyncio.gather(*open_by[:2])
    assert not sessions.opens(cookie)
    assert sessions.opens(other)
    assert not open_by[2].done()
    open_by[2].cancel()


async def test_a_session_is_over_when_it_has_lasted_its_time() -> None:
    now = [1000.0]
    sessions = Sessions(TOKEN, lambda: now[0])
    cookie = sessions.issue()
    now[0] += LASTS_S - 0.01
    waiting = asyncio.create_task(sessions.over(cookie))
    await asyncio.sleep(0)
    assert not waiting.done()
    now[0] += 1
    await waiting


def test_who_is_forgotten_after_signing_out_could_not_come_back_anyway() -> None:
    now = [1000.0]
    sessions = Sessions(TOKEN, lambda: now[0])
    first = sessions.issue()
    sessions.end(first)
    now[0] += LASTS_S
    sessions.end(sessions.issue())
    assert len(sessions._ended) == 1
    assert not sessions.opens(first)


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
