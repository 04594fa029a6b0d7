from __future__ import annotations

import csv

import numpy as np
import pytest

from siseon.applications.people.detect import FACES, Find
from siseon.applications.people.faces import Express, owners
from siseon.applications.people.faces.express import NAMES, square, unfit
from siseon.applications.people.pose import Joints
from siseon.contracts import Crop, Image, ModelError
from siseon.media.decode import decode
from siseon.models import ModelManager

PEOPLE = np.array([[100, 100, 200, 400], [180, 100, 280, 400]], np.float32)


def _faces(*boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


def test_a_face_is_of_the_person_in_whose_upper_part_it_lies() -> None:
    assert owners(_faces((130, 110, 170, 150), (210, 110, 250, 150)), PEOPLE) == [0, 1]


def test_a_face_between_two_goes_to_the_nearer_and_each_has_one() -> None:
    assert owners(_faces((182, 110, 202, 140)), PEOPLE) == [1] or owners(
        _faces((182, 110, 202, 140)), PEOPLE
    ) == [0]
    assert owners(_faces((130, 110, 170, 150), (125, 105, 165, 145)), PEOPLE).count(0) == 1


def test_a_face_at_the_feet_or_beside_everybody_is_nobodys() -> None:
    assert owners(_faces((130, 350, 170, 390), (500, 110, 540, 150)), PEOPLE) == [None, None]
    assert owners(_faces(), PEOPLE) == []
    assert owners(_faces((130, 110, 170, 150)), _faces()) == [None]


def _face(sharp: bool = True) -> Image:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    return Image.from_array(noise if sharp else np.full_like(noise, 128))


def _joints(nose_x: float, score: float = 0.9, *, mirrored: bool = False) -> Joints:
    xy = np.zeros((17, 2), np.float32)
    left, right = (20, 40) if mirrored else (40, 20)
    xy[:3] = [[nose_x, 30], [left, 20], [right, 20]]
    return Joints(xy, np.full(17, score, np.float32))


def test_a_face_that_cannot_be_told_has_a_reason_and_no_expression() -> None:
    box = np.array([0, 0, 64, 64], np.float32)

    assert unfit(box, _face(), _joints(30)) is None
    assert unfit(box, _face(), None) == "profile"
    assert unfit(box / 3, _face(), _joints(30)) == "small"
    assert unfit(box, _face(), _joints(38)) == "profile"
    assert unfit(box, _face(), _joints(30, score=0.1)) == "profile"
    assert unfit(box, _face(), _joints(30, mirrored=True)) == "profile"  # the back of a head
    assert unfit(box, _face(sharp=False), _joints(30)) == "blurred"


def test_the_square_about_a_face_has_its_middle() -> None:
    assert square(np.array([10, 20, 30, 60], np.float32)).tolist() == [-3, 17, 43, 63]


def test_expressions_are_right_more_often_than_by_chance(model_path, test_data) -> None:
    stage = Express(ModelManager(search_path=[model_path])["mini-xception"])
    stage.setup()
    folder = test_data / "faces-dev"
    with (folder / "labels.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in ("happy", "surprise")]

    found = stage.process([Crop(0, decode((folder / row["file"]).read_bytes())) for row in rows])

    right = sum(
        max(told, key=told.__getitem__) == row["label"] for told, row in zip(found, rows, strict=True)
    )
    assert set(found[0]) == set(NAMES)
    assert right > len(rows) / 2
    stage.teardown()


def test_a_network_of_other_classes_is_refused_at_the_start(model_path) -> None:
    models = ModelManager(search_path=[model_path])
    with pytest.raises(ModelError, match="no expression"):
        Express(models["efficientnet-lite0"]).setup()
    with pytest.raises(ModelError, match="has no class 'face'"):
        Find(models["yolox-nano"], FACES).setup()
