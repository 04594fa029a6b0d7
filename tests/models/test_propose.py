"""A card is proposed from the network's own ports and answer, and what no file tells from a card of its family."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from networks import Networks, save_network
from siseon.contracts import InputError
from siseon.models import InputSpec, ModelManager, OutputSpec
from siseon.models.add import add_model, names_from
from siseon.models.propose import names_in, propose_card

CATALOGUE = ModelManager()


def _yolov8(networks: Networks, classes: int, *, masks: int = 0, names: dict[int, str] | None = None) -> Path:
    answers = {"output0": np.zeros((1, 4 + classes + masks, 84), np.float32)}
    if masks:
        answers["output1"] = np.zeros((1, masks, 16, 16), np.float32)
    networks.fixed(answers, OutputSpec(decoder="yolov8"), name="mine")
    path = networks.folder / "mine.onnx"
    network = onnx.load(path)
    for port in network.graph.input:
        for axis, size in zip(port.type.tensor_type.shape.dim, (1, 3, 64, 64), strict=True):
            axis.dim_value = size
    if names:
        helper.set_model_props(network, {"names": str(names)})
    onnx.save(network, path)
    return path


def test_sizes_batch_and_hash_come_from_the_network_colours_from_the_card_it_is_like(networks: Networks):
    path = _yolov8(networks, 80)
    card = propose_card(path, CATALOGUE["yolov8n"].card, name="mine")
    assert (card.input.width, card.input.height, card.input.dynamic_batch) == (64, 64, False)
    assert (card.input.std, card.input.resize) == ((255.0,) * 3, "letterbox")
    assert (card.files[0].size, card.labels, card.licence) == (path.stat().st_size, "coco80", "NOASSERTION")


def test_names_of_classes_come_from_the_files_own_metadata(networks: Networks):
    path = _yolov8(networks, 2, masks=4, names={0: "bolt", 1: "nut"})
    assert propose_card(path, CATALOGUE["yolov8n-seg"].card, name="mine").labels == ("bolt", "nut")


def test_other_classes_without_names_are_refused_and_taken_when_they_are_given(networks: Networks):
    path, like = _yolov8(networks, 2), CATALOGUE["yolov8n"].card
    with pytest.raises(InputError, match="2 classes") as failure:
        propose_card(path, like, name="mine")
    assert "--labels" in (failure.value.hint or "")
    assert propose_card(path, like, name="mine", labels=["bolt", "nut"]).labels == ("bolt", "nut")
    with pytest.raises(InputError, match="3 names"):
        propose_card(path, like, name="mine", labels=["bolt", "nut", "washer"])


def test_a_network_of_another_family_is_refused_with_what_it_answers(networks: Networks):
    path = _yolov8(networks, 10)
    with pytest.raises(InputError, match="not of the family") as failure:
        propose_card(path, CATALOGUE["yolox-nano"].card, name="mine")
    assert "[1, 14, 84]" in (failure.value.hint or "")


def test_names_of_outputs_that_the_network_lacks_are_left_out(networks: Networks):
    networks.detector([(0.1, 0.1, 0.5, 0.5)], outputs=("a", "b"), labels=tuple(map(str, range(80))))
    card = propose_card(networks.folder / "fixed-boxes.onnx", CATALOGUE["dfine-n"].card, name="mine")
    assert (card.output.scores, card.output.boxes, card.input.width) == ((), (), 640)


def test_a_picture_without_a_batch_axis_is_seen(networks: Networks):
    answers = {
        "boxes": np.zeros((1, 4), np.float32),
        "labels": np.ones(1, np.int64),
        "scores": np.zeros(1, np.float32),
        "masks": np.zeros((1, 1, 28, 28), np.float32),
    }
    spec = InputSpec(layout="CHW", dynamic_batch=False)
    networks.fixed(answers, OutputSpec(decoder="maskrcnn"), name="mine", input_spec=spec)
    card = propose_card(networks.folder / "mine.onnx", CATALOGUE["mask-rcnn-torchvision"].card, name="mine")
    assert (card.input.layout, card.input.dynamic_batch) == ("CHW", False)


def test_a_network_that_takes_something_else_than_a_picture_is_refused(tmp_path: Path):
    save_network(
        tmp_path / "flat.onnx",
        "x",
        [helper.make_node("Identity", ["x"], ["y"])],
        {"y": 2},
        input_shape=("n", 7),
    )
    with pytest.raises(InputError, match="one float32 picture"):
        propose_card(tmp_path / "flat.onnx", CATALOGUE["yolox-nano"].card, name="mine")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{0: 'a', 1: 'b'}", ("a", "b")),
        ("['a', 'b']", ("a", "b")),
        ("{1: 'a'}", ()),
        ("__import__('os')", ()),
        ("(" * 10_000, ()),
        ("", ()),
    ],
)
def test_only_plain_lists_of_names_are_read_from_metadata(text: str, names: tuple[str, ...]):
    assert names_in({"names": text}) == names


def test_an_added_model_is_found_beside_its_card_and_replaces_none(networks: Networks, tmp_path: Path):
    like = CATALOGUE["yolov8n"].card
    path = _yolov8(networks, 80)
    card = add_model(path, like, name=None, folder=tmp_path / "models")
    manager = ModelManager(search_path=[tmp_path / "models"])
    manager["mine"].load()
    assert manager["mine"].card.output.decoder == "yolov8"
    before = card.read_text()
    with pytest.raises(InputError, match="there already"):
        add_model(path, like, name="mine", folder=tmp_path / "models")
    assert card.read_text() == before


@pytest.mark.parametrize("name", ["../out", "Ü", "a" * 65])
def test_a_name_that_no_model_may_have_is_refused(networks: Networks, tmp_path: Path, name: str):
    with pytest.raises(InputError, match="model's name"):
        add_model(_yolov8(networks, 80), CATALOGUE["yolov8n"].card, name=name, folder=tmp_path)


def test_a_name_ends_where_its_line_ends_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes("bolt\u2028M8\r\nnut\x0b\x0c3\n\nwasher".encode())
    assert names_from(file) == ("bolt\u2028M8", "nut\x0b\x0c3", "washer")
