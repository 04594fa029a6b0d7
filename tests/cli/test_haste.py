"""A command loads what it needs; the process ends at once, and with all that was written."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
UNNEEDED = (
    "rich",
    "tesserocr",
    "structlog",
    "httpx",
    "fastapi",
    "starlette",
    "nicegui",
    "aiohttp",
    "av",
    "onnx",
)
PROGRAM = f"""
import gc, sys
from siseon.cli import leaving, main
began = gc.isenabled()
sys.argv[0] = "siseon"
def leave(code, at_once):
    loaded = [name for name in {UNNEEDED!r} if name in sys.modules]
    commands = [name for name in ("serve", "models", "jobs") if f"siseon.cli.{{name}}" in sys.modules]
    print(loaded, commands, began, gc.isenabled(), gc.get_freeze_count() > 1000, code, at_once, file=sys.stderr)
leaving.leave = leave
main()
"""

SERVING = ("fastapi", "uvicorn", "nicegui")
REFUSED = f"""
import sys
from siseon.cli import leaving, main
sys.argv[0] = "siseon"
leaving.leave = lambda code, at_once: print([name for name in {SERVING!r} if name in sys.modules], code)
main()
"""
SPARED = (
    "aiohttp",
    "redis",
    "requests",
    "siseon.applications.oilspill",
    "siseon.service.compat.run_script",
)
READY = f"""
import gc, os, signal, sys
from siseon.cli import main
from siseon.service import server
sys.argv[0] = "siseon"
settle = server.settle
def settled():
    began = gc.isenabled()
    settle()
    loaded = [name for name in {SPARED!r} if name in sys.modules]
    print("nicegui" in sys.modules, loaded, began, gc.isenabled(), gc.get_freeze_count() > 1000)
    os.kill(os.getpid(), signal.SIGTERM)
server.settle = settled
main()
"""


def test_one_picture_loads_no_library_that_it_has_no_use_for_and_collects_garbage_once_it_works() -> None:
    words = ["run", "text", str(SIGN), "--json", "-"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stderr.splitlines()[-1] == "[] [] True True True 0 True"
    assert json.loads(done.stdout)["result"]["data"]["lines"]


def test_all_that_was_written_is_there_when_the_process_ends_at_once(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-m", "siseon", "models", "list", "--json"], stdout=out, check=True)
    assert len(json.loads((tmp_path / "out").read_bytes())) > 30


def _refused(*words: str) -> tuple[str, str]:
    """What of a server was loaded, with the exit code, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", REFUSED, "serve", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout.splitlines()[-1], done.stderr


def test_a_service_that_is_refused_has_loaded_no_server() -> None:
    loaded, said = _refused("nonsense")
    assert loaded == "[] 2", said


def test_a_service_whose_port_is_taken_has_loaded_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        loaded, said = _refused("text", "--port", str(taken.getsockname()[1]))
    assert loaded == "[] 1", said
    assert "cannot listen" in said


def test_a_service_loads_nothing_that_it_has_no_use_for_and_collects_garbage_once_it_is_ready(
    tmp_path: Path,
) -> None:
    words = ["serve", "--jobs-only", "--console", "--port", "0"]
    done = subprocess.run(
        [sys.executable, "-c", READY, *words],
        env={**os.environ, "SISEON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.splitlines()[-1] == "True [] False True True"
