"""A card's output specification finds its decoder, and says what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import ContractViolation
from siseon.models import OutputSpec
from siseon.models.outputs import interpret_classes, interpret_detections


def _decode(outputs: dict[str, np.ndarray], **spec: object) -> int:
    found = interpret_detections(
        outputs, OutputSpec.model_validate(spec), size=(64, 64), score_threshold=0.25, iou=0.65
    )
    return len(found[0].scores)


def _yolox() -> np.ndarray:
    output = np.zeros((1, 84, 85), dtype=np.float32)
    output[0, 0, :6] = [0.5, 0.5, 1, 1, 0.9, 0.9]
    return output


def test_yolox_is_read_from_its_only_output_or_the_one_the_card_names():
    assert _decode({"output": _yolox()}, decoder="yolox") == 1
    assert _decode({"other": np.zeros(3), "boxes": _yolox()}, decoder="yolox", boxes=("boxes",)) == 1


def test_half_precision_outputs_are_read_too():
    assert _decode({"output": _yolox().astype(np.float16)}, decoder="yolox") == 1


@pytest.mark.parametrize(
    ("outputs", "spec", "message"),
    [
        ({"output": np.zeros((1, 10, 85))}, {"decoder": "yolox"}, "do not fit the weights"),
        ({"output": _yolox()}, {"decoder": "yolox", "boxes": ("boxes",)}, r"names outputs \['boxes'\]"),
        ({"a": _yolox()}, {"decoder": "nanodet", "scores": (), "boxes": ("a",)}, "names outputs"),
        ({"a": np.zeros((1, 5, 4)), "b": np.zeros((1, 5, 4))}, {"decoder": "detr"}, "cannot be told apart"),
        ({"a": np.zeros((1, 5, 4)), "b": np.zeros((1, 6, 9))}, {"decoder": "detr"}, "same queries"),
        ({"y": np.zeros((1, 10))}, {"decoder": "logits"}, "not the card of a detector"),
    ],
)
def test_outputs_that_do_not_fit_the_card_are_a_contract_violation(
    outputs: dict[str, np.ndarray], spec: dict[str, object], message: str
):
    with pytest.raises(ContractViolation, match=message):
        _decode(outputs, **spec)


def test_a_classifiers_logits_become_probabilities_by_the_cards_activation():
    logits = {"y": np.array([[0.0, np.log(3.0)]], dtype=np.float32)}
    softmax = interpret_classes(logits, OutputSpec(decoder="logits", activation="softmax"))
    np.testing.assert_allclose(softmax, [[0.25, 0.75]], rtol=1e-5)
    sigmoid = interpret_classes(logits, OutputSpec(decoder="logits", activation="sigmoid"))
    np.testing.assert_allclose(sigmoid, [[0.5, 0.75]], rtol=1e-5)


def test_a_classifier_with_a_background_class_before_its_labels_leaves_it_out():
    logits = {"y": np.zeros((2, 5), dtype=np.float32)}
    spec = OutputSpec(decoder="logits", activation="softmax", first_class=1)
    assert interpret_classes(logits, spec).shape == (2, 4)


@pytest.mark.parametrize(
    ("outputs", "decoder", "message"),
    [
        ({"y": np.zeros((1, 10, 4))}, "logits", r"\(n, classes\)"),
        ({"y": np.zeros((1, 10))}, "yolox", "not the card of a classifier"),
    ],
)
def test_what_is_no_classifier_is_refused(outputs: dict[str, np.ndarray], decoder: str, message: str):
    with pytest.raises(ContractViolation, match=message):
        interpret_classes(outputs, OutputSpec.model_validate({"decoder": decoder}))
