"""A real RTSP server with a real clip, for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jobs.conftest import clock, database
from services import host
from streams.rtsp import Rtsp, check_server, clip_mount

__all__ = ["clock", "database", "host"]


@pytest.fixture(scope="session")
def clip(film: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One second of it, in H.264, as a mount."""
    return clip_mount(film, tmp_path_factory.mktemp("clip"))


@pytest.fixture
def serving() -> Iterator[Callable[..., Rtsp]]:
    """Starts servers, by path what they serve."""
    check_server()
    with ExitStack() as stack:

        def serve(**mounts: dict[str, str]) -> Rtsp:
            server = Rtsp({f"/{path}": mount for path, mount in mounts.items()})
            stack.callback(server.kill)
            server.start()
            return server

        yield serve
