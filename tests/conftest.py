"""Where tests find real photos and real weights; without them those tests skip and say so."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

from databases import empty_url, postgres_tables, postgres_url, sqlite_tables, url
from networks import networks, upload

__all__ = [
    "empty_url",
    "networks",
    "postgres_tables",
    "postgres_url",
    "sqlite_tables",
    "upload",
    "url",
]

# No test asserts wall-clock time: a machine that does other work is slow, not wrong.
hypothesis.settings.register_profile("siseon", deadline=None)
hypothesis.settings.load_profile("siseon")


def _folder(variable: str, what: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: it names the folder of {what}")
    return Path(value).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What was imported and collected stays to the end: no collection of garbage, many of which tests ask for, looks
    through its millions of objects again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those that may take long, which their own bounds say, begin first: else one process would end with them alone."""
    usual = float(config.getini("timeout"))

    def longest(item: pytest.Item) -> float:
        own = item.get_closest_marker("timeout")
        return max(usual, float(own.args[0])) if own else usual

    items.sort(key=longest, reverse=True)  # stable: all others stay in their order


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Folder of labelled photos: ``coco-dev``, ``text-dev``, ``bad``."""
    return _folder("SISEON_TEST_DATA", "labelled test photos")


@pytest.fixture(scope="session")
def model_path() -> Path:
    """Folder of real weights: YOLOX-Nano, NanoDet-m, EfficientNet-Lite0."""
    return _folder("SISEON_MODEL_PATH", "real weights")


@pytest.fixture(scope="session")
def hug(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real clip of two people, 2.6 s, as wide as the network that looks for them sees it."""
    from video_files import smaller

    source = test_data / "video-dev" / "two_people_hug.mp4"
    return smaller(source, tmp_path_factory.mktemp("hug") / "two_people_hug.mp4", 416)


@pytest.fixture(scope="session")
def film(test_data: Path) -> Path:
    """A real clip, 340 × 256."""
    return test_data / "video-dev" / "arm_wrestling.mp4"
