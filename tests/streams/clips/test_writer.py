"""Clips that are written while the store is away, full, or gone for good: kept in the end, or failed with a reason."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from siseon.contracts import FailureCode, InputError
from siseon.hosting import Host
from siseon.jobs import engines
from siseon.jobs.database import Database
from siseon.streams.center import Center
from siseon.streams.clips import shelf, writer
from siseon.streams.clips.archive import Archive
from siseon.streams.clips.room import Room
from siseon.streams.clips.take import Clip, ClipState, Take
from siseon.streams.clips.writer import Writer
from streams.clips.films import BEGAN, frame, played

BOUND_S = 60


@pytest.fixture
def hosted(host: Callable[..., Host], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr(engines, "BUSY_S", 0.01)
    monkeypatch.setattr(writer, "AGAIN_S", 0.01)
    made = host(jobs_artifacts=str(tmp_path / "artifacts"))
    with Database(made.settings.jobs_database_url):
        return made


@asynccontextmanager
async def writing(hosted: Host) -> AsyncIterator[tuple[Writer, Archive]]:
    async with (
        asyncio.timeout(BOUND_S),
        Center(hosted) as center,
        Archive(center) as archive,
        Writer(archive) as made,
    ):
        yield made, archive


@contextmanager
def locked(hosted: Host) -> Iterator[None]:
    """Another process holds the database."""
    path = hosted.settings.jobs_database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def take(number: int = 1, pictures: int = 2, room: Room | None = None) -> Take:
    frames = [frame(at_s / 5) for at_s in range(pictures)]
    return Take(f"{number:013d}abcd", "gate", BEGAN, 0.0, 1.0, ["pressure"], frames, room or Room())


def over(made: Writer, *takes: Take) -> None:
    for one in takes:
        made.unwritten.take(one)
        made.write(one)


async def settled(made: Writer, state: ClipState, count: int = 1) -> list[Clip]:
    """When so many clips are told to be so."""
    while len(told := [clip for clip in made.unwritten.of("gate") if clip.state is state]) < count:
        await asyncio.sleep(0.01)
    return told


async def kept(archive: Archive, count: int = 1) -> list[Clip]:
    while len(found := await archive.of("gate", None, 100)) < count:
        await asyncio.sleep(0.01)
    return found


async def tried(made: Writer, count: int) -> None:
    """Until all that waits was refused so often."""
    while not made._waiting or min(one.tries for one in made._waiting.values()) < count:
        await asyncio.sleep(0.01)


async def test_a_database_that_is_held_for_a_while_loses_no_clip(hosted):
    async with writing(hosted) as (made, archive):
        with locked(hosted):
            takes = take(1), take(2)
            over(made, *takes)
            await tried(made, 2)
            told = await settled(made, ClipState.taking, 2)
            assert {clip.width for clip in told} == {64}
            assert [one.frames for one in takes] == [[], []]  # coded: the pictures themselves are not held
        found = await kept(archive, 2)
        _, pieces = await archive.video(found[0])
        assert played(b"".join(pieces))
        while made.unwritten.of("gate"):
            await asyncio.sleep(0.01)


async def test_what_is_given_up_says_why_and_leaves_no_video(hosted, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "TRIES", 2)
    async with writing(hosted) as (made, archive):
        with locked(hosted):
            over(made, take())
            (told,) = await settled(made, ClipState.failed)
        assert told.failure.code is FailureCode.store_unavailable
        assert "locked" in told.failure.message
        assert told.nbytes == 0
        # The row was refused, the video was not: it goes, with its folder.
        while any(
            name.endswith(".webm") for _, _, names in os.walk(tmp_path / "artifacts") for name in names
        ):
            await asyncio.sleep(0.01)
        monkeypatch.setattr(writer, "TRIES", 1000)
        over(made, take(2))  # the store is back
        assert [clip.id for clip in await kept(archive)] == [take(2).id]


async def test_a_place_without_room_is_tried_until_it_has_some(hosted, tmp_path):
    (tmp_path / "artifacts").write_text("a file where the folder is to be")
    async with writing(hosted) as (made, archive):
        over(made, take())
        await tried(made, 2)
        assert made._away.code is FailureCode.storage_failed
        (tmp_path / "artifacts").unlink()
        await kept(archive)


async def test_the_oldest_go_where_too_many_bytes_wait(hosted, monkeypatch):
    monkeypatch.setattr(writer, "AGAIN_S", 1000)
    async with writing(hosted) as (made, _):
        with locked(hosted):
            over(made, take(2))
            await tried(made, 1)
            (waiting,) = made._waiting.values()
            monkeypatch.setattr(writer, "WAITING_BYTES", int(2.5 * len(waiting.coded.data)))
            over(made, take(1), take(3))
            (told,) = await settled(made, ClipState.failed)
            assert told.id == take(1).id
            assert {clip.id for clip in await settled(made, ClipState.taking, 2)} == {take(2).id, take(3).id}


async def test_a_clip_without_a_picture_fails_and_says_so(hosted):
    async with writing(hosted) as (made, _):
        over(made, take(pictures=0))
        (told,) = await settled(made, ClipState.failed)
    assert told.failure.code is FailureCode.stream_not_live
    assert told.reasons == ("pressure",)


async def test_one_that_had_no_room_for_any_picture_says_that(hosted):
    async with writing(hosted) as (made, _):
        over(made, take(room=Room(1)))
        (told,) = await settled(made, ClipState.failed)
    assert told.failure.code is FailureCode.overloaded
    assert "not written yet" in told.failure.message


async def test_the_end_tries_once_more_what_waits(hosted, monkeypatch):
    monkeypatch.setattr(writer, "AGAIN_S", 1000)
    async with writing(hosted) as (made, _):
        with locked(hosted):
            over(made, take())
            await tried(made, 1)
    with Database(hosted.settings.jobs_database_url) as database:
        assert [clip.id for clip in shelf.kept(database, "gate")] == [take().id]


async def test_the_end_does_not_wait_for_a_store_that_is_away(hosted, tmp_path):
    with locked(hosted):
        async with writing(hosted) as (made, _):
            over(made, *map(take, range(3)))
        assert len(await settled(made, ClipState.failed, 3)) == 3
    assert not list((tmp_path / "artifacts").rglob("*.webm"))


async def test_one_that_the_store_never_takes_holds_up_no_other(hosted, monkeypatch):
    keep = Archive.keep

    async def refusing(self: Archive, coded: Any) -> None:
        if coded.clip.id == take(1).id:
            raise InputError("no room for it", code=FailureCode.storage_failed)
        await keep(self, coded)

    monkeypatch.setattr(Archive, "keep", refusing)
    async with writing(hosted) as (made, archive):
        over(made, take(1), take(2))
        assert [clip.id for clip in await kept(archive)] == [take(2).id]


async def test_a_clip_may_be_kept_again_where_the_answer_was_lost(hosted):
    async with writing(hosted) as (_, archive):
        coded = await archive.code(take())
        await archive.keep(coded)
        await archive.keep(coded)
        assert await archive.of("gate", None, 100) == [coded.clip]
