"""Which needle is meant, told by what was measured of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siseon.applications.gauges.meant import needle_meant
from siseon.applications.gauges.needle import Needle

RED, BLUE = (0.2, -0.7, -0.7), (-0.7, -0.7, 0.1)
BEST = Needle(
    angle=40.0,
    direction=40.0,
    deviation=0.1,
    length=0.95,
    width=0.04,
    evenness=1.0,
    blur=0.01,
    contrast=200.0,
    lopsided=0.0,
    coloured=True,
    hue=RED,
)


def at(angle: float, **more: object) -> Needle:
    return replace(BEST, angle=angle, direction=angle, **more)


def meant(*others: Needle) -> Needle | None:
    """The scale is from 225° over the top to 135°."""
    return needle_meant([BEST, *others], 40.0, lambda angle: not 135 < angle % 360 < 225, 4.0)


@pytest.mark.parametrize(
    "other",
    [
        at(300, length=0.75),
        at(300, contrast=70, length=0.9),
        at(300, contrast=30, coloured=False),
        at(300, contrast=30, hue=BLUE),
        at(228, length=0.7, width=0.05),
        at(228, length=0.9, width=0.09, hue=BLUE),
        at(219, length=0.95),
        at(300, length=0.9, width=0.3),
    ],
    ids=[
        "shorter",
        "fainter",
        "grey",
        "faint, of another colour",
        "opposite",
        "opposite, of another colour",
        "through the dial",
        "a blot",
    ],
)
def test_where_another_could_be_meant_none_is(other: Needle) -> None:
    assert meant(other) is None


@pytest.mark.parametrize(
    "other",
    [
        at(180),
        at(300, length=0.55),
        at(300, contrast=30),
        at(228, length=0.6),
        at(228, length=0.95, width=0.09),
        at(219, length=0.8),
        at(300, length=0.7, width=0.3),
    ],
    ids=[
        "beside the scale",
        "short",
        "its shadow",
        "tail",
        "broad tail",
        "tail beside the scale",
        "a small blot",
    ],
)
def test_what_is_no_needle_leaves_the_one_that_is(other: Needle) -> None:
    assert meant(other) is BEST
