"""Networks that somebody brings by their path."""

from __future__ import annotations

from pathlib import Path

import pytest

from siseon.contracts import InputError, ModelError
from siseon.models import WeightFile
from siseon.models.card_toml import card_toml
from siseon.models.own import own_card


@pytest.fixture
def folder(networks) -> Path:
    networks.classifier(name="colours")
    (networks.folder / "colours.onnx").rename(networks.folder / "Gauge_Colours.onnx")
    return networks.folder


def test_a_network_alone_is_for_tensors_and_called_like_its_file(folder):
    card = own_card(folder / "Gauge_Colours.onnx")
    assert (card.name, card.task, card.files[0].name) == ("gauge-colours", "tensors", "Gauge_Colours.onnx")
    assert own_card(folder / "Gauge_Colours.onnx", "My gauge").name == "my-gauge"


def test_a_card_beside_it_or_in_the_folder_says_the_rest(folder, networks):
    changes = {"name": "x", "files": (WeightFile(name="Gauge_Colours.onnx"),)}
    (folder / "card.toml").write_text(
        card_toml(networks.cards[0].model_copy(update=changes)), encoding="utf-8"
    )
    for path in (folder, folder / "Gauge_Colours.onnx"):
        assert (own_card(path).name, own_card(path).task) == ("x", "classify")
        assert (own_card(path, "y").name, own_card(path, "y").task) == ("y", "classify")
    (folder / "other.onnx").write_bytes(b"")
    assert own_card(folder / "other.onnx").task == "tensors"  # the card is of another file


@pytest.mark.parametrize("suffix", ["engine", "trt", "plan"])
def test_an_engine_of_tensorrt_is_refused_with_what_to_give_instead(tmp_path, suffix):
    path = tmp_path / f"gauge.{suffix}"
    path.write_bytes(b"\0" * 99)
    with pytest.raises(InputError, match="runs only on the GPU") as refused:
        own_card(path)
    assert "ONNX file that it was made of" in (refused.value.hint or "")


@pytest.mark.parametrize("name", ["gone.onnx", "text.txt", "", "ü.onnx"])
def test_what_is_no_network_is_refused(tmp_path, name):
    for present in ("text.txt", "ü.onnx"):
        (tmp_path / present).write_text("hello", encoding="utf-8")
    with pytest.raises(InputError):
        own_card(tmp_path / name)


def test_a_damaged_card_is_said_and_not_passed_over(folder):
    (folder / "card.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be used"):
        own_card(folder / "Gauge_Colours.onnx")
