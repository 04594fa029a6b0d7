"""The typed client: its types are those of the service, it compiles, and its examples run against a real service."""

from __future__ import annotations

import asyncio
import fcntl
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from PIL import Image as Picture

from openapi import left_open
from services import Start, start
from siseon.applications.oilspill.position.photo.blocks import XMP_START
from siseon.hosting import Host
from siseon.jobs.process import work
from siseon.settings import Settings

__all__ = ["start"]

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "typescript"
PATIENCE_S = 120
XMP = """<x:xmpmeta><rdf:Description drone-dji:RelativeAltitude="+120.0" drone-dji:GpsLatitude="{latitude}"
 drone-dji:GpsLongitude="11.6402" drone-dji:GimbalPitchDegree="-90.0" drone-dji:GimbalYawDegree="0.0"
 drone-dji:GimbalRollDegree="0.0" drone-dji:FlightYawDegree="0.0"/></x:xmpmeta>"""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node: apt install nodejs npm")
    if not (CLIENT / "node_modules" / "typescript").is_dir():
        pytest.skip("its packages are not installed: npm install --prefix clients/typescript")
    return found


@pytest.fixture(scope="module")
def built(node: str) -> Iterator[Path]:
    """The compiled client with its examples, that of its README among them."""
    (snippet,) = re.findall(r"```ts\n(.*?)```", (CLIENT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    with (CLIENT / "tsconfig.json").open() as held:  # tests of another process have the same folder
        fcntl.flock(held, fcntl.LOCK_EX)
        (CLIENT / "test" / "readme.ts").write_text(snippet, encoding="utf-8")
        done = subprocess.run(
            [node, CLIENT / "node_modules" / "typescript" / "bin" / "tsc", "--project", CLIENT],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        fcntl.flock(held, fcntl.LOCK_SH)
        yield CLIENT / "dist"


async def run(node: str, *words: str | Path, **variables: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a script."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node,
        *words,
        stdout=pipe,
        stderr=pipe,
        cwd=ROOT,
        env={**os.environ, "NODE_NO_WARNINGS": "1", **variables},
    )
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def test_the_committed_types_are_those_of_the_service(node: str, tmp_path: Path) -> None:
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    document, _, making = package["scripts"]["generate"].partition(" | ")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SISEON_")}
    said = subprocess.run(document.split(), env=environment, cwd=tmp_path, capture_output=True, check=True)
    assert left_open(json.loads(said.stdout)) == [], "by any application"
    _, script, _ = making.split()
    subprocess.run([node, CLIENT / script, tmp_path / "made.ts"], input=said.stdout, check=True)
    made = (tmp_path / "made.ts").read_text(encoding="utf-8")
    committed = (CLIENT / "src" / "generated.ts").read_text(encoding="utf-8")
    assert made == committed, "npm run generate --prefix clients/typescript"


def test_its_packages_are_pinned_exactly_and_no_lock_file_is_beside_them() -> None:
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(part.isdigit() for version in versions.values() for part in version.split(".")), versions
    assert not (CLIENT / "package-lock.json").exists()


async def test_a_flight_goes_as_a_job_and_its_map_comes_back(
    node: str, built: Path, start: Start, tmp_path: Path, test_data: Path
) -> None:
    settings = Settings(port=0, cache_dir=tmp_path / "cache", pipelines={"text": {}, "oilspill": {}})
    flight = tmp_path / "flight"
    flight.mkdir()
    for number in range(2):
        photo = test_data / "aerial-dev" / "oil" / "oil_001.jpg"
        (flight / f"DJI_{number}.JPG").write_bytes(placed(photo, latitude=57.6921 + number / 1000))
    (flight / "DJI_2.JPG").write_bytes(b"\xff\xd8 damaged")
    service = await start(Host(settings))
    address = str(service.base_url)
    stop, ready = asyncio.Event(), asyncio.Event()
    only = settings.model_copy(update={"pipelines": {"oilspill": {}}})
    working = asyncio.create_task(work(Host(only), 2, stop, ready.set))
    try:
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        code, out, err = await run(node, built / "examples" / "flight.js", address, flight, tmp_path / "out")
    finally:
        stop.set()
        await working
    assert code == 0, err
    assert "DJI_2.JPG: corrupt_image" in out
    assert "done: 2 done, 1 failed" in out
    assert "DJI_1.JPG: oil" in out
    slicks = json.loads((tmp_path / "out" / "flight.geojson").read_text(encoding="utf-8"))["features"]
    assert slicks
    assert {"flight.gpkg", "flight.html", "flight-frames.csv"} <= {
        file.name for file in (tmp_path / "out").iterdir()
    }

    pictures = built / "examples" / "pictures.js"
    code, out, err = await run(node, pictures, address, "text", ROOT / "examples" / "sign.png")
    assert (code, "Opening hours" in out) == (0, True), err
    code, _, err = await run(node, pictures, address, "text", CLIENT / "package.json")
    assert (code, err.partition(":")[0]) == (1, "unsupported_media")
    code, _, err = await run(node, pictures, address, "gauges", ROOT / "examples" / "sign.png")
    assert (code, err.partition(":")[0]) == (1, "pipeline_not_found")

    code, out, err = await run(node, built / "test" / "readme.js", SISEON_URL=address)
    assert (code, "Opening hours" in out, "[ 'text', 'oilspill' ]" in out) == (0, True, True), err
    assert out.splitlines()[-1].startswith("unsupported_media")


def placed(path: Path, latitude: float) -> bytes:
    """The photo as a drone straight above the sea would have written it."""
    exif = Picture.Exif()
    exif.get_ifd(0x8769).update({0x9000: b"0232", 0xA405: 24})  # EXIF 2.32, a lens of 24 mm
    out = io.BytesIO()
    with Picture.open(path) as photo:
        photo.convert("RGB").save(out, "JPEG", exif=exif, quality=92)
    segment = XMP_START + XMP.format(latitude=latitude).encode()
    plain = out.getvalue()
    return plain[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]


async def test_who_follows_a_job_goes_on_where_a_connection_broke(node: str, built: Path) -> None:
    heads: list[str] = []
    answers = [
        stream(event(1, "queued"), event(2, "started"), event(3, "item_done")[:-20]),
        problem(503, code="shutting_down", detail="it ends", hint=None, retryable=True),
        stream(event(3, "item_done"), event(4, "result")),
    ]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):  # of one opened for nothing
            heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
            writer.write(answers[len(heads) - 1])
            await writer.drain()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        code, out, err = await run(node, built / "test" / "follow.js", f"http://127.0.0.1:{port}", "j")
    assert (code, out.splitlines()) == (0, ["1 queued", "2 started", "3 item_done", "4 result"]), err
    assert ["last-event-id: 2" in head for head in heads] == [False, True, True]


def event(number: int, kind: str) -> bytes:
    data = json.dumps({"job": "j", "id": number, "kind": kind})
    return f"id: {number}\nevent: {kind}\ndata: {data}\n\n".encode()


def stream(*parts: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + b"".join(
        parts
    )


def problem(status: int, **said: object) -> bytes:
    head = f"HTTP/1.1 {status} \r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n"
    return head.encode() + json.dumps(said).encode()
