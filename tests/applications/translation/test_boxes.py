import pytest

from applications.translation.test_contracts import _region
from siseon.applications.translation.boxes import parted, room


def _at(x1, y1, x2, y2):
    return _region(polygon=((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)))


def _bounds(region):
    return region.box.x1, region.box.y1, region.box.x2, region.box.y2


def test_boxes_that_reach_into_one_another_share_what_is_common():
    above, below, far = parted([_at(0, 0, 300, 108), _at(60, 92, 260, 160), _at(0, 200, 300, 240)])

    assert _bounds(above) == (0, 0, 300, 100)
    assert _bounds(below) == (60, 100, 260, 160)
    assert _bounds(far) == (0, 200, 300, 240)


def test_boxes_beside_one_another_are_cut_from_the_side():
    left, right = parted([_at(0, 0, 104, 40), _at(96, 0, 200, 40)])

    assert (_bounds(left)[2], _bounds(right)[0]) == (100, 100)
    assert room(left) == (100, 40)


@pytest.mark.parametrize("inner", [(40, 10, 160, 40), (0, 5, 200, 50)])
def test_a_box_that_lies_in_another_stays_whole(inner):
    regions = [_at(0, 0, 200, 50), _at(*inner)]

    assert parted(regions) == regions
