"""A mask is the network's map sampled at the image's pixels, and nothing beyond its box."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.contracts import Boxes, Frame
from siseon.models.outputs.masks import ShapeMap, boxed_shapes, paint, prototype_shapes, whole_shapes


def _sample(values: np.ndarray, area: tuple[float, ...], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear interpolation between the centres of cells, (len(y), len(x)); the plain formula."""
    rows, columns = values.shape
    u = np.clip((x - area[0]) * columns / (area[2] - area[0]) - 0.5, 0, columns - 1)
    v = np.clip((y - area[1]) * rows / (area[3] - area[1]) - 0.5, 0, rows - 1)
    left, top = np.floor(u).astype(int), np.floor(v).astype(int)
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    fx, fy = u - left, (v - top)[:, None]
    upper = values[np.ix_(top, left)] * (1 - fx) + values[np.ix_(top, right)] * fx
    lower = values[np.ix_(bottom, left)] * (1 - fx) + values[np.ix_(bottom, right)] * fx
    return upper * (1 - fy) + lower * fy


@st.composite
def _scenes(draw):
    """An image, the letterbox of a network over it, and a box in the image."""
    width, height = draw(st.integers(8, 200)), draw(st.integers(8, 200))
    root = Frame.root(width, height)
    box = root.letterbox(96, 64, anchor=draw(st.sampled_from(["center", "top_left"])))
    x1, y1 = draw(st.floats(0, width - 2)), draw(st.floats(0, height - 2))
    x2, y2 = draw(st.floats(x1 + 1, width)), draw(st.floats(y1 + 1, height))
    return root, box, Boxes(np.array([[x1, y1, x2, y2]], np.float32), root)


@settings(max_examples=60, deadline=None)
@given(_scenes(), st.integers(0, 2**32 - 1))
def test_a_mask_is_the_map_at_the_centres_of_the_images_pixels_within_the_box(scene, seed):
    root, letterbox, boxes = scene
    values = np.random.default_rng(seed).normal(0, 1, (16, 24)).astype(np.float32)
    (mask,) = paint(whole_shapes(values[None], (96, 64)), boxes, letterbox)
    x1, y1, x2, y2 = boxes.xyxy[0].tolist()
    left, top, right, bottom = math.floor(x1), math.floor(y1), math.ceil(x2), math.ceil(y2)
    pixels = mask.pixels()
    outside = pixels.copy()
    outside[top:bottom, left:right] = False
    assert not outside.any()
    x, y = np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5
    mapped = root.map_points(
        np.stack([np.resize(x, max(len(x), len(y))), np.resize(y, max(len(x), len(y)))], 1), letterbox
    )
    expected = _sample(values, (0, 0, 96, 64), mapped[: len(x), 0], mapped[: len(y), 1])
    # OpenCV interpolates in steps of 1/32 of a cell: what is that close to 0 may fall on either side.
    sure = np.abs(expected) > 0.2
    assert (pixels[top:bottom, left:right] == (expected > 0))[sure].all()


def test_a_disc_in_the_letterbox_comes_back_as_the_disc_in_the_image():
    root = Frame.root(400, 200)
    letterbox = root.letterbox(160, 160)
    y, x = np.mgrid[0:40, 0:40]
    values = (10 - np.hypot(x + 0.5 - 20, y + 0.5 - 20)).astype(
        np.float32
    )  # in cells of 4 pixels of the input
    (mask,) = paint(
        whole_shapes(values[None], (160, 160)),
        Boxes(np.array([[0, 0, 400, 200]], np.float32), root),
        letterbox,
    )
    yy, xx = np.mgrid[0:200, 0:400]
    disc = np.hypot(xx + 0.5 - 200, yy + 0.5 - 100) < 100
    pixels = mask.pixels()
    assert (pixels & disc).sum() / (pixels | disc).sum() > 0.99


def test_prototypes_around_the_box_give_what_all_of_them_would():
    rng = np.random.default_rng(3)
    prototypes = rng.normal(0, 1, (5, 16, 24)).astype(np.float32)
    weights = rng.normal(0, 1, (4, 5)).astype(np.float32)
    root = Frame.root(96, 64)
    boxes = Boxes(
        np.array([[0, 0, 96, 64], [3.2, 4.1, 30.5, 9.9], [90, 60, 96, 64], [0, 0, 1, 1]], np.float32), root
    )
    around = paint(prototype_shapes(prototypes, weights, boxes.xyxy, (96, 64)), boxes, root)
    whole = paint(whole_shapes(np.tensordot(weights, prototypes, axes=1), (96, 64)), boxes, root)
    for ours, reference in zip(around, whole, strict=True):
        assert (ours.pixels() != reference.pixels()).mean() < 0.001


def test_a_boxed_map_is_stretched_over_its_box():
    root = Frame.root(100, 100)
    probabilities = np.zeros((1, 28, 28), np.float32)
    probabilities[0, :, :14] = 1.0
    xyxy = np.array([[20, 30, 76, 86]], np.float32)
    (mask,) = paint(boxed_shapes(probabilities, xyxy), Boxes(xyxy, root), root)
    assert mask.bbox == (20, 30, 48, 86)
    assert mask.area == 28 * 56


def test_a_map_without_inside_gives_an_empty_mask():
    root = Frame.root(10, 10)
    shape = ShapeMap(np.full((2, 2), -1, np.float32), (0, 0, 10, 10))
    (mask,) = paint([shape], Boxes(np.array([[1, 1, 9, 9]], np.float32), root), root)
    assert mask.area == 0
