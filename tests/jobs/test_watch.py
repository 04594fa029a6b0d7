"""Watchers: each event once, in order, whenever they come and wherever they go on."""

from __future__ import annotations

import asyncio
import threading

import pytest

from siseon.contracts import JobError
from siseon.jobs import store
from siseon.jobs.database import Database, DatabaseLost
from siseon.jobs.store import Done, Finished, NewJob
from siseon.jobs.watch import Watch


def work_off(database, count: int) -> None:
    store.register(database, "w", ["text"], 60.0)
    for _ in range(count):
        (item,) = store.claim(database, "w", ["text"], 1)
        store.finish(database, "w", [Finished(item.job, item.number, item.attempt, Done("1"))])


async def test_watchers_see_each_event_once_in_order_and_resume(database):
    job = store.submit(database, NewJob("text", ["a"] * 60), queue_items=100)
    async with Watch(database) as watch:

        async def follow(after: int, stop_at: int) -> list[int]:
            seen = []
            async for event in watch.follow(job.id, after=after):
                seen.append(event.id)
                if len(seen) == stop_at:
                    break
            return seen

        async with asyncio.TaskGroup() as group:
            whole = group.create_task(follow(0, 10**6))
            part = group.create_task(follow(0, 5))
            await asyncio.to_thread(work_off, database, 60)
        last = store.job(database, job.id).last_event
        assert whole.result() == list(range(1, last + 1))
        rest = await follow(part.result()[-1], 10**6)
    assert part.result() + rest == whole.result()


async def test_a_job_that_is_not_there_is_named_and_one_that_has_ended_is_told_at_once(database):
    job = store.submit(database, NewJob("text", ["a"]), queue_items=100)
    store.cancel(database, job.id)
    async with Watch(database) as watch:
        assert [event.kind.value async for event in watch.follow(job.id)] == ["queued", "cancelled"]
        assert [event async for event in watch.follow(job.id, after=2)] == []
        with pytest.raises(JobError):
            await anext(watch.follow("0" * 26))


class Slow(str):
    """The name of the job, as the slow watcher says it."""


async def test_what_wakes_one_watcher_is_not_lost_to_another_who_is_still_being_answered(
    database, monkeypatch
):
    answered, go_on, look = threading.Event(), threading.Event(), store.job

    def answer_late(database: Database, job: str) -> object:
        seen = look(database, job)
        if isinstance(job, Slow) and not answered.is_set():
            answered.set()
            assert go_on.wait(60)
        return seen

    async def follow(job: str) -> list[str]:
        return [event.kind.value async for event in watch.follow(job)]

    monkeypatch.setattr(store, "job", answer_late)
    job = store.submit(database, NewJob("text", ["a"]), queue_items=100)
    async with Watch(database) as watch:
        first = asyncio.create_task(follow(job.id))
        slow = asyncio.create_task(follow(Slow(job.id)))
        assert await asyncio.to_thread(answered.wait, 60)
        await asyncio.to_thread(store.cancel, database, job.id)
        assert await asyncio.wait_for(first, 60) == ["queued", "cancelled"]
        go_on.set()
        assert await asyncio.wait_for(slow, 60) == ["queued", "cancelled"]


async def test_a_job_that_is_followed_while_others_are_asked_for_is_not_taken_for_removed(
    database, monkeypatch
):
    asked, go_on, look = threading.Event(), threading.Event(), store.last_events

    def answer_late(database: Database, jobs: list[str]) -> object:
        if not asked.is_set():
            asked.set()
            assert go_on.wait(60)
        return look(database, jobs)

    monkeypatch.setattr(store, "last_events", answer_late)
    first, second = (store.submit(database, NewJob("text", ["a"]), queue_items=100).id for _ in range(2))
    async with Watch(database) as watch:
        early = watch.follow(first)
        await anext(early)
        assert await asyncio.to_thread(asked.wait, 60)
        late = watch.follow(second)
        await anext(late)
        go_on.set()
        while not watch._watched[first].newest:
            await asyncio.sleep(0.01)
        assert watch._watched[second].newest >= 0
        await early.aclose()
        await late.aclose()


async def test_watchers_of_a_database_that_was_removed_are_told(tmp_path):
    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:
        job = store.submit(database, NewJob("text", ["a"]), queue_items=100)
        async with Watch(database) as watch:
            events = watch.follow(job.id)
            await anext(events)
            waiting = asyncio.ensure_future(anext(events))
            (tmp_path / "jobs.db").unlink()
            with pytest.raises(DatabaseLost):
                await asyncio.wait_for(waiting, 60)
