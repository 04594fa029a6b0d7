"""Text, segmentation and tracking are added to detect-and-classify without a change to a stage."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

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


async def test_a_shelf_audit_reads_prices_beside_classifying_products(branches, model_path, photo):
    picture = PillowImage.open(io.BytesIO(photo.data))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 420, 80), "white")
    draw.text((20, 15), "Price 12.50", "black", font=ImageFont.load_default(size=48))
    shelf = Encoded(encode(Image.from_array(np.array(picture)), "png"), "shelf.png")
    async with branches.ShelfAudit(ModelManager(search_path=[model_path])) as pipeline:
        result = await pipeline(shelf)
    assert "refrigerator" in result.data.products
    assert any("12.50" in price for price in result.data.prices)


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
