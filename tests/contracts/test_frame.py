"""Frames map there and back, and refuse to mix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import ContractViolation, Frame

sides = st.integers(min_value=8, max_value=4000)


@st.composite
def chains(draw: st.DrawFn) -> Frame:
    """A frame at the end of up to six crops, resizes, letterboxes, tiles and warps."""
    frame = Frame.root(draw(sides), draw(sides))
    for kind in draw(st.lists(st.sampled_from(["crop", "resize", "letterbox", "tile", "warp"]), max_size=6)):
        if kind == "crop":
            x, y = draw(st.integers(0, frame.width - 1)), draw(st.integers(0, frame.height - 1))
            frame = frame.crop(x, y, frame.width, frame.height)
        elif kind == "resize":
            # Scaling down to a few pixels and up again loses digits by nature, so sides stay comparable.
            frame = frame.resize(draw(st.integers(64, 2000)), draw(st.integers(64, 2000)))
        elif kind == "letterbox":
            anchor = draw(st.sampled_from(["center", "top_left"]))
            frame = frame.letterbox(draw(st.integers(64, 2000)), draw(st.integers(64, 2000)), anchor=anchor)
        elif kind == "tile":
            frame = frame.tile(
                draw(st.integers(0, frame.width - 1)), draw(st.integers(0, frame.height - 1)), 640, 640
            )
        else:
            turn = draw(st.floats(-3, 3))
            cos, sin = np.cos(turn), np.sin(turn)
            matrix = np.array([[cos, -sin, frame.width / 2], [sin, cos, frame.height / 2], [0, 0, 1]])
            frame = frame.warp(matrix, 320, 240)
    return frame


@given(chains(), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_points_map_to_the_root_and_back_within_a_thousandth_of_a_pixel(frame: Frame, shares: list) -> None:
    points = np.array(shares) * [frame.width, frame.height]
    back = frame.root_frame.map_points(frame.map_points(points, frame.root_frame), frame)
    assert np.abs(back - points).max() < 1e-3


def test_siblings_map_through_their_common_root() -> None:
    root = Frame.root(100, 80)
    left, right = root.crop(10, 0, 60, 80), root.crop(50, 0, 100, 80)
    assert left.map_points(np.array([[40.0, 5.0]]), right).tolist() == [[0.0, 5.0]]


def test_a_resize_scales_coordinates_without_a_half_pixel_shift() -> None:
    root = Frame.root(640, 480)
    small = root.resize(320, 240)
    assert small.map_points(np.array([[0.0, 0.0], [320.0, 240.0]]), root).tolist() == [
        [0.0, 0.0],
        [640.0, 480.0],
    ]


@pytest.mark.parametrize(
    ("anchor", "content"), [("center", (0, 52, 416, 364)), ("top_left", (0, 0, 416, 312))]
)
def test_a_letterbox_knows_its_padding(anchor, content) -> None:
    frame = Frame.root(640, 480).letterbox(416, 416, anchor=anchor)
    assert frame.content == content
    corners = frame.map_points(np.array([content[:2], content[2:]], float), frame.root_frame)
    assert np.abs(corners - [[0, 0], [640, 480]]).max() < 1e-9


def test_frames_without_a_common_root_raise() -> None:
    with pytest.raises(ContractViolation, match="no common root"):
        Frame.root(10, 10).map_points(np.zeros((1, 2)), Frame.root(10, 10))


def test_two_equal_sizes_are_two_frames() -> None:
    assert Frame.root(4, 4) != Frame.root(4, 4)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_a_frame_without_area_can_not_be_built(size) -> None:
    with pytest.raises(ContractViolation):
        Frame.root(*size)


def test_an_empty_crop_raises() -> None:
    with pytest.raises(ContractViolation, match="empty"):
        Frame.root(10, 10).crop(12, 0, 15, 5)


def test_a_warp_that_can_not_be_inverted_raises() -> None:
    with pytest.raises(ContractViolation):
        Frame.root(10, 10).warp(np.zeros((3, 3)), 5, 5)
