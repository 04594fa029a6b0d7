"""The commands of the page on streams, one after the other, against a camera on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from pathlib import Path

from service.streams.conftest import BOUND_S, until_state
from service.streams.test_calibration import dial, document, gauges, site
from services import served

__all__ = ["dial", "gauges", "site"]

PAGE = Path(__file__).parents[3] / "docs" / "streams.md"
SOURCE = "rtsp://USER:PASSWORD@192.168.1.20/sub"


async def test_the_commands_of_the_page_work(gauges, site, dial, tmp_path):
    start, *curls = re.search(r"```sh\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[1].strip().splitlines()
    assert start.split("#")[0].split() == ["siseon", "serve", "gauges"]
    (tmp_path / "boiler.json").write_text(json.dumps(document(dial)))
    async with asyncio.timeout(BOUND_S), served(gauges()) as service:
        place = f"{service.base_url.host}:{service.base_url.port}"
        for line in curls:
            assert SOURCE in line or "-d '{\"name" not in line
            words = shlex.split(line.replace("localhost:8000", place).replace(SOURCE, site.url("/camera")))
            if "-N" in words:
                words += ["--max-time", "1"]
            curl = await asyncio.create_subprocess_exec(
                *words, "--fail", "-sS", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
            )
            said, _ = await curl.communicate()
            assert curl.returncode == (28 if "-N" in words else 0), line
            if "-N" in words:
                assert b"event: state\ndata: {" in said
            if "DELETE" not in words:
                await until_state(service, "boiler", "live")
        assert (await service.get("/v1/streams")).json() == []
