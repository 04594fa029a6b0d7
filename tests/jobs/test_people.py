"""A video as a job: its workers are killed and it says the same; others read what it said without touching it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from siseon.applications.concluding import Answered
from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.conclude import conclude
from siseon.applications.people.contracts import ChunkSeen
from siseon.contracts import Encoded
from siseon.jobs import store
from siseon.jobs.answers import result_of
from siseon.jobs.concluding import conclusion
from siseon.jobs.opening import Opened, opened
from siseon.jobs.watch import Watch
from siseon.jobs.wire import EventKind, State
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video
from siseon.models import ModelManager
from siseon.settings import Settings

pytest.importorskip("trackers")
pytestmark = pytest.mark.timeout(400)  # the first makes workers begin, one after the other

OPTIONS = {"chunk_s": 2.0, "pose": None, "faces": None, "video": "none"}
CHUNKS = 5
KILLS = 3 if "SISEON_CHAOS" in os.environ else 2
ALLOWED_S = 150.0
WORKER = """
from functools import partial
from siseon.jobs import process
process.Worker = partial(process.Worker, lease_s=3.0)  # a dead one is known in seconds
from siseon.cli.app import app
app(["worker", "people", "--concurrency", "1"])
"""


@dataclass(frozen=True)
class Ran:
    """A job whose workers were killed."""

    settings: Settings
    id: str
    groups: list[int]
    """Process groups of its workers."""


@contextmanager
def _working(environment: dict[str, str], groups: list[int]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a group of its own, told to stop at the end."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, start_new_session=True)
    groups.append(worker.pid)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(60)


def _wait_for(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + ALLOWED_S
    while not ready():
        assert time.monotonic() < end, f"{what}: it did not come to that"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def clip(test_data: Path) -> Path:
    return test_data / "video-dev/arm_wrestling.mp4"


@pytest.fixture(scope="module")
def ran(model_path: Path, clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Ten seconds in five chunks; each of two workers (``SISEON_CHAOS=1``: three) is killed amid a chunk, another one
    ends what is left."""
    folder = tmp_path_factory.mktemp("job")
    said = {"SISEON_CACHE_DIR": str(folder), "SISEON_PIPELINES": json.dumps({"people": OPTIONS})}
    environment = {**os.environ, **said}
    words = [sys.executable, "-m", "siseon", "jobs", "submit", "people", str(clip)]
    told = subprocess.run(words, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    id_, groups = told.stdout.strip(), []
    settings = Settings(cache_dir=folder, pipelines={"people": OPTIONS})
    with opened(settings) as jobs:
        for kill in range(KILLS):
            with _working(environment, groups) as worker:
                _wait_for(lambda k=kill: _done(jobs, id_) > k and _running(jobs, id_), "the next chunk")
                worker.send_signal(signal.SIGKILL)
        with _working(environment, groups):
            _wait_for(lambda: store.job(jobs.database, id_).state.ended, "the end of the job")
    return Ran(settings, id_, groups)


def _done(jobs: Opened, id_: str) -> int:
    return store.job(jobs.database, id_).done


def _running(jobs: Opened, id_: str) -> bool:
    return bool(store.items(jobs.database, id_, state=State.running, limit=CHUNKS))


@pytest.fixture
def jobs(ran: Ran) -> Iterator[Opened]:
    with opened(ran.settings) as both:
        yield both


def test_a_job_whose_workers_were_killed_says_what_an_unbroken_run_says(
    ran: Ran, jobs: Opened, clip: Path, model_path: Path
) -> None:
    options = PeopleOptions.model_validate(OPTIONS)
    parts = parts_of(open_video(clip), options.chunk_s)

    async def unbroken() -> list[ChunkSeen]:
        async with People(ModelManager(search_path=[model_path]), options) as people:
            return [(await people(part)).data for part in parts]

    seen = asyncio.run(unbroken())
    answered = [
        Answered(part.fragment, one, lambda part=part: part) for part, one in zip(parts, seen, strict=True)
    ]
    whole = {one.name: one.data for one in conclude(options, answered) if isinstance(one, Encoded)}
    again = {one.name: one.path.read_bytes() for one in conclusion(jobs, ran.id)}

    assert len(seen) == CHUNKS
    assert json.loads(whole["timeline.json"])["people"]
    assert again["timeline.json"] == whole["timeline.json"]
    assert again["action.log"] == whole["action.log"]


def test_each_chunk_has_one_result_however_often_it_was_begun(ran: Ran, jobs: Opened) -> None:
    events = store.events(jobs.database, ran.id, limit=1000)
    done = [event.number for event in events if event.kind is EventKind.item_done]

    assert sorted(done) == list(range(CHUNKS))
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind is EventKind.result


def test_no_process_of_a_worker_is_left_whether_it_was_killed_or_told_to_stop(ran: Ran) -> None:
    assert len(ran.groups) == KILLS + 1
    for group in ran.groups:
        _wait_for(lambda group=group: _is_gone(group), "the end of a worker's last process")


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


class Processor:
    """Somebody's own feature: counts tracklets, in a database and from a place in the events of its own."""

    def __init__(self, path: Path) -> None:
        self.own = sqlite3.connect(path)
        self.own.execute(
            "CREATE TABLE IF NOT EXISTS seen (event INTEGER PRIMARY KEY, chunk INTEGER, tracklets INTEGER)"
        )

    def last(self) -> int:
        return self.own.execute("SELECT COALESCE(MAX(event), 0) FROM seen").fetchone()[0]

    async def follow(self, jobs: Opened, job: str, most: int | None = None) -> None:
        async with Watch(jobs.database) as watch:
            async for event in watch.follow(job, after=self.last()):
                if event.kind is EventKind.item_done and event.number is not None:
                    item = store.item(jobs.database, job, event.number)
                    seen = ChunkSeen.model_validate(json.loads(result_of(jobs.artifacts, item))["data"])
                    row = (event.id, seen.chunk, len(seen.tracklets))
                    self.own.execute("INSERT INTO seen VALUES (?, ?, ?)", row)
                    self.own.commit()
                    most = None if most is None else most - 1
                    if most == 0:
                        return

    def rows(self) -> list[tuple[int, int]]:
        return self.own.execute("SELECT chunk, tracklets FROM seen ORDER BY chunk").fetchall()


def test_a_new_processor_reads_a_job_that_is_over_and_touches_nobody(
    ran: Ran, jobs: Opened, tmp_path: Path
) -> None:
    def state() -> tuple[object, ...]:
        items = store.items(jobs.database, ran.id, limit=CHUNKS)
        return store.job(jobs.database, ran.id), items, store.events(jobs.database, ran.id, limit=1000)

    before = state()
    with ExitStack() as stack:
        first, late = Processor(tmp_path / "first.db"), Processor(tmp_path / "late.db")
        for one in (first, late):
            stack.callback(one.own.close)
        asyncio.run(first.follow(jobs, ran.id))
        asyncio.run(late.follow(jobs, ran.id, most=2))  # it is ended amid its work
        assert len(late.rows()) == 2
        asyncio.run(late.follow(jobs, ran.id))  # and goes on behind what it has written

        assert [chunk for chunk, _ in first.rows()] == list(range(CHUNKS))
        assert late.rows() == first.rows()
        assert sum(count for _, count in first.rows()) > 0
    assert state() == before
