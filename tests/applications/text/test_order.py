"""The order of lines: rows, blocks, tables, columns of vertical writing."""

from __future__ import annotations

import numpy as np

from siseon.applications.text.order import reading_order
from siseon.contracts import Frame, Polygon

PAGE = Frame.root(1000, 1000)


def box(x: float, y: float, width: float = 80, height: float = 20) -> Polygon:
    corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    return Polygon(np.array(corners, np.float32), PAGE)


def test_nothing_has_no_order() -> None:
    assert reading_order([]) == []


def test_rows_are_read_from_the_top_and_from_the_left() -> None:
    assert reading_order([box(300, 103), box(10, 200), box(10, 100), box(150, 97)]) == [2, 3, 0, 1]


def test_a_balloon_is_read_to_its_end_before_the_one_beside_it() -> None:
    left = [box(10, 100), box(10, 122), box(10, 144)]
    right = [box(200, 112), box(200, 134), box(200, 156)]
    assert reading_order([*left, *right]) == [0, 1, 2, 3, 4, 5]


def test_a_table_of_short_cells_is_read_across() -> None:
    items = [box(10, 100 + 25 * row) for row in range(3)]
    prices = [box(400, 101 + 25 * row, width=40) for row in range(3)]
    assert reading_order([*items, *prices]) == [0, 3, 1, 4, 2, 5]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = [box(10, 100 + 25 * row, width=400) for row in range(3)]
    right = [box(450, 100 + 25 * row, width=400) for row in range(3)]
    assert reading_order([*left, *right]) == [0, 1, 2, 3, 4, 5]


def test_a_label_stays_with_the_figure_below_it() -> None:
    labels = [box(10, 100, 40, 12), box(300, 100, 40, 12)]
    figures = [box(10, 113, 60, 22), box(300, 113, 60, 22)]
    # Two columns of short lines at the same heights are a table: this is the price of reading tables across.
    assert reading_order([*labels, *figures]) == [0, 1, 2, 3]
    lower = [box(300, 150, 40, 12), box(300, 163, 60, 22)]
    assert reading_order([labels[0], figures[0], *lower]) == [0, 1, 2, 3]


def test_columns_of_vertical_writing_run_from_the_right() -> None:
    columns = [box(100, 50, 30, 300), box(200, 50, 30, 280), box(300, 60, 30, 310)]
    assert reading_order(columns) == [2, 1, 0]


def test_one_tall_figure_does_not_turn_the_page() -> None:
    assert reading_order([box(10, 100, 300), box(10, 200, 300), box(500, 100, 12, 30)]) == [0, 2, 1]
