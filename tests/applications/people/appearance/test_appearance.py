from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.people.appearance import LookAtColours, LookByNetwork, look_of
from siseon.contracts import Image, ModelError
from siseon.media.decode import decode
from siseon.models import ModelManager

BLUE, RED, GREY, SKIN = (30, 60, 160), (180, 30, 40), (120, 120, 120), (200, 160, 130)


def _person(shirt, trousers, *, light: float = 1.0, seed: int = 0) -> Image:
    pixels = np.full((120, 48, 3), 235.0)
    pixels[:20, 14:34], pixels[20:65, 8:40], pixels[65:115, 12:36] = SKIN, shirt, trousers
    noise = np.random.default_rng(seed).normal(0, 6, pixels.shape)
    return Image.from_array(np.clip(pixels * light + noise, 0, 255).astype(np.uint8))


def test_clothes_tell_people_apart_in_another_light_and_size() -> None:
    one, same, swapped, other = LookAtColours().process(
        [
            [
                _person(BLUE, GREY),
                _person(BLUE, GREY, light=0.9, seed=1),
                _person(GREY, BLUE, seed=2),
                _person(RED, GREY, seed=3),
            ]
        ]
    )[0]

    assert np.allclose(np.linalg.norm([one, same, swapped, other], axis=1), 1, atol=1e-5)
    assert np.linalg.norm(one - same) < 0.5 * min(np.linalg.norm(one - swapped), np.linalg.norm(one - other))


def test_a_crop_of_somebody_else_does_not_change_a_look() -> None:
    own = [_person(BLUE, GREY, seed=seed) for seed in range(8)]
    vectors = LookAtColours().process([[*own, _person(RED, RED)]])[0]

    clean, spoilt = look_of(vectors[:8], np.ones(8)), look_of(vectors, np.ones(9))

    assert clean is not None
    assert spoilt is not None
    assert spoilt.crops <= 8
    assert np.linalg.norm(clean.vector - spoilt.vector) < 0.05


def test_nothing_has_no_look() -> None:
    assert look_of(np.empty((0, 4), np.float32), np.empty(0)) is None
    assert LookAtColours().process([[]])[0].shape[0] == 0


@pytest.fixture(scope="module")
def network(model_path):
    stage = LookByNetwork(ModelManager(search_path=[model_path])["osnet-x0-25-msmt17"])
    stage.setup()
    yield stage
    stage.teardown()


def test_many_crops_in_one_call_are_what_each_is_alone(network, test_data) -> None:
    image = decode((test_data / "video-dev/MOT17-mini/MOT17-05-FRCNN/img1/000001.jpg").read_bytes())
    crops = [image.crop(10 * at, 100, 10 * at + 120, 400) for at in range(20)]

    (together,) = network.process([crops])
    alone = np.concatenate(network.process([[crop] for crop in crops]))

    assert together.shape == (20, 512)
    assert np.abs(together - alone).max() < 1e-5


def test_people_are_nearer_to_themselves_than_to_others_some_pictures_later(network, test_data) -> None:
    folder = test_data / "video-dev/MOT17-mini/MOT17-04-FRCNN"
    rows = np.loadtxt(folder / "gt/gt.txt", delimiter=",")
    looks = {}
    for number in (1, 8):
        image = decode((folder / f"img1/{number:06d}.jpg").read_bytes())
        for row in rows[(rows[:, 0] == number) & (rows[:, 6] == 1) & (rows[:, 8] > 0.9)]:
            x, y, w, h = (max(0, int(value)) for value in row[2:6])
            looks[number, int(row[1])] = network.process([[image.crop(x, y, x + w, y + h)]])[0][0]
    first = {who: look for (number, who), look in looks.items() if number == 1}
    later = {who: look for (number, who), look in looks.items() if number == 8 and who in first}
    assert len(later) >= 10

    for who, look in later.items():
        assert min(first, key=lambda one: np.linalg.norm(first[one] - look)) == who


def test_a_network_of_another_task_is_refused_at_the_start(model_path) -> None:
    with pytest.raises(ModelError, match="not to reidentify"):
        LookByNetwork(ModelManager(search_path=[model_path])["yolox-nano"]).setup()
