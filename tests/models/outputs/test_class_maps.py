"""Class maps of networks that segment, as different exports answer them."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import ContractViolation
from siseon.models.card import OutputSpec
from siseon.models.outputs import interpret_class_maps

PROBABLE = OutputSpec(decoder="class_map", activation="none")
SCORED = OutputSpec(decoder="class_map", activation="softmax")


def test_probabilities_are_taken_as_they_are() -> None:
    given = np.full((2, 4, 3, 5), 0.25, np.float32)
    assert np.array_equal(interpret_class_maps({"classes": given}, PROBABLE, 4), given)


def test_scores_become_probabilities_over_the_classes_of_each_pixel() -> None:
    scores = np.zeros((1, 3, 2, 2), np.float32)
    scores[0, 1, 0, 0] = 9
    found = interpret_class_maps({"logits": scores}, SCORED, 3)
    assert np.allclose(found.sum(axis=1), 1)
    assert found[0, 1, 0, 0] > 0.99
    assert found[0, 1, 1, 1] == pytest.approx(1 / 3)


@pytest.mark.parametrize("axes", [(1, 2, 3), (1, 1, 2, 3)])
def test_class_numbers_are_certain(axes: tuple[int, ...]) -> None:
    numbers = np.array([0, 1, 2, 2, 1, 0]).reshape(axes)
    found = interpret_class_maps({"seg": numbers}, SCORED, 3)
    assert found.shape == (1, 3, 2, 3)
    assert found.argmax(axis=1).ravel().tolist() == [0, 1, 2, 2, 1, 0]
    assert set(np.unique(found)) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        (np.zeros((1, 3, 2, 2), np.float32), PROBABLE),
        (np.full((1, 4, 2, 2), np.nan, np.float32), PROBABLE),
        (np.full((1, 4, 2, 2), 7, np.float32), PROBABLE),
        (np.full((1, 2, 2), 4), PROBABLE),
        (np.zeros((1, 2, 2, 2), np.int64), PROBABLE),
        (np.full((1, 4, 2, 2), 0.25, np.float32), OutputSpec(decoder="logits")),
    ],
    ids=["channels", "nan", "above one", "unknown class", "numbers of no shape", "another decoder"],
)
def test_what_is_no_class_map_is_refused(given: np.ndarray, spec: OutputSpec) -> None:
    with pytest.raises(ContractViolation):
        interpret_class_maps({"out": given}, spec, 4)
