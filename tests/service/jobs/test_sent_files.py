"""Files of jobs on their way out."""

from __future__ import annotations

import json
from pathlib import Path

from services import served
from siseon.hosting import Host
from siseon.jobs.artifacts import Artifacts
from siseon.settings import Settings

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"


async def test_a_file_that_is_removed_between_its_size_and_its_bytes_is_refused_by_name(
    tmp_path, monkeypatch, caplog
):
    size = Artifacts.size

    def size_at_last(artifacts: Artifacts, name: str) -> int:
        found = size(artifacts, name)
        artifacts.delete([name])
        return found

    async with served(Host(Settings(port=0, pipelines={"text": {}}, cache_dir=tmp_path))) as client:
        job = {"job": json.dumps({"application": "text"})}
        files = [("files", ("sign.png", SIGN.read_bytes()))]
        assert (await client.post("/v1/jobs", data=job, files=files)).status_code == 202
        folder = tmp_path / "artifacts"
        (kept,) = [each for each in folder.rglob("*") if each.is_file()]
        path = f"/v1/artifacts/{kept.relative_to(folder).as_posix()}"
        assert (await client.get(path)).content == SIGN.read_bytes()
        monkeypatch.setattr(Artifacts, "size", size_at_last)
        gone = await client.get(path)
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
        assert gone.json()["hint"]
        assert "Traceback" not in caplog.text
