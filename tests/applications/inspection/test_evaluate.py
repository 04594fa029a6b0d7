"""The detector's accuracy on labelled photos, as pycocotools measures it."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from siseon.applications.inspection.evaluate import FIGURES, CocoTruth, average_precision, evaluate
from siseon.applications.inspection.options import InspectionOptions
from siseon.contracts import DependencyMissing, Image, InputError
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.encode import encode
from siseon.models import ModelManager


async def test_yolox_nano_reaches_the_figure_of_a_plain_decoder(model_path, test_data):
    coco = test_data / "coco-dev"
    seen = []
    figures = await average_precision(
        ModelManager(search_path=[model_path]),
        coco / "instances.json",
        coco / "images",
        progress=lambda: seen.append(1),
    )
    assert tuple(figures) == FIGURES
    assert figures["AP"] == pytest.approx(0.310, abs=0.005)
    assert figures["AP50"] == pytest.approx(0.500, abs=0.005)
    assert len(seen) == 48


async def test_nanodet_is_measured_by_naming_its_card(model_path, test_data):
    coco = test_data / "coco-dev"
    manager = ModelManager(search_path=[model_path])
    figures = await average_precision(
        manager, coco / "instances.json", coco / "images", detector="nanodet-m-416"
    )
    assert figures["AP"] == pytest.approx(0.241, abs=0.01)


@pytest.fixture
def scene(networks, tmp_path):
    """One photo with one object, category id 44 of the name ``green``."""
    pixels = np.zeros((100, 200, 3), np.uint8)
    (tmp_path / "one.png").write_bytes(encode(Image.from_array(pixels), "png"))
    truth = {
        "images": [{"id": 7, "file_name": "one.png", "width": 200, "height": 100}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 44, "bbox": [50, 50, 100, 50], "area": 5000, "iscrowd": 0}
        ],
        "categories": [{"id": 44, "name": "green"}],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(truth))
    return path


async def test_labels_meet_categories_by_name_whatever_their_ids(networks, scene):
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0)], classes=[1])
    figures = await average_precision(networks.manager(), scene, scene.parent, detector=detector)
    assert figures["AP"] == pytest.approx(1.0)


async def test_the_wrong_name_in_the_right_place_counts_nothing(networks, scene):
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0)], classes=[0])
    figures = await average_precision(networks.manager(), scene, scene.parent, detector=detector)
    assert figures == dict.fromkeys(FIGURES, 0.0)


async def test_ids_of_annotations_may_begin_at_0_and_repeat(networks, scene):
    truth = json.loads(scene.read_text())
    (one,) = truth["annotations"]
    truth["annotations"] = [{**one, "id": 0}, {**one, "id": 0, "bbox": [0, 0, 40, 40]}]
    scene.write_text(json.dumps(truth))
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0), (0.0, 0.0, 0.2, 0.4)], classes=[1, 1])
    figures = await average_precision(networks.manager(), scene, scene.parent, detector=detector)
    assert figures["AP"] == pytest.approx(1.0)


async def test_a_size_of_which_no_object_is_labelled_has_no_figure(networks, scene):
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0)], classes=[1])
    table = await evaluate(
        networks.manager(),
        InspectionOptions(detector=detector),
        CocoTruth(coco=scene, images=scene.parent),
        bounds=DEFAULT_BOUNDS,
        progress=list,
    )
    assert (table.document["AP"], table.document["AP small"]) == (pytest.approx(1.0), None)
    assert table.rows[0][FIGURES.index("AP small")] == "–"


@pytest.mark.parametrize("as_stored", [True, False])
async def test_photos_are_measured_as_stored_or_as_served(networks, scene, as_stored: bool):
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0)], classes=[1])
    figures = await average_precision(
        networks.manager(), scene, scene.parent, detector=detector, as_stored=as_stored
    )
    assert figures["AP"] == pytest.approx(1.0)


async def test_a_missing_photo_is_named(networks, scene):
    (scene.parent / "one.png").unlink()
    detector = networks.detector([(0, 0, 1, 1)])
    with pytest.raises(InputError, match=r"one\.png"):
        await average_precision(networks.manager(), scene, scene.parent, detector=detector)


async def test_a_photo_that_cannot_be_read_counts_in_no_figure_and_is_named(networks, scene):
    truth = json.loads(scene.read_text())
    truth["images"].append({"id": 8, "file_name": "two.png", "width": 200, "height": 100})
    truth["annotations"].append({**truth["annotations"][0], "id": 2, "image_id": 8})
    scene.write_text(json.dumps(truth))
    (scene.parent / "two.png").write_bytes(b"no picture")
    detector = networks.detector([(0.25, 0.5, 0.75, 1.0)], classes=[1])
    table = await evaluate(
        networks.manager(),
        InspectionOptions(detector=detector),
        CocoTruth(coco=scene, images=scene.parent),
        bounds=DEFAULT_BOUNDS,
        progress=list,
    )
    assert table.document["AP"] == pytest.approx(1.0)
    assert table.notes[0].startswith("two.png was not measured: ")
    assert table.notes[1:] == ("not measured: 1",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON"),
        ('{"images": [], "annotations": [], "categories": []}', "names no image"),
        ('{"images": [{"id": 1}], "annotations": [], "categories": []}', "images without 'file_name'"),
        ("5", "no list of 'images'"),
        ('["images", "annotations", "categories"]', "no list of 'images'"),
        ('{"images": []}', "annotations"),
        (
            '{"images": [{"id": 1, "file_name": "x.png"}], "annotations": [], '
            '"categories": [{"id": 1, "name": "zebra"}]}',
            "zebra",
        ),
    ],
)
async def test_a_file_that_is_no_coco_annotation_is_refused(networks, scene, content: str, message: str):
    scene.write_text(content)
    detector = networks.detector([(0, 0, 1, 1)])
    with pytest.raises(InputError, match=message):
        await average_precision(networks.manager(), scene, scene.parent, detector=detector)


async def test_without_pycocotools_the_command_that_gets_it_is_named(networks, scene, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycocotools.coco", None)
    with pytest.raises(DependencyMissing) as caught:
        await average_precision(networks.manager(), scene, scene.parent, detector=networks.detector([]))
    assert caught.value.hint == "pip install 'siseon[coco]'"
