"""The network that is shipped, on pictures of another making than those that it was trained on; and others by card."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from PIL import Image as Picture

import siseon.cli
from networks import save_network
from siseon.applications.oilspill.palette import COLOURS, mask_png
from siseon.applications.oilspill.sea import MODEL, SeeTheSea
from siseon.contracts import Image, ModelError
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import InputSpec, Model, ModelCard, ModelManager, OutputSpec, WeightFile

COFFEE = Path(siseon.cli.__file__).parent / "coffee.jpg"


@pytest.fixture(scope="module")
def stage() -> Iterator[SeeTheSea]:
    stage = SeeTheSea(ModelManager()[MODEL])
    stage.setup()
    yield stage
    stage.teardown()


def water(seed: int = 0) -> NDArray[np.uint8]:
    """(360, 640, 3): blue, with small waves."""
    rng = np.random.default_rng(seed)
    waves = cv2.GaussianBlur(rng.normal(0, 1, (360, 640)), (0, 0), sigmaX=6, sigmaY=2)
    return np.clip(np.array([16, 70, 110]) * (1 + waves[..., None] * 1.2), 0, 255).astype(np.uint8)


def orange(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Streaks of emulsion laid over it; (H, W) where."""
    lane = np.zeros(picture.shape[:2], np.uint8)
    for row in (120, 170, 215):
        points = np.array([(x, row + 25 * np.sin(x / 60 + row)) for x in range(80, 560, 8)], np.int32)
        cv2.polylines(lane, [points], False, 1, 26)
    there = lane > 0
    grain = np.random.default_rng(1).normal(1, 0.12, (*lane.shape, 1))
    picture[there] = np.clip(np.array([205, 105, 35]) * grain, 0, 255).astype(np.uint8)[there]
    return there


def test_streaks_of_emulsion_are_found_where_they_are(stage: SeeTheSea) -> None:
    picture = water()
    there = orange(picture)
    (seen,) = stage.process([Image.from_array(picture)])
    assert seen.verdict == "oil"
    assert seen.classes.shape == there.shape
    assert (seen.oil & there).sum() / (seen.oil | there).sum() > 0.6


def test_open_water_is_not_accused(stage: SeeTheSea) -> None:
    (seen,) = stage.process([Image.from_array(water(3))])
    assert seen.verdict != "oil"
    assert not seen.oil.any()


def test_indoors_is_not_the_sea(stage: SeeTheSea) -> None:
    (seen,) = stage.process([decode(read_file(COFFEE).data)])
    assert seen.refused == "not_the_sea"


def test_radar_is_not_optical(stage: SeeTheSea) -> None:
    grey = np.repeat(water()[..., 2:], 3, axis=2)
    (seen,) = stage.process([Image.from_array(grey)])
    assert seen.refused == "not_optical"


def by_card(folder: Path, labels: tuple[str, ...], palette: tuple[tuple[int, int, int], ...] = ()) -> Model:
    """A network as mmsegmentation exports them: class numbers, here the strongest of red, green and blue."""
    node = onnx.helper.make_node("ArgMax", ["input"], ["output"], axis=1, keepdims=0)
    save_network(
        folder / "seg.onnx", "input", [node], {"output": 3}, types={"output": onnx.TensorProto.INT64}
    )
    card = ModelCard(
        name="seg",
        version="1",
        task="segment",
        licence="CC0-1.0",
        files=(WeightFile(name="seg.onnx"),),
        input=InputSpec(width=64, height=64),
        output=OutputSpec(decoder="class_map", palette=palette),
        labels=labels,
    )
    return ModelManager(search_path=(folder,), cache_dir=folder / "cache", cards=[card])["seg"]


def test_another_network_serves_by_its_card(tmp_path: Path) -> None:
    stage = SeeTheSea(by_card(tmp_path, ("emulsion", "land", "sea")))
    stage.setup()
    picture = np.full((200, 300, 3), (10, 20, 120), np.uint8)
    picture[:100, :150] = (200, 90, 30)
    picture += np.random.default_rng(0).integers(0, 5, picture.shape, np.uint8)  # what is flat was drawn
    (seen,) = stage.process([Image.from_array(picture)])
    stage.teardown()
    assert seen.verdict == "oil"
    assert seen.cover()["emulsion"] == pytest.approx(0.25, abs=0.01)
    assert seen.oil[:95, :145].all()


def test_masks_are_in_the_colours_of_a_card_that_has_some(tmp_path: Path) -> None:
    stage = SeeTheSea(by_card(tmp_path, ("emulsion", "other", "sea"), ((255, 0, 124), (1, 2, 3), (0, 9, 0))))
    with Picture.open(BytesIO(mask_png(np.array([[6, 0, 8]], np.uint8), stage.colours))) as mask:
        seen = np.asarray(mask.convert("RGB"))[0].tolist()
    assert seen == [[255, 0, 124], [0, 9, 0], [*COLOURS["land"]]]
    with pytest.raises(ModelError, match="1 colours for 3 labels"):
        SeeTheSea(by_card(tmp_path, ("emulsion", "land", "sea"), ((1, 2, 3),))).setup()


def test_a_card_with_classes_that_nobody_knows_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="kraken"):
        SeeTheSea(by_card(tmp_path, ("emulsion", "kraken", "sea"))).setup()
