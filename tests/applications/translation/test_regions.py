import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.text import Line
from siseon.applications.translation.regions import group

WHITE = np.full((600, 800, 3), 255, np.uint8)


def _line(text, x, y, width, height=20.0, angle=0.0):
    """Turned about its own middle, clockwise as seen."""
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    corners = corners @ np.array([[cos, sin], [-sin, cos]]) + [x + width / 2, y + height / 2]
    ring = [*corners.tolist(), corners[0].tolist()]
    return Line(polygon=ring, text=text, score=0.9)


def _texts(lines, pixels=WHITE, **options):
    return [region.text for region in group(lines, pixels, **options)]


def test_lines_below_one_another_are_one_text():
    lines = [_line("wet paint,", 100, 100, 200), _line("do not touch", 110, 128, 180)]

    (region,) = group(lines, WHITE)

    assert region.text == "wet paint, do not touch"
    assert tuple(region.box) == (100, 100, 300, 148)
    assert (region.script, region.vertical, region.angle) == ("latin", False, 0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (_line("far", 100, 160, 200), "distance"),
        (_line("large", 100, 124, 200, 60), "height"),
        (_line("turned", 100, 126, 200, angle=25), "angle"),
        (_line("beside", 340, 100, 200), "distance in the row"),
    ],
)
def test_lines_that_differ_are_parted(other, why):
    assert len(group([_line("one", 100, 100, 200), other], WHITE)) == 2, why


def test_lines_of_another_colour_are_parted():
    page = WHITE.copy()
    page[103:117, 102:298:3] = 0
    page[127:143, 102:298:3] = (220, 0, 0)
    lines = [_line("black", 100, 100, 200), _line("red", 100, 125, 200)]

    assert len(group(lines, page)) == 2
    page[127:143, 102:298:3] = 0
    assert len(group(lines, page)) == 1


def test_words_of_one_row_are_one_text_in_order():
    assert _texts([_line("paint", 160, 101, 60), _line("wet", 100, 100, 50)]) == ["wet paint"]


def test_a_word_torn_at_a_line_end_is_whole_again():
    assert _texts([_line("trans-", 100, 100, 100), _line("lation", 100, 126, 100)]) == ["translation"]


def test_japanese_lines_are_joined_without_spaces():
    assert _texts([_line("ポイ捨て", 100, 100, 100), _line("禁止", 100, 126, 100)]) == ["ポイ捨て禁止"]


def test_columns_are_vertical_and_read_from_the_right():
    (region,) = group([_line("いろは", 100, 100, 20, 90), _line("にほへ", 130, 100, 20, 90)], WHITE)

    assert region.vertical
    assert region.text == "にほへいろは"
    assert region.angle == 0


@pytest.mark.parametrize("angle", [-40, -17, 17, 44])
def test_turned_lines_are_grouped_as_upright_ones(angle):
    down = np.array([-np.sin(np.radians(angle)), np.cos(np.radians(angle))]) * 26
    lines = [
        _line("one", 300, 300, 200, angle=angle),
        _line("two", 300 + down[0], 300 + down[1], 200, angle=angle),
    ]

    (region,) = group(lines, WHITE)

    assert region.text == "one two"
    assert region.angle == pytest.approx(angle, abs=0.5)
    corners = region.corners
    assert np.linalg.norm(corners[1] - corners[0]) == pytest.approx(200, abs=0.5)
    assert np.linalg.norm(corners[3] - corners[0]) == pytest.approx(46, abs=0.5)


def test_a_line_that_tilts_by_a_pixel_is_level():
    ring = [(100, 100), (300, 101), (300, 121), (100, 120), (100, 100)]

    (region,) = group([Line(polygon=ring, text="level", score=1)], WHITE)

    assert region.angle == 0


def test_no_lines_are_no_regions():
    assert group([], WHITE) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 700), st.integers(0, 550), st.integers(4, 100), st.integers(4, 50)),
        min_size=1,
        max_size=30,
    )
)
def test_every_line_is_in_one_region_and_inside_its_polygon(places):
    lines = [_line(str(i), *place) for i, place in enumerate(places)]

    regions = group(lines, WHITE)

    assert sorted(line.text for region in regions for line in region.lines) == sorted(
        line.text for line in lines
    )
    for region in regions:
        x1, y1, x2, y2 = region.box
        for line in region.lines:
            points = np.array(line.polygon)
            assert (points >= [x1 - 0.1, y1 - 0.1]).all()
            assert (points <= [x2 + 0.1, y2 + 0.1]).all()


def test_thousands_of_lines_are_grouped():
    lines = [_line("x", 20 * (i % 40), 4 * (i // 40), 10, 3) for i in range(2000)]

    assert sum(len(region.lines) for region in group(lines, WHITE)) == 2000


def test_a_pictogram_beside_a_text_is_no_part_of_it():
    page = WHITE.copy()
    sign = _line("穴", 100, 100, 20).model_copy(update={"score": 0.67})
    word = _line("Palais du LOUVRE", 126, 100, 200)

    assert _texts([sign, word], page) == ["穴", "Palais du LOUVRE"]
    assert _texts([sign.model_copy(update={"score": 0.99}), word], page) == ["穴 Palais du LOUVRE"]
    assert _texts([sign, _line("出口", 126, 100, 40)], page) == ["穴出口"]
