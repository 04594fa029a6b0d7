"""BlazeFace and UltraFace on real pictures, and what is no output of theirs."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.contracts import Boxes, ContractViolation, Image
from siseon.contracts.boxes import iou
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager
from siseon.models.outputs import interpret_detections
from siseon.models.outputs.blazeface import interpret_blazeface
from siseon.models.outputs.ultraface import interpret_ultraface
from siseon.models.preprocess import prepare


@pytest.fixture(scope="module")
def crowd(test_data) -> Image:
    """People who walk towards the camera."""
    pytest.importorskip("av", reason="pip install 'siseon[streams]'")
    (shown,) = pictures(open_video(test_data / "video-dev/crowd_faces.mp4"), [2_000])
    return shown.image


def _faces(model_path, name: str, image: Image) -> Boxes:
    model = ModelManager(search_path=[model_path])[name]
    with model.acquire():
        pixels, frames = prepare([image], model.card.input)
        outputs = model.run({model.input_name: pixels})
        size = (model.card.input.width or 0, model.card.input.height or 0)
        (found,) = interpret_detections(outputs, model.card.output, size=size, score_threshold=0.8, iou=0.3)
    corners = frames[0].map_points(found.xyxy.reshape(-1, 2), image.frame).reshape(-1, 4)
    return Boxes.from_model(corners, image.frame, stage="test")[0]


def test_networks_of_two_makes_find_the_same_faces(model_path, crowd) -> None:
    """They share no code but suppression: a wrong grid, order or scale of either would part them."""
    one, other = (_faces(model_path, name, crowd) for name in ("blazeface-back", "ultraface-rfb-320"))

    assert 4 <= len(one) <= len(other)
    assert (iou(one, other).max(axis=1) > 0.5).all()


def test_outputs_of_other_networks_are_refused_by_name(model_path) -> None:
    with pytest.raises(ValueError, match="two of each"):
        interpret_blazeface([np.zeros((1, 512, 1), np.float32)], [], side=256, score_threshold=0.5, iou=0.3)
    wrong = [np.zeros((1, 400, 1), np.float32)] * 2
    with pytest.raises(ValueError, match="grid of 16"):
        interpret_blazeface(wrong, wrong, side=256, score_threshold=0.5, iou=0.3)
    with pytest.raises(ValueError, match="priors"):
        interpret_ultraface(wrong[0], wrong[1], width=320, height=240, score_threshold=0.5, iou=0.3)
    card = ModelManager(search_path=[model_path])["blazeface-back"].card
    with pytest.raises(ContractViolation, match="squares"):
        interpret_detections({}, card.output, size=(320, 240), score_threshold=0.5, iou=0.3)


def test_what_is_no_number_is_not_lost_on_the_way() -> None:
    scores = np.zeros((1, 4, 2), np.float32)
    scores[0, 1, 1] = np.nan

    (found,) = interpret_ultraface(
        scores,
        np.tile([0.1, 0.1, 0.2, 0.2], (1, 4, 1)).astype(np.float32),
        width=320,
        height=240,
        score_threshold=0.5,
        iou=0.3,
    )

    assert np.isnan(found.scores).tolist() == [True]
