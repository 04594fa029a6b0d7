"""Where ruby stands, and what it is not."""

import numpy as np
import pytest

from siseon.applications.text.ruby import bases_of_ruby
from siseon.contracts import Frame, Polygon

FRAME = Frame.root(1000, 1000)
COLUMN = (100, 100, 150, 500)


def _box(x1, y1, x2, y2):
    return Polygon(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32), FRAME)


def _bases(*lines):
    return bases_of_ruby([_box(*box) for box, _ in lines], [text for _, text in lines])


def test_narrow_kana_at_the_right_of_a_column_is_its_ruby():
    assert _bases((COLUMN, "警察にも"), ((152, 100, 172, 250), "けいさつ")) == [None, 0]


def test_ruby_too_small_to_be_read_is_ruby():
    assert _bases(((152, 100, 172, 250), None), (COLUMN, "先生")) == [1, None]


def test_low_kana_above_a_row_is_its_ruby():
    assert _bases(((100, 100, 500, 150), "東京駅"), ((100, 78, 250, 98), "とうきょう")) == [None, 0]


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ((78, 100, 98, 250), "けいさつ"),  # on the left
        ((152, 100, 195, 250), "けいさつ"),  # as wide as a column
        ((180, 100, 200, 250), "けいさつ"),  # too far
        ((152, 450, 172, 700), "けいさつ"),  # beside its end only
        ((152, 100, 172, 250), "警察"),  # no kana
        ((152, 100, 172, 250), "Police"),
    ],
)
def test_what_stands_or_reads_otherwise_is_a_line(box, text):
    assert _bases((COLUMN, "警察にも"), (box, text)) == [None, None]


def test_latin_has_no_ruby():
    assert _bases(((100, 100, 500, 150), "Tokyo station"), ((100, 78, 250, 98), None)) == [None, None]


def test_ruby_belongs_to_the_nearest_of_two_columns():
    other = (168, 100, 218, 500)
    assert _bases((other, "町中"), (COLUMN, "先生"), ((152, 100, 166, 250), "せんせい")) == [None, None, 1]


def test_no_lines_and_one_line():
    assert _bases() == []
    assert _bases((COLUMN, "先生")) == [None]
