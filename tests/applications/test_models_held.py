"""Every stage with a model keeps it from its setup to its teardown, and can be started again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from siseon.applications.inspection import Classify, Detect
from siseon.applications.people.appearance import LookByNetwork
from siseon.applications.people.detect import FACES, Find
from siseon.applications.people.faces import Express
from siseon.applications.people.pose import FindPose
from siseon.applications.safety.faces import Faces
from siseon.applications.safety.nsfw import Nsfw
from siseon.applications.text.stages import DetectText, OrientLine, RecognizeText
from siseon.contracts import ModelError
from siseon.engine import Stage
from siseon.models import Model, ModelManager
from siseon.models.find import locate

STAGES: dict[str, Callable[[Model], Stage[Any, Any]]] = {
    "yolox-nano": Detect,
    "efficientnet-lite0": Classify,
    "ppocr-v6-det": lambda model: DetectText(model, short_side=320, max_side=320, max_enlargement=3),
    "ppocr-v2-orientation": OrientLine,
    "ppocr-v6-rec": RecognizeText,
    "centerface": Faces,
    "open-nsfw": Nsfw,
    "movenet-lightning": FindPose,
    "osnet-x0-25-msmt17": LookByNetwork,
    "ultraface-rfb-320": lambda model: Find(model, FACES),
    "mini-xception": Express,
}


@pytest.fixture(params=STAGES)
def model(request, model_path) -> Model:
    models = ModelManager(search_path=[model_path])
    try:
        locate(models.cards[request.param], models.search_path, models.cache_dir)
    except ModelError as missing:
        pytest.skip(f"{missing.message}: {missing.hint}")
    return models[request.param]


def test_a_stage_holds_its_model_while_it_is_open_and_not_after(model) -> None:
    stage = STAGES[model.card.name](model)
    for _ in range(2):
        stage.setup()
        assert not model.unload_if_unused()
        stage.teardown()
        stage.teardown()
        assert model.unload_if_unused()
        assert not model.loaded


def test_two_stages_hold_one_model_each_for_itself(model) -> None:
    one, other = (STAGES[model.card.name](model) for _ in range(2))
    one.setup()
    other.setup()
    one.teardown()
    assert not model.unload_if_unused()
    other.teardown()
    assert model.unload_if_unused()


def test_a_stage_whose_setup_fails_half_way_holds_nothing(model, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModelError("no memory left")

    stage = STAGES[model.card.name](model)
    monkeypatch.setattr(model, "run", fail)
    monkeypatch.setattr(model, "warm_up", fail)
    with pytest.raises(ModelError, match="no memory left"):
        stage.setup()
    assert model.unload_if_unused()
    stage.teardown()
