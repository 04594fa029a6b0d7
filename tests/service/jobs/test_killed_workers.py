"""A worker that is killed while it makes what there is to make of a video, and a video that breaks off."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs.passed import let_holds_end, let_leases_end
from services import Start
from siseon.hosting import Host
from siseon.settings import Settings

pytest.importorskip("trackers")

URL = "/v1/jobs"
PATIENCE_S = 120


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", port=0)


@pytest.fixture
async def service(settings: Settings, start: Start) -> httpx.AsyncClient:
    """It accepts jobs, and loads no model."""
    return await start(Host(settings.model_copy(update={"pipelines": {}})))


def worker(settings: Settings, model_path: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "siseon", "worker", "--applications", "people"]
    for option in ("pose=none", "faces=none"):
        words += ["--set", f"people.{option}"]
    variables = {"SISEON_CACHE_DIR": str(settings.cache_dir), "SISEON_MODEL_PATH": str(model_path)}
    return subprocess.Popen(words, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)


def children_of(process: int) -> set[int]:
    """Its processes, and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{process}/task").glob("*"):
        for child in (task / "children").read_text().split():
            found |= {int(child)} | children_of(int(child))
    return found


def lives(process: int) -> bool:
    return Path(f"/proc/{process}/fd").exists()


async def heard(service: httpx.AsyncClient, job: str, kind: str, after: int = 0) -> int:
    """The id of the next event of that kind."""
    headers = {"Last-Event-ID": str(after)}
    async with asyncio.timeout(PATIENCE_S):
        async with service.stream("GET", f"{URL}/{job}/events", headers=headers, timeout=PATIENCE_S) as told:
            number = after
            async for line in told.aiter_lines():
                if line.startswith("id: "):
                    number = int(line.removeprefix("id: "))
                if line == f"event: {kind}":
                    return number
    raise AssertionError(f"the job ended without {kind}")


async def posted(service: httpx.AsyncClient, name: str, clip: bytes) -> str:
    order = {"job": json.dumps({"application": "people"})}
    answer = await service.post(URL, data=order, files={"files": (name, clip)})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def made(service: httpx.AsyncClient, job: str, name: str) -> Any:
    answer = await service.get(f"{URL}/{job}/conclusion/{name}")
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="its processes are found in /proc")
@pytest.mark.timeout(400)
async def test_a_job_whose_workers_are_killed_ends_as_one_whose_are_not(service, settings, hug, model_path):
    clip = hug.read_bytes()
    job = await posted(service, "clip.mp4", clip)
    process = worker(settings, model_path)
    try:
        last = await heard(service, job, "concluding")
        async with asyncio.timeout(60):
            while not (left := children_of(process.pid)):  # it is told a moment before it begins
                await asyncio.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    async with asyncio.timeout(60):
        while any(map(lives, left)):
            await asyncio.sleep(0.05)
    let_leases_end(settings.jobs_database_url)
    let_holds_end(settings.jobs_database_url)
    process = worker(settings, model_path)
    try:
        await heard(service, job, "result", last)
        other = await posted(service, "clip.mp4", clip)
        await heard(service, other, "result")
    finally:
        process.terminate()
        assert process.wait(60) == 0
    standing = (await service.get(f"{URL}/{job}")).json()
    assert (standing["state"], standing["done"], standing["failed"]) == ("done", 1, 0)
    assert standing["conclusion"]["state"] == "done"
    for name in ("timeline.json", "action.log", "annotated.mp4"):
        assert await made(service, job, name) == await made(service, other, name), name
    folders = {path.name for path in (settings.cache_dir / "artifacts" / "out" / job).iterdir()}
    assert sum(name.startswith("end-") for name in folders) == 1  # of attempts that died nothing stays


@pytest.mark.timeout(240)
async def test_a_video_that_breaks_off_is_told_as_far_as_it_goes(
    service, settings, test_data, model_path, tmp_path
):
    whole = (test_data / "video-dev/arm_wrestling.mp4").read_bytes()
    cut = tmp_path / "whole.mkv"
    _copied(test_data / "video-dev/arm_wrestling.mp4", cut)
    data = cut.read_bytes()
    assert len(data) > len(whole) // 2
    job = await posted(service, "cut.mkv", data[: len(data) * 6 // 10])
    process = worker(settings, model_path)
    try:
        await heard(service, job, "result")
    finally:
        process.terminate()
        process.wait(60)
    standing = (await service.get(f"{URL}/{job}")).json()
    assert standing["done"] >= 1
    assert standing["conclusion"]["state"] == "done"
    timeline = json.loads(await made(service, job, "timeline.json"))
    reasons = {refusal["reason"] for refusal in timeline["refused"]}
    assert reasons, timeline["refused"]
    assert len(await made(service, job, "annotated.mp4")) > 1000


def _copied(source: Path, target: Path) -> None:
    """The same packets in Matroska, which can be read without its end."""
    import av

    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        stream = read.streams.video[0]
        copy = written.add_stream_from_template(stream)
        for packet in read.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                written.mux(packet)
