"""A service that reads one calibrated instrument: no network, and a value that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services import Start, host, lasting, served_aside, start
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.contracts import Image
from siseon.hosting import Host
from siseon.media.encode import encode
from siseon.settings import Settings

__all__ = ["host", "lasting", "start"]


@pytest.fixture(scope="session")
def boiler() -> Photo:
    return photo(4, "evaluation")


@pytest.fixture(scope="session")
def png(boiler: Photo) -> bytes:
    return encode(boiler.image, "png")


@pytest.fixture(scope="session")
def elsewhere(boiler: Photo) -> bytes:
    """A picture of another size than the calibrated one."""
    return encode(Image.from_array(boiler.image.pixels[:100, :100].copy()), "png")


def calibrated(folder: Path, boiler: Photo, png: bytes, **settings: Any) -> Host:
    (folder / "boiler.png").write_bytes(png)
    path = folder / "boiler.json"
    path.write_text(calibration_of(boiler, picture="boiler.png").model_dump_json(), encoding="utf-8")
    pipelines = {"gauges": {"calibration": str(path)}}
    return Host(Settings(port=0, pipelines=pipelines, cache_dir=folder / "cache", **settings))


@pytest.fixture
def gauges(tmp_path: Path, boiler: Photo, png: bytes) -> Callable[..., Host]:
    def make(**settings: Any) -> Host:
        return calibrated(tmp_path, boiler, png, **settings)

    return make


@pytest.fixture
async def client(gauges: Callable[..., Host], start: Start) -> httpx.AsyncClient:
    return await start(gauges())


@pytest.fixture(scope="module")
def lasting_address(tmp_path_factory: pytest.TempPathFactory, boiler: Photo, png: bytes) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lasting")
    with served_aside(lambda: calibrated(folder, boiler, png)) as address:
        yield address
