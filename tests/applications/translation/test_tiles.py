from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.translation.tiles import MAX_TILES, Tile, bucket, kept, tiles


@given(st.integers(1, 30_000), st.integers(1, 30_000))
def test_tiles_cover_the_picture_and_overlap(width, height):
    parts = tiles(width, height)

    assert 1 <= len(parts) <= MAX_TILES
    assert (len(parts) == 1) or bucket(width, height) == "long"
    axis, length = (0, width) if width > height else (1, height)
    assert parts[0][axis] == 0
    assert parts[-1][axis + 2] == length
    for before, after in pairwise(parts):
        assert before[axis] < after[axis] < before[axis + 2] < after[axis + 2]
        shared = before[axis + 2] - after[axis]
        assert shared >= 0.2 * (before[axis + 2] - before[axis])


def test_a_webtoon_is_long_and_read_in_pieces_of_a_page():
    assert bucket(800, 20_000) == "long"
    assert len(tiles(800, 20_000)) == 22
    assert tiles(800, 1200) == [Tile(0, 0, 800, 1200)]


def test_a_line_that_two_tiles_found_is_kept_once_from_where_it_is_whole():
    parts = [Tile(0, 0, 400, 600), Tile(0, 450, 400, 1050)]
    boxes = np.array([[20, 560, 200, 600], [20, 560, 200, 610], [20, 100, 90, 120]], np.float32)

    assert kept(boxes, [0, 1, 0], parts, 400, 1050) == [1, 2]


def test_lines_of_one_tile_never_displace_each_other():
    parts = [Tile(0, 0, 400, 600)]

    assert kept(np.array([[0, 0, 50, 50], [1, 1, 50, 50]], np.float32), [0, 0], parts, 400, 600) == [0, 1]
    assert kept(np.zeros((0, 4), np.float32), [], parts, 400, 600) == []


@pytest.mark.parametrize("height", [5000, 20_000])
def test_every_line_of_a_long_page_is_found_once_whatever_the_tiles_cut(height):
    lines = np.array([[50, y, 300, y + 40] for y in range(10, height - 50, 70)], np.float32)
    parts = tiles(800, height)
    found, owners = [], []
    for number, part in enumerate(parts):
        for line in lines:
            cut = np.clip(line, [part.x1, part.y1] * 2, [part.x2, part.y2] * 2)
            if cut[3] - cut[1] > 10:
                found.append(cut)
                owners.append(number)

    chosen = kept(np.array(found), owners, parts, 800, height)

    assert np.array_equal(np.array(found)[chosen][np.argsort(np.array(found)[chosen][:, 1])], lines)
