"""A response stays below a megabyte, whatever its masks look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from siseon.applications.inspection.response_size import MASK_BYTES, RESPONSE_BYTES, masks_within
from siseon.contracts import Boxes, Detections, Frame, Image, LabelMap, Mask

SIZE = (640, 480)


def _speckled(frame: Frame, share: float, seed: int) -> Mask:
    noise = np.random.default_rng(seed).random((frame.height, frame.width)) < share
    return Mask.encode(noise, frame)


def _chequered(frame: Frame, _: float, seed: int) -> Mask:
    """As many runs as pixels: no mask of this size is longer."""
    rows, columns = np.indices((frame.height, frame.width))
    return Mask.encode((rows + columns + seed) % 2 == 0, frame)


def test_masks_that_fit_all_stay():
    frame = Frame.root(*SIZE)
    masks = [_speckled(frame, 0.0001, seed) for seed in range(10)]
    assert masks_within(masks) == (masks, [])


def test_the_largest_masks_give_way_until_the_rest_fit():
    frame = Frame.root(*SIZE)
    masks = [_speckled(frame, share, 7) for share in (0.5, 0.001, 0.4, 0.01)]
    sizes = [len(mask.counts) for mask in masks]
    kept, left_out = masks_within(masks, budget=sizes[1] + sizes[2] + 2 * sizes[3])
    assert left_out == [0]
    assert [mask is None for mask in kept] == [True, False, False, False]


@pytest.mark.parametrize("pattern", [_speckled, _chequered])
async def test_ten_speckled_objects_answer_in_less_than_a_megabyte_and_say_which_masks_are_missing(
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
    masked = [detection.mask is not None for detection in result.data.detections]
    assert 0 < sum(masked) < 10
    (warning,) = result.warnings
    assert warning.startswith("response_size: the masks of detections")
    assert all(str(index) in warning for index, has in enumerate(masked) if not has)
    assert sum(len(d.mask.counts) for d in result.data.detections if d.mask) <= MASK_BYTES
