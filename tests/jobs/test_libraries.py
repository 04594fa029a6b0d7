"""siseon without the libraries for jobs: all the rest works, and what needs them names the command that gets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BLOCKED = "import sys; sys.modules.update(dict.fromkeys(('sqlalchemy', 'alembic', 'obstore')));"
COMMAND = "from siseon.cli import main; main()"
SERVICE = """
from starlette.testclient import TestClient
from siseon.hosting import Host
from siseon.service.app import create_app
from siseon.settings import Settings

with TestClient(create_app(Host(Settings().model_copy(update={"pipelines": {}}))), "http://localhost") as client:
    assert client.get("/readyz").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    for asked in ("GET /v1/jobs", "POST /v1/jobs", "GET /v1/jobs/x/events", "GET /v1/artifacts/x/y"):
        answer = client.request(*asked.split())
        assert (answer.status_code, answer.json()["code"]) == (501, "dependency_missing"), answer.text
        assert "siseon[jobs]" in answer.json()["hint"]
"""


def run(code: str, *words: str, cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED + code, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SISEON_CACHE_DIR": str(cache), "COLUMNS": "200"},
        timeout=120,
    )


@pytest.mark.parametrize("words", [["jobs", "list"], ["jobs", "submit", "text", "x.png"], ["worker"]])
def test_a_command_that_needs_them_says_so(words: list[str], tmp_path: Path) -> None:
    done = run(COMMAND, *words, cache=tmp_path)
    assert done.returncode == 1
    assert "pip install 'siseon[jobs]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_serves_and_says_so_where_it_is_asked_for_jobs(tmp_path: Path) -> None:
    done = run(SERVICE, cache=tmp_path)
    assert done.returncode == 0, done.stderr
