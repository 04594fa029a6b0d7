"""A response stays below a megabyte, whatever its masks look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from siseon.applications.inspection.response_size import MASK_BYTES, RESPONSE_BYTES, in_blocks, masks_within
from siseon.contracts import Boxes, Detections, Frame, Image, LabelMap, Mask

SIZE = (640, 480)


def _speckled(frame: Frame, share: float, seed: int) -> Mask:
    noise = np.random.default_rng(seed).random((frame.height, frame.width)) < share
    return Mask.encode(noise, frame)


def _chequered(frame: Frame, _: float, seed: int) -> Mask:
    """As many runs as pixels: no mask of this size is longer."""
    rows, columns = np.indices((frame.height, frame.width))
    return Mask.encode((rows + columns + seed) % 2 == 0, frame)


def test_masks_that_fit_all_stay_as_they_are():
    frame = Frame.root(*SIZE)
    masks = [_speckled(frame, 0.0001, seed) for seed in range(10)]
    assert masks_within(masks) == (masks, [], [])


def test_the_largest_masks_are_simplified_until_all_fit():
    frame = Frame.root(*SIZE)
    masks = [_speckled(frame, share, 7) for share in (0.5, 0.001, 0.4, 0.01)]
    sizes = [len(mask.counts) for mask in masks]
    fitted = masks_within(masks, budget=sizes[0] // 3 + sum(sizes[1:]))
    assert (fitted.simplified, fitted.left_out) == ([0], [])
    assert fitted.masks[1:] == masks[1:]
    assert fitted.masks[0] is not None


def test_a_mask_is_left_out_only_where_its_simplest_form_does_not_fit():
    frame = Frame.root(*SIZE)
    assert masks_within([_speckled(frame, 0.5, 1)], budget=10) == ([None], [], [0])


@given(
    hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)),
    st.sampled_from([2, 4, 8]),
)
def test_blocks_are_inside_where_half_of_them_was_and_never_beyond_the_masks_box(pixels, side):
    mask = Mask.encode(pixels, Frame.root(pixels.shape[1], pixels.shape[0]))
    x1, y1, x2, y2 = mask.bbox
    simple = in_blocks(mask, side).pixels()
    expected = np.zeros_like(pixels)
    for top in range(y1, y2, side):
        for left in range(x1, x2, side):
            block = np.s_[top : min(top + side, y2), left : min(left + side, x2)]
            expected[block] = pixels[block].mean() >= 0.5
    assert (simple == expected).all()


def test_a_discs_simple_form_is_still_the_disc():
    y, x = np.mgrid[0:480, 0:640]
    disc = Mask.encode(np.hypot(x - 320, y - 240) < 150, Frame.root(*SIZE))
    simple = in_blocks(disc, 8)
    both, either = (simple.pixels() & disc.pixels()).sum(), (simple.pixels() | disc.pixels()).sum()
    assert both / either > 0.95


@pytest.mark.parametrize("pattern", [_speckled, _chequered])
async def test_ten_speckled_objects_answer_in_less_than_a_megabyte_and_say_which_masks_are_simpler(
    networks, upload, monkeypatch: pytest.MonkeyPatch, pattern: Callable[[Frame, float, int], Mask]
):
    """Ten masks of the whole image that do not compress."""
    pipeline = networks.inspection()
    image = Image.from_array(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), "speckles")
    masks = tuple(pattern(image.frame, 0.5, seed) for seed in range(10))
    assert sum(len(mask.counts) for mask in masks) > RESPONSE_BYTES

    def detect(batch: Sequence[Image]) -> list[Detections]:
        boxes = Boxes(np.array([[0, 0, *SIZE]] * 10, np.float32), image.frame)
        scores, classes = np.full(10, 0.5, np.float32), np.zeros(10, np.int64)
        return [Detections(boxes, scores, classes, LabelMap(("speckle",)), masks) for _ in batch]

    monkeypatch.setattr(pipeline.detect, "process", detect)
    async with pipeline:
        result = await pipeline(image)
    assert len(result.model_dump_json()) < RESPONSE_BYTES
    assert len(result.data.detections) == 10
    assert all(detection.mask is not None for detection in result.data.detections)
    (warning,) = result.warnings
    assert warning.startswith("response_size: the masks of detections")
    assert warning.endswith("were simplified")
    assert sum(len(d.mask.counts) for d in result.data.detections if d.mask) <= MASK_BYTES
