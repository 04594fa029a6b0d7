"""The rule by which a picture is said to show oil: rather unsure than a wrong accusation."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.sea.decide import Probabilities, decided

EMULSION, LAND, OTHER = SEA_CLASSES.index("emulsion"), SEA_CLASSES.index("land"), len(SEA_CLASSES)


def sea(oil: float = 0.0, rows: int = 0, *, land: int = 0) -> Probabilities:
    """(11, 100, 100): ``rows`` of oil of that probability, ``land`` rows below."""
    chances = np.zeros((11, 100, 100), np.float32)
    chances[0] = 1
    chances[EMULSION, :rows], chances[0, :rows] = oil, 1 - oil
    if land:
        chances[:, -land:] = 0
        chances[LAND, -land:] = 1
    return chances


def test_enough_oil_that_is_sure_is_said() -> None:
    seen = decided(sea(0.95, 10), 400, 200)
    assert seen.verdict == "oil"
    assert seen.classes.shape == (200, 400)
    assert seen.oil.mean() == pytest.approx(0.1, abs=0.01)


def test_what_is_likely_and_no_more_is_unsure_and_has_no_class() -> None:
    seen = decided(sea(0.48, 10), 100, 100)
    assert seen.verdict == "unsure"
    assert seen.suspected == pytest.approx(0.1)
    assert not seen.oil.any()
    assert (seen.classes[:10] == NOTHING).all()


def test_open_sea_is_free_of_oil() -> None:
    seen = decided(sea(), 100, 100)
    assert seen.verdict == "no_oil"
    assert (seen.classes == 0).all()


def test_a_speck_does_not_accuse_and_is_sea() -> None:
    chances = sea()
    chances[EMULSION, 50, 50:56], chances[0, 50, 50:56] = 0.99, 0.01
    seen = decided(chances, 100, 100)
    assert seen.verdict == "no_oil"
    assert (seen.classes == 0).all()


def test_oil_is_measured_against_the_water_that_is_seen() -> None:
    little = sea(0.95, 6, land=70)
    assert decided(little, 100, 100).suspected == pytest.approx(0.2)


def test_a_film_that_covers_all_water_is_said() -> None:
    assert decided(sea(0.95, 100), 100, 100).verdict == "oil"


def test_what_may_be_oil_or_no_sea_at_all_is_refused() -> None:
    chances = sea(0.8, 95)
    chances[OTHER, :95], chances[0, :95] = 0.2, 0
    assert decided(chances, 100, 100).refused == "not_the_sea"


@pytest.mark.parametrize("number", [LAND, OTHER])
def test_a_picture_without_water_is_refused(number: int) -> None:
    chances = np.zeros((11, 20, 20), np.float32)
    chances[number] = 1
    assert decided(chances, 40, 40).refused == "not_the_sea"


def test_oil_of_several_appearances_is_oil_though_none_is_likelier_than_the_sea() -> None:
    chances = sea()
    chances[:, :20] = 0
    chances[0, :20] = 0.25
    chances[EMULSION, :20] = 0.2
    chances[1:4, :20] = 0.55 / 3
    seen = decided(chances, 100, 100)
    assert seen.verdict == "oil"
    assert (seen.classes[:18] == EMULSION).all()
    assert seen.probability[0, 0] == pytest.approx(0.75)


def test_what_looks_most_like_oil_and_too_little_for_a_suspicion_is_no_oil() -> None:
    chances = sea()
    chances[:, 40:60] = 0
    chances[EMULSION, 40:60], chances[0, 40:60], chances[SEA_CLASSES.index("ship"), 40:60] = 0.38, 0.33, 0.29
    seen = decided(chances, 100, 100)
    assert seen.verdict == "no_oil"
    assert not seen.oil.any()
