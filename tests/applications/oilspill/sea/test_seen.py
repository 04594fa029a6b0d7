"""Class maps with their verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.sea.seen import Seen, refusal
from siseon.contracts import ContractViolation

EMULSION, SHIP = SEA_CLASSES.index("emulsion"), SEA_CLASSES.index("ship")


def slick() -> Seen:
    classes = np.zeros((10, 20), np.uint8)
    classes[2:4, 5:10] = EMULSION
    classes[8, 0] = SHIP
    return Seen(classes, np.ones((10, 20), np.float32), "oil")


def test_cover_is_the_share_of_each_class_that_is_there() -> None:
    assert slick().cover() == {"sea": 189 / 200, "emulsion": 10 / 200, "ship": 1 / 200}


def test_hidden_pixels_are_of_no_class_and_never_oil() -> None:
    hidden = np.zeros((10, 20), bool)
    hidden[:3] = True
    left = slick().without(hidden)
    assert (left.classes[:3] == NOTHING).all()
    assert left.oil.sum() == 5
    assert left.verdict == "oil"
    assert sum(left.cover().values()) == pytest.approx(139 / 200 + 1 / 200)


def test_oil_that_is_wholly_hidden_accuses_nobody() -> None:
    assert slick().without(np.ones((10, 20), bool)).verdict == "unsure"


def test_a_refusal_has_no_class_anywhere() -> None:
    refused = refusal(30, 20, "not_optical")
    assert refused.classes.shape == (20, 30)
    assert refused.cover() == {}
    with pytest.raises(ContractViolation, match="has no classes"):
        Seen(slick().classes, slick().probability, "unsure", "not_the_sea")


def test_maps_of_other_types_or_sizes_are_refused() -> None:
    with pytest.raises(ContractViolation):
        Seen(np.zeros((2, 2), np.int64), np.zeros((2, 2), np.float32), "no_oil")
    with pytest.raises(ContractViolation):
        Seen(np.zeros((2, 2), np.uint8), np.zeros((3, 2), np.float32), "no_oil")
