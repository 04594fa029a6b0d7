"""Rows and columns that were taken for one line."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.text.crowded import is_crowded, parted
from siseon.contracts import Image


def block(*boxes: tuple[int, int, int, int], width: int = 60, height: int = 50) -> Image:
    """Dark boxes (x1, y1, x2, y2) on white, cut from a picture at (100, 40)."""
    picture = np.full((200, 300, 3), 255, np.uint8)
    for x1, y1, x2, y2 in boxes:
        picture[40 + y1 : 40 + y2, 100 + x1 : 100 + x2] = 0
    return Image.from_array(picture).crop(100, 40, 100 + width, 40 + height)


def places(line: Image) -> list[tuple[float, ...]]:
    root = line.frame.root_frame
    return [tuple(polygon.bounds) for polygon in parted(line, root)]


@pytest.mark.parametrize(
    ("text", "crowded"),
    [("第二天", True), ("天二", False), ("第", False), ("Thursday", False), ("二12:30", False)],
)
def test_letters_that_fill_their_em_need_room(text, crowded) -> None:
    assert is_crowded(block(), text) is crowded


def test_rows_are_parted_in_the_middle_of_the_gap() -> None:
    rows = block((4, 5, 56, 22), (15, 28, 45, 45))

    assert places(rows) == [(100, 42, 160, 65), (100, 65, 160, 88)]


def test_columns_are_parted_where_the_gap_between_them_is_wider_than_that_between_letters() -> None:
    columns = block((5, 4, 25, 22), (5, 25, 25, 44), (35, 4, 55, 22), (35, 25, 55, 44))

    assert places(columns) == [(100, 40, 130, 90), (130, 40, 160, 90)]


def test_the_line_of_a_frame_is_left_out() -> None:
    framed = block((0, 0, 60, 2), (10, 8, 50, 20), (15, 30, 45, 42), (0, 48, 60, 50))

    assert places(framed) == [(100, 43, 160, 65), (100, 65, 160, 87)]


def test_what_no_gap_runs_through_stays_whole() -> None:
    assert places(block((4, 5, 56, 45))) == []
    assert places(block((4, 5, 56, 24), (15, 25, 45, 45))) == []
    assert places(block()) == []


def test_a_thin_line_beside_a_high_one_is_none() -> None:
    assert places(block((4, 5, 56, 9), (4, 20, 56, 45))) == []
