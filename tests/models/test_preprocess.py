"""Images arrive at the network as its card says: size, filter, colours, range, and a frame that maps back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from siseon.contracts import Boxes, ContractViolation, Crop, Image
from siseon.models import InputSpec
from siseon.models.preprocess import fitted, prepare


def _noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _half_pixel_bilinear(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """The definition: sample at (i + 0.5) * scale - 0.5, clamped at the edge (align_corners=False)."""
    source_h, source_w = pixels.shape[:2]

    def taps(count: int, source: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        at = np.clip((np.arange(count) + 0.5) * source / count - 0.5, 0, source - 1)
        low = np.floor(at).astype(int)
        return low, np.minimum(low + 1, source - 1), at - low

    top, bottom, v = taps(height, source_h)
    left, right, u = taps(width, source_w)
    values = pixels.astype(np.float64)
    v, u = v[:, None, None], u[None, :, None]
    upper = values[top][:, left] * (1 - u) + values[top][:, right] * u
    lower = values[bottom][:, left] * (1 - u) + values[bottom][:, right] * u
    return upper * (1 - v) + lower * v


@pytest.mark.parametrize("size", [(500, 300), (100, 171), (224, 224), (33, 640)])
def test_crops_become_224_square_by_bilinear_filtering_with_half_pixel_centres(size: tuple[int, int]):
    pixels = _noise(*size)
    batch, _ = prepare([Image.from_array(pixels)], InputSpec(width=224, height=224, resize="stretch"))
    expected = _half_pixel_bilinear(pixels, 224, 224).transpose(2, 0, 1)
    assert batch.shape == (1, 3, 224, 224)
    # One level: the pixels are rounded to 8 bits after filtering.
    np.testing.assert_allclose(batch[0], expected, atol=1.0)


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "center_crop"])
@pytest.mark.parametrize("box", [(3, 5, 40, 29), (10, 2, 34, 26)])  # the second has the network's size
def test_a_part_of_a_picture_is_prepared_where_it_lies_to_the_same_bits(resize, box):
    image = Image.from_array(_noise(60, 40))
    spec = InputSpec(width=24, height=24, resize=resize, mean=(1.0, 2.0, 3.0))
    batch, (frame,) = prepare([Crop(0, image, box)], spec)
    wanted, (cut,) = prepare([image.crop(*box)], spec)
    np.testing.assert_array_equal(batch, wanted)
    np.testing.assert_array_equal(frame.matrix_to(image.frame), cut.matrix_to(image.frame))


@pytest.mark.parametrize("kind", ["pillow", "ndarray"])
def test_a_pillow_picture_or_an_array_becomes_planes_from_0_to_1(kind: str):
    pixels = _noise(40, 30)
    source = PillowImage.fromarray(pixels) if kind == "pillow" else pixels
    image = Image.from_array(np.asarray(source))
    batch, _ = prepare([image], InputSpec(width=40, height=30, std=(255.0, 255.0, 255.0)))
    assert batch.dtype == np.float32
    assert batch.flags.c_contiguous
    np.testing.assert_allclose(batch[0], pixels.transpose(2, 0, 1) / 255, rtol=1e-6)


def test_mean_and_std_apply_in_the_networks_colour_order():
    pixels = np.full((4, 4, 3), (10, 20, 30), dtype=np.uint8)
    spec = InputSpec(width=4, height=4, colour="BGR", mean=(1, 2, 3), std=(2, 4, 8))
    batch, _ = prepare([Image.from_array(pixels)], spec)
    assert batch[0, :, 0, 0].tolist() == [(30 - 1) / 2, (20 - 2) / 4, (10 - 3) / 8]


@pytest.mark.parametrize(("anchor", "corner"), [("top_left", (0, 0)), ("center", (0, 25))])
def test_a_letterbox_keeps_the_aspect_and_pads_with_the_normalised_pad_value(
    anchor: str, corner: tuple[int, int]
):
    spec = InputSpec(
        width=100, height=100, resize="letterbox", anchor=anchor, pad=114, mean=(14,) * 3, std=(50,) * 3
    )
    batch, (frame,) = prepare([Image.from_array(np.full((100, 200, 3), 14, np.uint8))], spec)
    left, top = corner
    assert frame.content == (left, top, left + 100, top + 50)
    expected = np.full((3, 100, 100), 2.0)
    expected[:, top : top + 50, left : left + 100] = 0.0
    np.testing.assert_allclose(batch[0], expected)


@pytest.mark.parametrize("resize", ["letterbox", "stretch", "center_crop"])
def test_the_frames_map_what_the_network_sees_back_to_the_photo(resize: str):
    pixels = np.zeros((300, 500, 3), dtype=np.uint8)
    pixels[120:180, 200:300] = 255
    image = Image.from_array(pixels)
    batch, (frame,) = prepare(
        [image], InputSpec(width=128, height=128, resize=resize, crop_fraction=0.8, pad=0)
    )
    ys, xs = np.nonzero(batch[0, 0] > 127)
    seen = Boxes(np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], np.float32), frame)
    # One pixel of the network's input is up to four of the photo.
    np.testing.assert_allclose(seen.to(image.frame).xyxy, [[200, 120, 300, 180]], atol=4)


def test_images_of_any_size_share_a_batch_and_keep_their_order():
    images = [
        Image.from_array(np.full((h, w, 3), v, np.uint8))
        for w, h, v in [(10, 20, 1), (300, 7, 2), (64, 64, 3)]
    ]
    batch, frames = prepare(images, InputSpec(width=64, height=64))
    assert batch[:, 0, 32, 32].tolist() == [1, 2, 3]
    assert [frame.parent for frame in frames] == [image.frame for image in images]


def test_an_open_size_needs_a_size():
    image = Image.from_array(_noise(20, 10))
    assert prepare([image], InputSpec(), (16, 8))[0].shape == (1, 3, 8, 16)
    with pytest.raises(ContractViolation, match="open"):
        prepare([image], InputSpec())


def test_images_that_may_not_be_resized_must_agree():
    images = [Image.from_array(_noise(20, 10)), Image.from_array(_noise(21, 10))]
    assert prepare(images[:1], InputSpec(resize="none"))[0].shape == (1, 3, 10, 20)
    with pytest.raises(ContractViolation, match="share a batch"):
        prepare(images, InputSpec(resize="none"))
    with pytest.raises(ContractViolation, match="resize the image first"):
        prepare(images, InputSpec(resize="none"), (20, 10))


def test_no_images_are_no_batch():
    with pytest.raises(ContractViolation, match="at least one"):
        prepare([], InputSpec(width=4, height=4))


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    resize=st.sampled_from(["letterbox", "stretch", "center_crop"]),
)
@settings(max_examples=60, deadline=None)
def test_any_image_fills_the_whole_input_with_finite_values(width: int, height: int, resize: str):
    spec = InputSpec(width=48, height=32, resize=resize, crop_fraction=0.875, mean=(127,) * 3, std=(128,) * 3)
    batch, (frame,) = prepare([Image.from_array(_noise(width, height))], spec)
    assert batch.shape == (1, 3, 32, 48)
    assert np.abs(batch).max() <= 1.0
    assert frame.root_frame.width == width


def test_channels_last_is_the_same_picture_with_its_axes_moved():
    image = Image.from_array(_noise(50, 30))
    spec = InputSpec(width=16, height=8, colour="BGR", mean=(104, 117, 123))
    first, _ = prepare([image], spec)
    last, _ = prepare([image], spec.model_copy(update={"layout": "NHWC"}))
    assert last.shape == (1, 8, 16, 3)
    assert last.flags.c_contiguous
    np.testing.assert_array_equal(last, first.transpose(0, 2, 3, 1))


@pytest.mark.parametrize("resize", ["letterbox", "stretch", "center_crop", "none"])
@pytest.mark.parametrize("size", [(640, 427), (31, 200), (64, 48)])
def test_what_the_network_sees_of_an_image_prepares_to_the_same_bits(resize, size):
    rng = np.random.default_rng(3)
    image = Image.from_array(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    spec = InputSpec(width=64, height=48, resize=resize, crop_fraction=0.875, mean=(9, 8, 7), std=(3, 2, 5))
    wanted_size = size if resize == "none" else None
    wanted, frames = prepare([image], spec, wanted_size)
    seen, own = fitted(image, spec, wanted_size)
    got, others = prepare([seen], own, wanted_size)
    assert np.array_equal(got, wanted)
    corners = np.array([[0.0, 0.0], [40.0, 30.0]])
    root = image.frame
    assert np.allclose(others[0].map_points(corners, root), frames[0].map_points(corners, root))
