"""A name is a fact from a score on; below, the answer says that it is not known."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.inspection import InspectionChoices, InspectionOptions
from siseon.applications.inspection.naming import classification, crops_to_name
from siseon.applications.inspection.show import draw, text
from siseon.contracts import Boxes, Detections, Image, InputError, Label, LabelMap, Ranked
from siseon.media.decode import decode

BEST = Ranked(
    class_id=3, class_name="cup", score=0.4, others=(Label(class_id=1, class_name="bowl", score=0.38),)
)


def test_below_the_least_score_no_name_is_given():
    named = classification(0, BEST, InspectionOptions(classify_min_score=0.39))
    assert (named["class_id"], named["class_name"]) == (3, "cup")
    unsure = classification(0, BEST, InspectionOptions())
    assert (unsure["class_id"], unsure["class_name"], unsure["score"]) == (None, "uncertain", 0.4)


def test_several_classes_are_listed_on_request_sure_or_not():
    assert classification(0, BEST, InspectionOptions())["top"] == []
    listed = classification(0, BEST, InspectionOptions(top_k=5))["top"]
    assert [entry["class_name"] for entry in listed] == ["cup", "bowl"]


@pytest.mark.parametrize(
    ("least", "margin", "name"), [(0.3, 0.01, "cup"), (0.3, 0.05, "uncertain"), (0.5, 0.0, "none of these")]
)
def test_a_product_must_be_near_and_nearer_than_the_next(least: float, margin: float, name: str):
    options = InspectionOptions(gallery="folder", gallery_min_score=least, gallery_margin=margin)
    assert classification(0, BEST, options)["class_name"] == name


def _scene() -> tuple[Image, Detections]:
    image = Image.from_array(np.zeros((100, 200, 3), np.uint8))
    boxes = Boxes(np.array([[0, 0, 50, 50], [60, 0, 110, 50]], np.float32), image.frame)
    labels = LabelMap(("person", "cup"))
    return image, Detections(boxes, np.array([0.9, 0.8], np.float32), np.array([0, 1]), labels)


def test_classes_that_the_classifier_cannot_know_are_not_shown_to_it():
    image, objects = _scene()
    assert [crop.index for crop in crops_to_name(image, objects, InspectionOptions())] == [1]
    everything = InspectionOptions(unclassified=())
    assert [crop.index for crop in crops_to_name(image, objects, everything)] == [0, 1]


def test_a_class_that_the_detector_has_not_is_refused_when_somebody_names_it():
    image, objects = _scene()
    with pytest.raises(InputError, match="no class 'cap'") as failure:
        crops_to_name(image, objects, InspectionOptions(unclassified=("cap",)))
    assert "cup" in (failure.value.hint or "")


async def test_an_uncertain_object_says_so_in_the_answer_the_drawing_and_the_terminal(networks, upload):
    scene = upload((100, 0, 200, 100, "red"))
    async with networks.inspection([(0, 0, 0.4, 1), (0.6, 0, 1, 1)]) as pipeline:
        result = await pipeline(scene)
        chosen = await pipeline(
            scene, parameters={"choices": InspectionChoices(top_k=2, unclassified=("green",))}
        )
    black, red = result.data.classifications
    assert (black.class_id, black.class_name) == (None, "uncertain")
    assert (red.class_name, red.class_id) == ("red", 0)
    assert chosen.data.classifications[1].top[0].class_name == "red"
    shown = text("scene.png", result)
    assert "→  uncertain" in shown
    assert f"→  red {red.score:.2f}" in shown
    assert draw(decode(scene.data), result.data).pixels.any()


@pytest.mark.parametrize("stated", ["", "person,cup"])
def test_a_text_lists_classes_with_commas_and_none_when_it_is_empty(stated: str):
    names = InspectionOptions.model_validate({"unclassified": stated}).unclassified
    assert names == tuple(word for word in stated.split(",") if word)
