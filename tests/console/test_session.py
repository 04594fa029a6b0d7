"""The cookie that a token is exchanged for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from siseon.console.session import LASTS_S, MOST_SIGNED_IN, Sessions
from siseon.contracts import FailureCode, InputError

TOKEN = SecretStr("a token of enough characters")


class Clock:
    """It says what it was set to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(TOKEN, tmp_path / "signed-in", clock)


async def test_a_session_opens_until_it_ends_and_no_other_service(
    sessions: Sessions, clock: Clock, tmp_path: Path
) -> None:
    cookie = await sessions.issue()
    assert sessions.opens(cookie)
    assert TOKEN.get_secret_value() not in cookie
    other = Sessions(SecretStr("another token of some length"), tmp_path / "signed-in", clock)
    assert not other.opens(cookie)
    clock.now += LASTS_S + 1
    assert not sessions.opens(cookie)


async def test_who_signs_out_ends_the_session_wherever_it_is_open(sessions: Sessions) -> None:
    cookie, other = await sessions.issue(), await sessions.issue()
    open_by = [asyncio.create_task(sessions.over(each)) for each in (cookie, cookie, other)]
    await asyncio.sleep(0)
    await sessions.end(cookie)
    await asyncio.gather(*open_by[:2])
    assert not sessions.opens(cookie)
    assert sessions.opens(other)
    assert not open_by[2].done()
    open_by[2].cancel()


async def test_a_session_is_over_when_it_has_lasted_its_time(sessions: Sessions, clock: Clock) -> None:
    cookie = await sessions.issue()
    clock.now += LASTS_S - 0.01
    waiting = asyncio.create_task(sessions.over(cookie))
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.now += 1
    await waiting


async def test_a_restart_forgets_neither_who_signed_out_nor_who_is_signed_in(
    sessions: Sessions, clock: Clock, tmp_path: Path
) -> None:
    left, stayed = await sessions.issue(), await sessions.issue()
    await sessions.end(left)
    again = Sessions(TOKEN, tmp_path / "signed-in", clock)
    assert not again.opens(left)
    assert again.opens(stayed)
    await again.end(stayed)
    assert not sessions.opens(stayed), "also in a service beside it"


async def test_a_clock_that_runs_ahead_and_is_put_back_brings_nobody_back(
    sessions: Sessions, clock: Clock
) -> None:
    left, stayed = await sessions.issue(), await sessions.issue()
    await sessions.end(left)
    clock.now += LASTS_S + 3600
    await sessions.end(await sessions.issue())
    clock.now -= LASTS_S + 3600
    assert not sessions.opens(left)
    assert not sessions.opens(stayed), "whose time was over once"


async def test_sessions_are_bounded_and_those_that_are_over_go(
    sessions: Sessions, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "signed-in"
    first = await sessions.issue()
    (folder / "not of ours").touch()
    for number in range(MOST_SIGNED_IN + 5):
        (folder / f"{int(clock.now) + LASTS_S + number}.x").touch()
    last = await sessions.issue()
    assert len(list(folder.iterdir())) == MOST_SIGNED_IN
    assert sessions.opens(last)
    assert not sessions.opens(first)
    clock.now += 2 * LASTS_S
    only = await sessions.issue()
    assert [each.name for each in folder.iterdir()] == [only.rpartition(".")[0]]


async def test_a_folder_among_the_files_shuts_nobody_out(sessions: Sessions, tmp_path: Path) -> None:
    (tmp_path / "signed-in" / "lost+found").mkdir(parents=True)
    assert sessions.opens(await sessions.issue())


async def test_where_nothing_can_be_written_nobody_signs_in_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="nobody can sign in") as refused:
        await Sessions(TOKEN, tmp_path / "file").issue()
    assert refused.value.failure().code == FailureCode.storage_failed


async def test_a_session_cannot_be_made_longer_nor_by_a_file(sessions: Sessions, tmp_path: Path) -> None:
    until, nonce, signed = (await sessions.issue()).split(".")
    longer = f"{int(until) + 1}.{nonce}"
    (tmp_path / "signed-in" / longer).touch()
    assert not sessions.opens(f"{longer}.{signed}")


@pytest.mark.parametrize(
    "cookie",
    ["", ".", "..", "x.y.z", "9" * 500, "9999999999.a.", "١٢٣.a.b", "9999999999..é", "9/../../x.y.z"],
)
def test_what_is_no_session_opens_nothing(sessions: Sessions, cookie: str) -> None:
    assert not sessions.opens(cookie)


def test_without_a_token_nobody_signs_in(tmp_path: Path) -> None:
    sessions = Sessions(None, tmp_path)
    assert sessions.opens("")
    assert not sessions.needed
    assert not sessions.accepts("")
