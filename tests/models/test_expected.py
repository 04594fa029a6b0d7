"""All weights that are missing are told at once, before anything is loaded."""

from __future__ import annotations

import pytest

from siseon.cli.chosen import chosen
from siseon.contracts import FailureCode, ModelError
from siseon.hosting import Host
from siseon.models import ModelManager
from siseon.models.expected import expect
from siseon.settings import Settings

THREE = ("yolox-nano", "movenet-lightning", "ultraface-rfb-320")


def _models(tmp_path, *names):
    models = ModelManager(search_path=[], cache_dir=tmp_path)
    return [models[name] for name in names]


def test_several_models_are_named_with_their_files_and_the_ways_to_all_of_them(tmp_path):
    with pytest.raises(ModelError) as missing:
        expect(_models(tmp_path, *THREE))
    assert missing.value.code is FailureCode.model_not_found
    assert "the weights of 3 models are missing" in missing.value.message
    for word in (*THREE, "yolox_nano.onnx", "movenet-lightning.onnx", "ultraface_RFB_320.onnx"):
        assert word in missing.value.message
    assert (missing.value.hint or "").startswith(
        "run `siseon models pull ultraface-rfb-320`, and set SISEON_MODEL_PATH to a folder that holds the others; or "
    )


def test_a_model_of_several_pipelines_is_named_once(tmp_path):
    with pytest.raises(ModelError) as missing:
        expect(_models(tmp_path, *THREE, *THREE))
    assert missing.value.message.count("yolox_nano.onnx") == 1


def test_one_is_told_as_its_load_would(tmp_path):
    (model,) = _models(tmp_path, "yolox-nano")
    with pytest.raises(ModelError) as early:
        expect([model])
    with pytest.raises(ModelError) as late:
        model.load()
    assert (early.value.message, early.value.hint) == (late.value.message, late.value.hint)


def test_what_is_there_is_not_missed(tmp_path):
    model, other = _models(tmp_path, "yolox-nano", "yolox-tiny")
    folder = tmp_path / "yolox-nano" / model.card.version
    folder.mkdir(parents=True)
    (folder / model.card.files[0].name).write_bytes(b"not looked at yet")
    expect([model])
    with pytest.raises(ModelError, match="yolox-tiny"):
        expect([model, other])


def test_a_command_names_all_of_a_pipeline(tmp_path, monkeypatch):
    monkeypatch.setenv("SISEON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("SISEON_MODEL_PATH", "")
    with pytest.raises(ModelError, match=r"yolox_nano\.onnx.*efficientnet_lite0\.onnx"):
        chosen("inspection").expect_weights()


async def test_a_service_names_all_of_its_pipelines(tmp_path):
    settings = Settings(cache_dir=tmp_path, model_path=(), pipelines={"inspection": {}, "text": {}})
    host = Host(settings)
    with pytest.raises(ModelError, match=r"yolox_nano\.onnx.*efficientnet_lite0\.onnx"):
        await host.start()
    assert host.state == "stopped"
