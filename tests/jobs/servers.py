"""A real PostgreSQL and a real Redis of a test's own: on loopback, in a folder of its own, ended by process id."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

START_S = 120.0
_given: set[int] = set()
"""Ports that this process was told: of two servers, the first may not have taken its own yet."""


def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs; the test is skipped, in CI failed, where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    named = shutil.which("postgres")
    if named is None:
        _missing("postgresql")
    return Path(str(named)).parent


def free_port() -> int:
    """Below those that clients are given: while its server is away, one of them could be connected to itself there.

    Of tests that run at the same time, each process has a part of them.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    for port in random.sample(range(20_000 + number % 8, 32_000, 8), 500):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port
    raise AssertionError("no port is free")


@dataclass
class Postgres:
    """A server that can be stopped and started again."""

    folder: Path
    port: int
    durable: bool
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://siseon@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        if not self.durable:
            options += ["-c", "fsync=off"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [postgres_programs() / "postgres", "-D", self.folder / "data", *options],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                **_user(),
            )
        ready = [postgres_programs() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        _wait_for(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL", self.process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends its sessions and shuts down; SIGQUIT is the crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_S)
            self.process = None


@contextmanager
def postgres(folder: Path, *, durable: bool) -> Iterator[Postgres]:
    """A new server; without ``durable`` it does not wait for its disk."""
    programs = postgres_programs()
    folder.mkdir(exist_ok=True)
    user = _user()
    if user:
        os.chown(folder, user["user"], user["group"])
        for parent in folder.parents:  # pytest's folders are for their owner alone
            if parent.stat().st_uid == os.getuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    made = [programs / "initdb", "-D", folder / "data", "-U", "siseon", "-A", "trust", "-N", "-E", "UTF8"]
    subprocess.run([*made, "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    server = Postgres(folder, free_port(), durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Redis:
    """A server that can be stopped and started again; it keeps what it has in an append-only file."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            _missing("redis-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        command = [str(program), *options, "--appendonly", "yes"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, cwd=self.folder)
        _wait_for(self._answers, "Redis", self.process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_S)
            self.process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def redis(folder: Path) -> Iterator[Redis]:
    folder.mkdir(exist_ok=True)
    server = Redis(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class RabbitMQ:
    """A broker that can be stopped and started again, with a port mapper of Erlang's of its own."""

    folder: Path
    port: int
    mapper_port: int
    distribution_port: int
    processes: tuple[subprocess.Popen[bytes], ...] = ()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        broker = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        mapper = shutil.which("epmd")
        if mapper is None or not broker.exists():
            _missing("rabbitmq-server")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")}
        environment = kept | {
            "HOME": str(self.folder),  # the cookie of Erlang
            "ERL_EPMD_PORT": str(self.mapper_port),
            "RABBITMQ_NODENAME": "siseon@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1",
        }
        mapping = subprocess.Popen([str(mapper), "-address", "127.0.0.1", "-port", str(self.mapper_port)])
        with (self.folder / "log").open("ab") as log:
            serving = subprocess.Popen(
                [broker], stdout=log, stderr=log, cwd=self.folder, env=environment, start_new_session=True
            )
        self.processes = (serving, mapping)
        _wait_for(self._answers, "RabbitMQ", serving)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        for process in self.processes:
            if process is self.processes[0]:
                self.send(how)
            else:
                process.terminate()
            process.wait(START_S)
        self.processes = ()

    def send(self, number: signal.Signals) -> None:
        """To the group, since the broker is a child of the script that starts it."""
        os.killpg(self.processes[0].pid, number)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(16))
        except OSError:
            return False


@contextmanager
def rabbitmq(folder: Path) -> Iterator[RabbitMQ]:
    folder.mkdir(exist_ok=True)
    server = RabbitMQ(folder, free_port(), free_port(), free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _user() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as its package's user."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _wait_for(ready, what: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while not ready():
        assert process.poll() is None, f"{what} ended with {process.returncode}"
        assert time.monotonic() < end, f"{what} does not answer"
        time.sleep(0.05)


def _missing(package: str) -> None:
    message = f"{package} is not installed"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
