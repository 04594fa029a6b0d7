"""Masks equal those of pycocotools, byte for byte."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from siseon.contracts import ContractViolation, Frame, Mask

arrays = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))


@given(arrays)
def test_counts_equal_pycocotools_and_decode_to_the_same_pixels(pixels) -> None:
    mask = Mask.encode(pixels, Frame.root(pixels.shape[1], pixels.shape[0]))
    reference = coco.encode(np.asfortranarray(pixels.astype(np.uint8)))
    assert mask.counts == reference["counts"]
    assert (mask.pixels() == pixels).all()
    assert mask.area == pixels.sum() == coco.area(reference)


@given(arrays)
def test_the_wire_form_comes_back(pixels) -> None:
    mask = Mask.encode(pixels, Frame.root(pixels.shape[1], pixels.shape[0]))
    assert (Mask.from_wire(mask.to_wire()).pixels() == pixels).all()


@pytest.mark.parametrize("fill", [0.0, 0.001, 0.5, 1.0])
def test_large_and_speckled_masks_equal_pycocotools(fill) -> None:
    pixels = np.random.default_rng(1).random((1080, 1920)) < fill
    mask = Mask.encode(pixels, Frame.root(1920, 1080))
    assert mask.counts == coco.encode(np.asfortranarray(pixels.astype(np.uint8)))["counts"]
    assert (mask.pixels() == pixels).all()


@given(arrays, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_a_window_is_encoded_as_if_the_whole_frame_were(pixels, left, top, right, bottom) -> None:
    whole = np.pad(pixels, ((top, bottom), (left, right)))
    frame = Frame.root(whole.shape[1], whole.shape[0])
    assert Mask.encode_part(pixels, left, top, frame).counts == Mask.encode(whole, frame).counts


def test_a_window_beyond_the_frame_is_refused() -> None:
    with pytest.raises(ContractViolation, match="leaves"):
        Mask.encode_part(np.ones((4, 4), bool), 8, 0, Frame.root(10, 10))


@given(arrays)
def test_the_bounding_box_is_the_pixels_own(pixels) -> None:
    columns, rows = np.flatnonzero(pixels.any(axis=0)), np.flatnonzero(pixels.any(axis=1))
    expected = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(columns) else (0, 0, 0, 0)
    assert Mask.encode(pixels, Frame.root(pixels.shape[1], pixels.shape[0])).bbox == expected


@given(arrays)
def test_a_crops_mask_lies_in_the_picture_where_the_crop_was(pixels) -> None:
    height, width = pixels.shape
    root = Frame.root(width + 7, height + 5)
    crop = root.crop(4, 3, 4 + width, 3 + height)
    there = Mask.encode(pixels, crop).to(root)
    assert (there.pixels() == np.pad(pixels, ((3, 2), (4, 3)))).all()
    assert (there.to(crop).pixels() == pixels).all()


def test_a_mask_does_not_turn() -> None:
    root = Frame.root(10, 10)
    turned = root.warp(np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]), 10, 10)
    with pytest.raises(ContractViolation, match="turned"):
        Mask.encode(np.ones((10, 10), bool), turned).to(root)


def test_the_bounding_box_holds_the_pixels() -> None:
    pixels = np.zeros((20, 30), bool)
    pixels[4:9, 11:13] = True
    assert Mask.encode(pixels, Frame.root(30, 20)).bbox == (11, 4, 13, 9)
    assert Mask.encode(np.zeros((20, 30), bool), Frame.root(30, 20)).bbox == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "wire",
    [
        {"size": [5, 6], "counts": "N"},
        {"size": [5, 5], "counts": ""},
        {"size": [5, 5], "counts": "\x01\x02"},
        {"size": [5, 5], "counts": "i0i0"},
        {"size": [5, 5], "counts": [1, 24]},
        {"size": [5, 5], "counts": "oooooooooooo"},
        {"size": "5x5", "counts": "N"},
        {},
    ],
)
def test_damaged_wire_forms_are_refused(wire) -> None:
    with pytest.raises(ContractViolation):
        Mask.from_wire(wire, Frame.root(5, 5))


@given(st.text(max_size=30))
def test_no_text_of_counts_raises_anything_but_a_contract_violation(counts) -> None:
    with contextlib.suppress(ContractViolation):
        Mask.from_wire({"size": [7, 5], "counts": counts})


def test_pixels_of_another_size_are_refused() -> None:
    with pytest.raises(ContractViolation, match="shape"):
        Mask.encode(np.zeros((3, 4), bool), Frame.root(3, 4))
