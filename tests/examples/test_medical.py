"""Regions are segmented exactly, classified, measured, and shown on a page that stands alone."""

from __future__ import annotations

import base64
import re

import cv2
import numpy as np
import pytest

from siseon.applications.inspection import Classify
from siseon.contracts import Encoded, Image
from siseon.engine import Trace, profile
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.models import ModelManager


@pytest.fixture(scope="module")
def medical(load_example):
    return load_example("medical")


def _slide(*circles: tuple[int, int, int], ground: int = 230, front: int = 90) -> Image:
    pixels = np.full((300, 400, 3), ground, np.uint8)
    for x, y, radius in circles:
        cv2.circle(pixels, (x, y), radius, (front,) * 3, -1)
    return Image.from_array(pixels, "slide <1>.png")


def _segment(medical, image: Image):
    return medical.Segment().process([image])[0]


@pytest.mark.parametrize(("ground", "front"), [(230, 90), (20, 200)], ids=["dark on light", "light on dark"])
def test_regions_are_found_whole_largest_first_whichever_is_darker(medical, ground: int, front: int):
    image = _slide((100, 100, 50), (300, 200, 30), ground=ground, front=front)
    found = _segment(medical, image)
    for mask, (x, y, radius) in zip(found.masks, [(100, 100, 50), (300, 200, 30)], strict=True):
        truth = cv2.circle(np.zeros((300, 400), np.uint8), (x, y), radius, 1, -1).astype(bool)
        shared = (mask.pixels() & truth).sum() / (mask.pixels() | truth).sum()
        assert shared > 0.98
    assert found.boxes.xyxy[0].tolist() == pytest.approx([50, 50, 151, 151], abs=1)


def test_touching_regions_are_parted_and_no_pixel_belongs_to_two(medical):
    found = _segment(medical, _slide((120, 150, 60), (220, 150, 55)))
    first, second = (mask.pixels() for mask in found.masks)
    assert not (first & second).any()
    assert first[150, 120]
    assert second[150, 220]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_without_regions_has_none(medical, level: int):
    assert len(_segment(medical, _slide(ground=level))) == 0


async def test_a_reading_classifies_measures_and_shows_each_region(medical, model_path):
    models = ModelManager(search_path=[model_path])
    pipeline = medical.Medical(models, classifier="efficientnet-lite0")  # stands for one that you bring
    traces: list[Trace] = []
    pipeline.on_trace = traces.append
    slide = _slide((100, 100, 50), (300, 200, 30), (350, 50, 10))
    async with pipeline:
        result = await pipeline(Encoded(encode(slide, "png"), slide.source))
    regions = result.data.regions
    assert [region.label is None for region in regions] == [False, False, True]
    assert [region.diameter for region in regions] == pytest.approx([100, 60, 20], rel=0.05)
    page = result.data.page
    assert "slide &lt;1&gt;.png" in page
    assert "no diagnosis" in page
    assert page.count("<tr><td>") == 3
    assert not re.search(r"https?:|<script", page)
    picture = re.search(r"base64,([^\"]+)", page)
    assert picture is not None
    drawn = decode(base64.b64decode(picture[1]))
    assert (drawn.width, drawn.height) == (400, 300)
    assert np.abs(drawn.pixels.astype(int) - slide.pixels).max() > 50, "regions are tinted"
    assert type(pipeline.classify) is Classify
    assert traces[0].stages() == ["decode", "segment", "classify", "show"]
    parts = {row.stage: set(row.parts) for row in profile(traces).stages}
    assert parts["segment"] == {"segment", "rle"}


def test_the_command_writes_a_page_for_each_picture(run_example, tmp_path):
    (tmp_path / "slide.png").write_bytes(encode(_slide((100, 100, 50)), "png"))
    done = run_example("medical", tmp_path / "slide.png")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "slide.html: 1 regions\n"
    assert (tmp_path / "slide.html").read_text().startswith("<!doctype html>")
