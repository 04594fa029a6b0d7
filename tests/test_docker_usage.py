"""The page about containers, as far as it can be checked without an engine: nothing that it names is missing."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.routing import Match
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.hosting import Host
from siseon.service.app import create_app
from siseon.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "DOCKER_USAGE.md").read_text(encoding="utf-8")


def commands(program: str) -> list[list[str]]:
    """The words of each line of the page that calls a program."""
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)).splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith(f"{program} ")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As the first command of the page writes it."""
    monkeypatch.chdir(tmp_path)
    (words,) = commands("siseon")
    assert words[1] == "plant"
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    return tmp_path / words[1]


def test_compose_has_every_service_and_profile_that_the_page_calls(folder: Path) -> None:
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    called = commands("docker")
    assert {words[-1] for words in called} >= {"worker-gpu", "worker"}
    for words in called:
        assert words[:3] == ["compose", "--project-directory", "plant"]
        profiles = [after for word, after in pairwise(words) if word == "--profile"]
        for name in (word for word in words[3:] if word.startswith(("siseon", "worker"))):
            assert services[name].get("profiles", []) == profiles


def test_what_the_page_copies_is_written_and_what_it_mounts_is_mounted(folder: Path) -> None:
    (words,) = commands("cp")
    assert (folder.parent / words[0]).is_file()
    text = (folder / "compose.yaml").read_text(encoding="utf-8")
    for inside in re.findall(r"^\| `(/\w+)` \|", PAGE, flags=re.MULTILINE):
        assert f":{inside}" in text
    assert commands("pip")[0][1:] == ["--no-deps", "--wheel-dir", "plant", "."]


def test_the_service_has_every_address_of_the_page(tmp_path: Path) -> None:
    host = Host(Settings(pipelines={"oilspill": {}}, cache_dir=tmp_path))
    routes = create_app(host).routes
    for words in commands("curl"):
        method = "POST" if {"-X", "-F"} & set(words) else "GET"
        (address,) = [word for word in words if word.startswith("localhost:8000/")]
        scope = {"type": "http", "method": method, "path": address.removeprefix("localhost:8000")}
        assert any(route.matches(scope)[0] is Match.FULL for route in routes), words
