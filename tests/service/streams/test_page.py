"""The commands of the page on streams, one after the other, against a camera on loopback."""

from __future__ import annotations

import asyncio
import re
import shlex
import signal
import sys
from pathlib import Path

from cli.test_gauges import words
from service.streams.conftest import BOUND_S, until_state
from service.streams.test_calibration import dial, gauges, site
from services import served
from siseon.applications.gauges.generated import Photo, calibration_of

__all__ = ["dial", "gauges", "site"]

PAGE = Path(__file__).parents[3] / "docs" / "streams.md"
SOURCE = "rtsp://USER:PASSWORD@192.168.1.20/sub"


async def calibrated(line: str, dial: Photo, folder: Path) -> None:
    """Run the command with the points that a person would be asked for."""
    points = words(calibration_of(dial))
    command = [sys.executable, "-m", *shlex.split(line, comments=True), *points]
    done = await asyncio.create_subprocess_exec(*command, cwd=folder)
    assert await done.wait() == 0


async def test_the_commands_of_the_page_work(gauges, site, dial, tmp_path):
    start, *lines = re.search(r"```sh\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1].strip().splitlines()
    assert start.split("#")[0].split() == ["siseon", "serve", "gauges"]
    async with asyncio.timeout(2 * BOUND_S), served(gauges()) as service:
        place = f"{service.base_url.host}:{service.base_url.port}"
        for line in lines:
            if line.startswith("siseon gauges calibrate"):
                await calibrated(line, dial, tmp_path)
                continue
            assert SOURCE in line or "-d '{\"name" not in line
            curl = shlex.split(line.replace("localhost:8000", place).replace(SOURCE, site.url("/camera")))
            asked = await asyncio.create_subprocess_exec(
                *curl, "--fail", "-sS", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
            )
            if "-N" in curl:  # it would go on for ever
                assert asked.stdout is not None
                await asked.stdout.readuntil(b"event: state\ndata: {")
                asked.terminate()
            await asked.communicate()
            assert asked.returncode == (-signal.SIGTERM if "-N" in curl else 0), line
            if "DELETE" not in curl:
                await until_state(service, "boiler", "live")
        assert (await service.get("/v1/streams")).json() == []
