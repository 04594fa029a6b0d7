"""Text, segmentation and tracking are added to detect-and-classify without a change to a stage."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from siseon.contracts import Boxes, Encoded, Frame, Image
from siseon.media.encode import encode
from siseon.models import ModelManager

EXAMPLE = Path(__file__).parents[2] / "examples" / "branches.py"


@pytest.fixture(scope="module")
def branches() -> ModuleType:
    spec = importlib.util.spec_from_file_location("branches", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def photo(test_data: Path) -> Encoded:
    path = test_data / "coco-dev" / "images" / "000000000802.jpg"
    return Encoded(path.read_bytes(), path.name)


async def test_a_shelf_audit_reads_text_beside_classifying_products(branches, model_path, test_data):
    sign = next(iter(sorted((test_data / "text-dev").glob("*.jpg"))))
    async with branches.ShelfAudit(ModelManager(search_path=[model_path])) as pipeline:
        result = await pipeline(Encoded(sign.read_bytes(), sign.name))
    assert all(any(c.isdigit() for c in price) for price in result.data.prices)
    stages = {timing.stage for timing in result.timings}
    assert {"decode", "detect"} <= stages
    assert any("detect_text" in stage for stage in stages)


async def test_a_driving_scene_tracks_what_it_detects_over_the_frames(branches, model_path, photo):
    async with branches.Driving(ModelManager(search_path=[model_path])) as pipeline:
        first, second = (await pipeline(photo)).data, (await pipeline(photo)).data
    assert first.tracks
    assert second.tracks == first.tracks
    assert 0 < first.bright_share < 1
    assert first.plan == "go"


async def test_a_medical_reading_classifies_regions_that_segmentation_found(branches, model_path):
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[20:70, 20:80] = 220
    pixels[90:190, 150:290] = 250
    async with branches.Medical(ModelManager(search_path=[model_path])) as pipeline:
        result = await pipeline(Encoded(encode(Image.from_array(pixels), "png")))
    assert [finding.pixels for finding in result.data] == [100 * 140, 50 * 60]


def test_a_track_keeps_its_number_while_its_box_moves_and_a_new_object_gets_a_new_one(branches):
    tracks = branches.Tracks()

    def boxes(*xyxy: tuple[int, int, int, int]) -> Boxes:
        return Boxes(np.array(xyxy, np.float32).reshape(-1, 4), Frame.root(100, 100))

    assert tracks.update(boxes((0, 0, 20, 20), (50, 50, 80, 80))) == [0, 1]
    assert tracks.update(boxes((52, 50, 82, 80), (2, 0, 22, 20))) == [1, 0]
    assert tracks.update(boxes()) == []
    assert tracks.update(boxes((0, 0, 20, 20))) == [2]
