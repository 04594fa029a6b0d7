"""``siseon init`` writes a deployment that runs, row E19."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from siseon.cli.app import app

ROOT = Path(__file__).parents[2]
SECRET = ("siseon.toml", "streams.sh")
OTHERS = ("siseon.service", "compose.yaml", "Dockerfile", ".dockerignore", ".env.example")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "plant"
    done = CliRunner().invoke(app, ["init", str(made)])
    assert done.exit_code == 0, done.stderr
    assert f"cd {made} && siseon serve" in done.stderr.replace("\n", "")
    assert "streams_allow" in done.stderr
    return made


@contextmanager
def running(folder: Path, **more: str) -> Iterator[str]:
    """``siseon serve`` as the folder's owner starts it, at a free port."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SISEON_")}
    environment = {**own, **more, "SISEON_PORT": "0"}
    command = [sys.executable, "-m", "siseon", "serve"]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        try:
            ready = next(line for line in child.stderr if line.startswith("ready"))
            yield re.search(r"http://\S+\d", ready)[0]
        finally:
            child.send_signal(signal.SIGTERM)
            child.communicate()


def token(folder: Path) -> str:
    return str(tomllib.loads((folder / "siseon.toml").read_text(encoding="utf-8"))["token"])


def test_what_is_secret_is_its_owners_alone_and_each_deployment_has_its_own_token(folder, tmp_path):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {
        "siseon.toml": 0o600,
        "streams.sh": 0o700,
        "data": 0o700,
        "pictures": 0o755,
        **dict.fromkeys(OTHERS, 0o644),
    }
    CliRunner().invoke(app, ["init", str(tmp_path / "other")])
    assert len({token(folder), token(tmp_path / "other")}) == 2
    assert len(token(folder)) >= 40
    for name in OTHERS:
        assert token(folder) not in (folder / name).read_text(encoding="utf-8")


def test_nothing_is_overwritten_and_nothing_is_left_half(folder, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    again = CliRunner().invoke(app, ["init", str(folder)])
    assert again.exit_code == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    half = tmp_path / "half"
    half.mkdir()
    (half / "compose.yaml").write_text("mine", encoding="utf-8")
    (half / "siseon.toml").symlink_to(tmp_path / "elsewhere")
    assert CliRunner().invoke(app, ["init", str(half)]).exit_code == 1
    assert sorted(path.name for path in half.iterdir()) == ["compose.yaml", "siseon.toml"]
    assert not (tmp_path / "elsewhere").exists()
    assert (half / "compose.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["a b", "50%", "it's", "a$b", "new\nline", "a:b", 'q"'])
def test_a_folder_that_a_unit_cannot_name_is_refused(tmp_path, name):
    assert CliRunner().invoke(app, ["init", str(tmp_path / name)]).exit_code == 1
    assert not list(tmp_path.iterdir())


def test_an_application_that_is_named_twice_is_served_once(tmp_path):
    folder = tmp_path / "twice"
    assert CliRunner().invoke(app, ["init", str(folder), "gauges", "gauges"]).exit_code == 0
    assert list(tomllib.loads((folder / "siseon.toml").read_text(encoding="utf-8"))["pipelines"]) == [
        "gauges"
    ]


def test_an_application_that_there_is_not_is_refused(tmp_path):
    assert CliRunner().invoke(app, ["init", str(tmp_path / "x"), "gauge"]).exit_code == 1
    assert not list(tmp_path.iterdir())


def test_the_service_starts_from_the_folder_with_its_token_and_takes_its_cameras(folder):
    script = folder / "streams.sh"
    with script.open("a", encoding="utf-8") as file:
        file.write("add boiler http://127.0.0.1:49151/video 2\n")
    with running(folder, SISEON_STREAMS_ALLOW="127.0.0.0/8") as address:
        assert httpx.get(f"{address}/readyz", timeout=60).status_code == 200
        assert httpx.get(f"{address}/v1/models", timeout=60).status_code == 401
        headers = {"authorization": f"Bearer {token(folder)}"}
        served = httpx.get(f"{address}/v1/pipelines", headers=headers, timeout=60).json()
        assert [one["name"] for one in served] == ["gauges"]
        done = subprocess.run([str(script), address], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (stream,) = httpx.get(f"{address}/v1/streams", headers=headers, timeout=60).json()
        assert (stream["name"], stream["application"], stream["options"]["fps"]) == ("boiler", "gauges", 2)
        with script.open("a", encoding="utf-8") as file:
            file.write("add gate http://127.0.0.1:49151/video 1\nadd yard http://10.1.2.3/video 1\n")
        again = subprocess.run([str(script), address], capture_output=True, text=True, check=False)
        assert again.stdout.splitlines() == ["boiler: kept already", "gate: kept"]
        assert again.returncode == 1
        assert "yard: its network is not in streams_allow" in again.stderr
    assert (folder / "data" / "jobs.db").is_file()


def test_the_unit_runs_as_the_owner_with_the_data_that_the_commands_in_the_folder_see(folder):
    unit = dict(
        line.split("=", 1)
        for line in (folder / "siseon.service").read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    settings = tomllib.loads((folder / "siseon.toml").read_text(encoding="utf-8"))
    assert unit["ReadWritePaths"] == settings["cache_dir"] == str(folder / "data")
    assert (unit["User"], unit["Group"]) == (str(os.getuid()), str(os.getgid()))
    assert "CACHE_DIR" not in unit["Environment"]
    assert unit["RestartPreventExitStatus"] == "2"  # that of wrong settings, which stay wrong


def test_a_container_sees_the_folders_of_models_where_the_settings_name_them(tmp_path, monkeypatch):
    yaml = pytest.importorskip("yaml")
    there = tmp_path / 'a "$model" folder'
    there.mkdir()
    monkeypatch.setenv("SISEON_MODEL_PATH", f"{there}:{tmp_path / 'missing'}")
    made = tmp_path / "plant"
    assert CliRunner().invoke(app, ["init", str(made)]).exit_code == 0
    services = yaml.safe_load((made / "compose.yaml").read_text(encoding="utf-8"))["services"]
    place = str(there).replace("$", "$$")
    for service in services.values():
        (mount,) = service["volumes"][3:]
        assert mount == {"type": "bind", "source": place, "target": place, "read_only": True}
    settings = tomllib.loads((made / "siseon.toml").read_text(encoding="utf-8"))
    assert str(there) in settings["model_path"]


def test_the_image_has_extras_that_there_are_and_every_folder_that_a_volume_is_mounted_over(folder):
    yaml = pytest.importorskip("yaml")
    text = (folder / "Dockerfile").read_text(encoding="utf-8")
    named = set(re.search(r"whl\)\[([a-z0-9,]+)\]", text)[1].split(","))
    assert {"oilspill", "mqtt", "opcua"} <= named
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert named <= project["optional-dependencies"].keys()
    assert re.findall(r"^COPY (\S+)", text, flags=re.MULTILINE) == ["siseon-*.whl"]
    assert (folder / ".dockerignore").read_text(encoding="utf-8").splitlines() == ["*", "!siseon-*.whl"]
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    made = set(re.search(r"mkdir -p ([^&]+)", text)[1].split())
    over = [volume.removesuffix(":ro").rpartition(":")[2] for volume in services["siseon"]["volumes"][:3]]
    assert made == set(over)
    assert {one["build"]["target"] for one in services.values()} <= set(re.findall(r" AS (\w+)", text))


def test_the_container_starts_as_compose_has_it_with_an_empty_volume(folder, tmp_path):
    yaml = pytest.importorskip("yaml")
    service = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]["siseon"]
    places = {"/deployment": folder, "/data": tmp_path / "empty", "/pictures": folder / "pictures"}
    told = {name: str(value) for name, value in service["environment"].items()}
    for inside, outside in places.items():
        told = {name: value.replace(inside, str(outside)) for name, value in told.items()}
    with running(folder, **{**told, "SISEON_HOST": "127.0.0.1"}) as address:
        assert httpx.get(f"{address}/readyz", timeout=60).status_code == 200
        run = httpx.post(
            f"{address}/v1/jobs",
            json={"application": "gauges", "inputs": [{"folder": "."}]},
            headers={"authorization": f"Bearer {token(folder)}"},
            timeout=60,
        )
    assert run.json()["code"] == "file_unreadable"  # no pictures yet
    assert (tmp_path / "empty" / "jobs.db").is_file()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(folder):
    done = subprocess.run(
        ["systemd-analyze", "verify", str(folder / "siseon.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_compose_file_is_yaml_and_its_containers_may_write_their_data_alone(folder):
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for service in services.values():
        assert service["user"] == f"{os.getuid()}:{os.getgid()}"
        assert service["read_only"] is True
        assert service["volumes"][:2] == [".:/deployment:ro", "./data:/data"]
        assert service["volumes"][2] == "${SISEON_PICTURES:-./pictures}:/pictures:ro"
        assert all(volume["read_only"] for volume in service["volumes"][3:])
    assert services["siseon"]["ports"] == ["${SISEON_BIND:-127.0.0.1:8000}:8000"]
    assert {name: one["command"] for name, one in services.items()} == {
        "siseon": ["serve"],
        "worker": ["worker"],
        "siseon-gpu": ["serve"],
        "worker-gpu": ["worker"],
    }


def test_the_gpu_is_reserved_by_its_profile_alone(folder):
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    with_gpu = {name for name, one in services.items() if "deploy" in one}
    assert with_gpu == {"siseon-gpu", "worker-gpu"} == {n for n, one in services.items() if "profiles" in one}
    for name in with_gpu:
        assert services[name]["profiles"] == ["gpu"]
        assert services[name]["build"]["target"] == "cuda"
        (device,) = services[name]["deploy"]["resources"]["reservations"]["devices"]
        assert device == {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}


def test_what_the_example_of_variables_names_is_what_compose_takes_with_the_same_defaults(folder):
    lines = (folder / ".env.example").read_text(encoding="utf-8").splitlines()
    stated = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    text = (folder / "compose.yaml").read_text(encoding="utf-8")
    assert stated == dict(re.findall(r"\$\{(\w+):-([^}]+)\}", text))
