"""Pieces of one column are one line; columns side by side, and rows of anything, are not."""

import numpy as np
import pytest

from siseon.applications.text.columns import join_columns
from siseon.contracts import Frame, Polygon

FRAME = Frame.root(1000, 1000)
COLUMN = (500, 100, 550, 400)


def _boxes(*boxes):
    corners = [[[x1, y1], [x2, y1], [x2, y2], [x1, y2]] for x1, y1, x2, y2 in boxes]
    polygons = [Polygon(np.array(quad, np.float32), FRAME) for quad in corners]
    return [tuple(round(float(value)) for value in joined.bounds) for joined in join_columns(polygons)]


def test_what_continues_a_column_belongs_to_it():
    assert _boxes(COLUMN, (502, 440, 548, 490)) == [(500, 100, 550, 490)]
    assert _boxes((502, 20, 548, 70), COLUMN, (502, 440, 548, 490)) == [(500, 20, 550, 490)]


def test_a_letter_that_was_missed_does_not_part_a_column():
    assert _boxes(COLUMN, (500, 455, 550, 505), (500, 505, 550, 560)) == [(500, 100, 550, 560)]


@pytest.mark.parametrize(
    "other",
    [
        (420, 100, 470, 400),  # the next column
        (500, 480, 550, 530),  # too far below
        (552, 380, 574, 440),  # ruby
        (490, 410, 640, 460),  # wider
    ],
)
def test_what_stands_elsewhere_or_is_of_another_width_is_a_line_of_its_own(other):
    assert _boxes(COLUMN, other) == [COLUMN, other]


def test_numbers_below_one_another_are_lines_where_text_is_written_in_rows():
    rows = [(100, 100, 140, 140), (100, 150, 140, 190), (200, 100, 700, 140)]
    assert _boxes(*rows) == rows


def test_no_lines_and_one_line():
    assert _boxes() == []
    assert _boxes(COLUMN) == [COLUMN]
