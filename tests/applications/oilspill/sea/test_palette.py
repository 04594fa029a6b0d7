"""Class maps in colours."""

from __future__ import annotations

import numpy as np

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.sea.palette import COLOURS, NOTHING, blended, coloured
from siseon.applications.oilspill.sea.seen import NONE


def test_each_class_has_a_colour_of_its_own() -> None:
    assert tuple(COLOURS) == SEA_CLASSES
    assert len({*COLOURS.values(), NOTHING}) == len(SEA_CLASSES) + 1


def test_a_class_map_is_shown_in_its_colours() -> None:
    shown = coloured(np.array([[0, 6, NONE]], np.uint8))
    assert shown.tolist() == [[list(COLOURS["sea"]), list(COLOURS["emulsion"]), list(NOTHING)]]


def test_only_oil_is_laid_over_the_picture() -> None:
    picture = np.full((2, 2, 3), 100, np.uint8)
    classes = np.array([[0, 6], [7, 0]], np.uint8)
    out = blended(picture, classes, classes == 6)
    assert out[0, 1].tolist() == [178, 114, 50]
    out[0, 1] = 100
    assert np.array_equal(out, picture)
