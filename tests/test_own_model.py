"""The page on own models is true: its card is a card, its commands add real families, its stage runs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from networks import Networks
from siseon.cli.app import app
from siseon.models import ModelManager, OutputSpec, built_in_cards
from siseon.models.card import parse_card

PAGE = (Path(__file__).parent.parent / "docs" / "own-model.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_the_card_of_the_page_is_a_card() -> None:
    card = parse_card(_block("toml"))
    assert (card.name, card.output.decoder, card.labels) == ("bolts", "yolov8", ("bolt", "nut"))


def test_the_stage_of_the_page_runs() -> None:
    names: dict[str, object] = {}
    exec(compile(_block("python"), "own-model.md", "exec"), names)
    assert names["sharp"] is True


def test_every_model_that_the_page_says_one_may_be_like_is_in_the_catalogue() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    likes = {
        name for row in rows for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1]) if name != "--like"
    }
    assert likes <= set(built_in_cards())
    assert len(likes) >= 8


FAMILIES = {
    "yolov8n": {"output0": np.zeros((1, 6, 84), np.float32)},
    "yolox-nano": {"output": np.zeros((1, 84, 7), np.float32)},
    "rfdetr-seg-nano": {
        "dets": np.full((1, 5, 4), 0.5, np.float32),
        "labels": np.full((1, 5, 3), -9, np.float32),
        "masks": np.zeros((1, 5, 16, 16), np.float32),
    },
}


@pytest.mark.parametrize("like", FAMILIES)
def test_the_command_adds_a_network_of_each_family(networks: Networks, tmp_path: Path, like: str) -> None:
    import onnx

    networks.fixed(FAMILIES[like], OutputSpec(decoder="none"), name="bolts")
    path = networks.folder / "bolts.onnx"
    network = onnx.load(path)
    for size, axis in zip((1, 3, 64, 64), network.graph.input[0].type.tensor_type.shape.dim, strict=True):
        axis.dim_value = size
    onnx.save(network, path)
    names = tmp_path / "names.txt"
    names.write_text("bolt\nnut\n", encoding="utf-8")
    words = ["models", "add", str(path), "--like", like, "--labels", str(names), "--licence", "CC0-1.0"]
    done = CliRunner().invoke(app, [*words, "--to", str(tmp_path / "models")])
    assert done.exit_code == 0, done.output
    model = ModelManager(search_path=[tmp_path / "models"])["bolts"]
    model.load()
    assert (model.labels.names, model.card.licence) == (("bolt", "nut"), "CC0-1.0")
