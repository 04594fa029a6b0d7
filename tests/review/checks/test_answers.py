"""Each fault of an answer is found under its own name, and a right service has none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from siseon.contracts import ContractViolation, Frame, Image, Mask
from siseon.media.decode import decode
from siseon.review import Report, Severity
from siseon.review.exchange import Group

Review = Callable[..., Report]
Answer = dict[str, Any]
ORDINARY = (Group.plain, Group.blank, Group.layout)


def found(report: Report) -> list[str]:
    return [violation.check for violation in report.violations]


def breaking(report: Report) -> list[str]:
    return [violation.check for violation in report.violations if violation.severity is Severity.breaking]


def on_first(**values: object) -> Callable[[Answer], Answer]:
    """Set fields of the first detection."""

    def change(answer: Answer) -> Answer:
        for detection in answer["detections"][:1]:
            detection |= values
        return answer

    return change


def on_box(edit: Callable[[float, float, float, float], list[float]]) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        for detection in answer["detections"]:
            detection["box"] = edit(*detection["box"])
        return answer

    return change


def test_a_right_service_has_no_violations(reviewed: Review) -> None:
    report = reviewed(load=True)
    assert found(report) == []
    assert report.requests > 60
    assert not report.failed
    assert report.first_breaking is None


WHOLE = Frame.root(7, 5)
MASK = Mask.encode(np.ones((5, 7), np.uint8), WHOLE).to_wire()


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("box-order", on_box(lambda x1, y1, x2, y2: [x2, y2, x1, y1])),
        ("box-order", on_box(lambda x1, y1, x2, y2: [(x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, 1.0])),
        ("box-inside", on_box(lambda x1, y1, x2, y2: [x1 - 40, y1, x2, y2])),
        ("score-range", on_first(score=87.5)),
        ("score-range", on_first(score="high")),
        ("class-names", on_first(class_id=-1)),
        ("mask-size", on_first(mask=MASK)),
        ("classification-index", lambda answer: answer | {
            "classifications": [{"detection_index": 5, "class_id": 1, "class_name": "x", "score": 0.5}]
        }),
        ("answer-size", lambda answer: answer | {"trace_id": "0" * 1_100_000}),
        ("schema", on_first(class_name=None)),
        ("objects-list", lambda answer: answer | {"detections": None}),
        ("blank-picture", lambda answer: answer if answer["detections"] else answer | {"detections": None}),
        ("trace-id", lambda answer: {key: value for key, value in answer.items() if key != "trace_id"}),
        ("model-version", lambda answer: {key: value for key, value in answer.items() if key != "models"}),
    ],
)  # fmt: skip
def test_a_fault_of_the_answer_is_found(reviewed: Review, check: str, change: Callable[..., Answer]) -> None:
    report = reviewed(groups=ORDINARY, change=change)
    assert check in found(report)
    # What breaks the documented schema is rightly told twice.
    assert set(breaking(report)) <= {check, "schema"}


def test_nan_in_the_json_is_named_as_the_literal(reviewed: Review) -> None:
    report = reviewed(groups=ORDINARY, change=on_first(score=float("nan")))
    assert "json-strict" in breaking(report)
    assert "NaN" in next(f.message for f in report.violations if f.check == "json-strict")


def test_boxes_in_pixels_of_the_network_are_told_by_a_larger_picture(reviewed: Review) -> None:
    def at_fixed_size(data: bytes) -> Image:
        image = decode(data)
        step = np.linspace(0, 0.999, 120)
        rows, columns = (step * image.height).astype(int), (step * image.width).astype(int)
        return Image.from_array(np.ascontiguousarray(image.pixels[rows][:, columns]))

    assert "box-place" in breaking(reviewed(groups=ORDINARY, decode=at_fixed_size))


def test_exif_that_is_ignored_is_found(reviewed: Review) -> None:
    def as_stored(data: bytes) -> Image:
        decode(data)  # refuses what a right service refuses
        with Pillow.open(io.BytesIO(data)) as picture:
            return Image.from_array(np.asarray(picture.convert("RGB")))

    report = reviewed(groups=ORDINARY, decode=as_stored)
    assert "exif" in found(report)
    assert breaking(report) == ["mask-size"]  # turned as well


def test_an_answer_that_crashes_on_nothing_found_is_the_first_breaking_bug(reviewed: Review) -> None:
    def stacked(answer: Answer) -> Answer:
        np.stack([detection["box"] for detection in answer["detections"]])
        return answer

    report = reviewed(groups=ORDINARY, change=stacked)
    assert report.first_breaking.check == "blank-picture"
    assert report.failed


def test_a_body_that_is_not_labelled_as_json_is_found(reviewed: Review) -> None:
    report = reviewed(groups=ORDINARY, media_type="text/plain")
    assert "content-type" in found(report)
    assert breaking(report) == []


def test_a_name_that_changes_between_answers_is_found(reviewed: Review) -> None:
    names = iter(f"name {number}" for number in range(1000))

    def renamed(answer: Answer) -> Answer:
        return on_first(class_name=next(names))(answer)

    assert "class-names" in found(reviewed(groups=ORDINARY, change=renamed))


def test_a_service_that_fails_by_name_on_a_fault_of_its_own_is_still_told(reviewed: Review) -> None:
    def violated(answer: Answer) -> Answer:
        raise ContractViolation("boxes are no boxes")

    report = reviewed(groups=ORDINARY, change=violated)
    assert report.first_breaking.check == "plain-photo"
    assert "plain photo was not accepted" in " ".join(report.not_judged)


def test_the_report_is_plain_json(reviewed: Review) -> None:
    document = json.loads(reviewed(groups=ORDINARY, change=on_first(score=2)).model_dump_json())
    violation = next(each for each in document["violations"] if each["check"] == "score-range")
    assert violation["severity"] == "wrong"
    assert violation["reproduce"].startswith("curl -i -F 'file=@")
