"""The servers under comparison: how each is installed, started, found ready and stopped.

A peer gets a virtual environment of its own under ``bench-out/``, with the versions of the numeric libraries that
this interpreter has. One server runs at a time.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import httpx
import psutil

from siseon.cli.large_pages import ASK, TUNABLES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "bench-out"
NUMERIC = ("onnxruntime", "numpy", "opencv-python-headless", "simplejpeg")
READY_S, STOP_S, LEFT_BEHIND_S = 120.0, 15.0, 2.0


@dataclass(frozen=True)
class Server:
    """One line of the tables."""

    name: str
    command: Callable[[str, str, Sequence[int]], list[str]]
    """From the folder of the environment's programs, a setting and the ports."""
    settings: tuple[str, ...]
    """Of which the fastest is measured."""
    limits: tuple[str, ...] = ()
    """Those that refuse what would come late, of which the best is measured under overload; none: the fastest."""
    packages: tuple[str, ...] = ()
    """Of an environment of its own; none: this interpreter's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = HERE
    ports: int = 1
    """Processes with a port of their own, over which clients are spread."""
    resizes_alike: bool = True
    """Whether the networks see the very pixels that ours see, and so must answer the same."""

    @property
    def programs(self) -> Path:
        return OUT / self.name / "bin" if self.packages else Path(sys.executable).parent


@dataclass
class Running:
    """A server that answers."""

    ports: Sequence[int]
    process: psutil.Process

    @property
    def port(self) -> int:
        """The first."""
        return self.ports[0]

    def family(self) -> list[psutil.Process]:
        """The process and all that it started."""
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        return sum(sum(member.cpu_times()[:2]) for member in self.family())

    def memory_mb(self) -> float:
        """Resident; pages that processes share are counted once."""
        return sum(member.memory_full_info().pss for member in self.family()) / 2**20


SHIPPED, LIMITED = "as shipped", "SISEON_REQUEST_TIMEOUT_S=0.5"


def _ours(programs: str, setting: str, ports: Sequence[int], *options: str) -> list[str]:
    return [
        *(("env", setting) if setting == LIMITED else ()),
        f"{programs}/python",
        "-m",
        "siseon",
        "serve",
        "inspection",
        "--port",
        str(ports[0]),
        "--no-console",
        *options,
    ]


def _script(name: str) -> Callable[[str, str, Sequence[int]], list[str]]:
    return lambda programs, setting, ports: [
        f"{programs}/python",
        name,
        setting,
        "--port",
        str(ports[0]),
    ]


def _bentoml(programs: str, setting: str, ports: Sequence[int]) -> list[str]:
    service, _, held = setting.partition(", held ")
    command = [f"{programs}/bentoml", "serve", f"bentoml_app:{service}"]
    return ["env", f"HELD={held or 0}", *command, "--host", "127.0.0.1", "--port", str(ports[0])]


SERVERS = (
    Server("siseon", _ours, (SHIPPED,), (SHIPPED, LIMITED)),
    Server(
        "siseon, 2 workers",
        lambda programs, setting, ports: _ours(programs, setting, ports, "--workers", "2"),
        ("--workers 2",),
    ),
    Server(
        "naive",
        lambda programs, _, ports: [
            f"{programs}/python",
            *("-m", "uvicorn", "naive_service:app", "--log-level", "warning", "--port", str(ports[0])),
        ],
        ("as written",),
        folder=HERE.parent,
        resizes_alike=False,  # Pillow
    ),
    Server(
        "fastapi",
        lambda programs, setting, ports: [
            f"{programs}/python",
            *("fastapi_app.py", setting, "--ports", ",".join(map(str, ports))),
        ],
        ("2 processes, in the event loop", "2 processes, a thread each"),
        tuple(f"2 processes, a thread each, {held} held" for held in (6, 8, 10)),
        ports=2,
    ),
    Server(
        "mosec",
        _script("mosec_app.py"),
        ("2 workers", "2 workers, batches of 4", "2 workers, batches of 8"),
        (
            "2 workers, capacity 12, timeout 0.45 s",
            "2 workers, capacity 16, timeout 0.45 s",
            "2 workers, batches of 4, capacity 16, timeout 0.45 s",
        ),
        ("mosec",),
    ),
    Server(
        "litserve",
        _script("litserve_app.py"),
        ("2 workers", "2 workers, batches of 4", "1 worker, batches of 8, 2 threads"),
        (
            "2 workers, timeout 0.25 s",
            "2 workers, timeout 0.35 s",
            "2 workers, batches of 4, timeout 0.25 s",
        ),
        ("litserve", "python-multipart"),
    ),
    Server(
        "bentoml",
        _bentoml,
        ("Workers", "Adaptive", "Composed"),
        ("Workers, held 8", "Workers, held 16", "Adaptive, held 16"),
        ("bentoml",),
        {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(OUT / "bentoml-home")},
    ),
    Server(
        "ray",
        _script("ray_app.py"),
        ("2 replicas", "2 replicas, batches of 4", "composed, batches of 4"),
        (
            "2 replicas, 8 queued",
            "2 replicas, batches of 4, 4 queued",
            "2 replicas, batches of 4, 8 queued",
        ),
        ("ray[serve]", "python-multipart"),
        {"RAY_USAGE_STATS_ENABLED": "0", "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1"},
    ),
)


def install(server: Server) -> None:
    """Make the server's environment, once."""
    if server.packages:
        pins = [f"{name}=={version(name)}" for name in NUMERIC]
        environment(server.name, "--editable", str(ROOT), *server.packages, *pins)


def environment(name: str, *packages: str) -> Path:
    """The programs of an environment of that name, which is made once."""
    target = OUT / name
    if not (target / "ready").exists():
        print(f"installing {' '.join(packages)} into {target.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", target], check=True)
        pip = [target / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *packages], check=True, stderr=subprocess.DEVNULL)
        (target / "ready").touch()
    return target / "bin"


@contextmanager
def running(server: Server, setting: str, photo: Path) -> Iterator[Running]:
    """Start the server and stop it, and all that it started, at the end."""
    ports = [free_port() for _ in range(server.ports)]
    log = OUT / f"{server.name}.log"
    # Programs of the environment come first: BentoML starts its workers by name.
    environment = (
        os.environ
        | {
            "PATH": f"{server.programs}{os.pathsep}{os.environ['PATH']}",
            TUNABLES: ASK,
        }  # siseon asks by itself
        | server.environment
    )
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            server.command(str(server.programs), setting, ports),
            cwd=server.folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    up = Running(ports, psutil.Process(process.pid))
    try:
        for port in ports:
            _wait_until_ready(process, port, photo, server, log)
        yield up
    finally:
        stop(process, up)


def ask(port: int, photo: Path) -> httpx.Response:
    """One upload, as a client would send it."""
    files = {"file": (photo.name, photo.read_bytes(), "image/jpeg")}
    return httpx.post(f"http://127.0.0.1:{port}/detect", files=files, timeout=READY_S)


def _wait_until_ready(
    process: subprocess.Popen[bytes], port: int, photo: Path, server: Server, log: Path
) -> None:
    end = time.monotonic() + READY_S
    last = "no connection"
    while process.poll() is None and time.monotonic() < end:
        try:
            response = ask(port, photo)
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        if response.status_code == 200:
            return
        last = f"{response.status_code} {response.text[:200]}"
        time.sleep(0.5)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise SystemExit(f"{server.name} does not answer ({last}); the end of {log}:\n{tail}")


def stop(process: subprocess.Popen[bytes], up: Running) -> None:
    """By process id: the server in its own way, then whatever it left behind."""
    family = up.family() if process.poll() is None else []
    process.terminate()
    _, left = psutil.wait_procs(family[:1], STOP_S)
    _, left = psutil.wait_procs([*left, *family[1:]], LEFT_BEHIND_S)
    for member in left:
        member.kill()
    psutil.wait_procs(left, STOP_S)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def chosen(names: Sequence[str]) -> list[Server]:
    """The servers of those names, in the order of the tables."""
    return [server for server in SERVERS if not names or server.name in names]
