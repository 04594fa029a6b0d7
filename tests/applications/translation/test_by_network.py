"""Grounds painted by a network whose right answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.applications.translation import Translation, TranslationOptions
from siseon.applications.translation.by_network import Hole, Paint, holes, put_back
from siseon.applications.translation.mask import Strokes
from siseon.contracts import InputError, ModelError
from siseon.media.decode import decode
from siseon.models import InputSpec, ModelCard, ModelManager, OutputSpec, WeightFile

SIDE = 64
COLOUR = np.array([51, 102, 204], np.uint8)
SIGN = Path(__file__).parents[3] / "examples" / "sign.png"


def painter(folder: Path, *, channels: int = 1, white: float = 255.0) -> ModelManager:
    """A network that answers the picture, of values from 0 to 1, with ``COLOUR`` in the mask."""
    shape = ["n", 3, SIDE, SIDE]
    nodes = [
        helper.make_node("Sub", ["one", "mask"], ["outside"]),
        helper.make_node("Mul", ["image", "outside"], ["kept"]),
        helper.make_node("Mul", ["colour", "mask"], ["painted"]),
        helper.make_node("Add", ["kept", "painted"], ["sum"]),
        helper.make_node("Mul", ["sum", "white"], ["output"]),
    ]
    constants = {
        "one": np.ones(1, np.float32),
        "colour": (COLOUR / 255).astype(np.float32).reshape(1, 3, 1, 1),
        "white": np.full(1, white, np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "painter",
        [
            helper.make_tensor_value_info("image", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", channels, SIDE, SIDE]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "painter.onnx")
    card = ModelCard(
        name="painter",
        version="1",
        task="inpaint",
        licence="CC0-1.0",
        files=(WeightFile(name="painter.onnx"),),
        input=InputSpec(width=SIDE, height=SIDE, std=(255.0,) * 3),
        output=OutputSpec(decoder="picture", white=white),
    )
    return ModelManager(search_path=(folder,), cache_dir=folder / "cache", cards=[card])


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def strokes(x: int, y: int, height: int, width: int) -> Strokes:
    mask = np.random.default_rng(4).random((height, width)) < 0.3
    return Strokes(x, y, mask, "textured", None, 20.0)


@pytest.mark.parametrize("white", [1.0, 255.0])
@pytest.mark.parametrize(
    ("size", "place"),
    [((40, 50), (3, 5, 20, 30)), ((300, 260), (100, 90, 24, 40)), ((300, 260), (20, 0, 200, 220))],
)
def test_strokes_are_painted_by_the_network_and_nothing_else_changes(tmp_path, white, size, place) -> None:
    original, one = picture(*size), strokes(*place)
    stage = Paint(painter(tmp_path, white=white)["painter"])
    stage.setup()
    ground = original.copy()
    windows = holes(ground, [one], stage.size, "short")
    put_back(ground, [one], windows, stage.process(windows))
    stage.teardown()

    whole = np.zeros(size, bool)
    whole[one.place] = one.mask
    assert (ground[~whole] == original[~whole]).all()
    if max(windows[0].mask.shape) <= SIDE:
        assert (ground[whole] == COLOUR).all()
    else:  # made smaller and larger again: between dots there is what is around them
        off = np.abs(ground[whole].astype(int) - COLOUR).mean()
        assert off < np.abs(original[whole].astype(int) - COLOUR).mean() / 2


def test_windows_of_long_and_short_pictures_never_share_a_batch(tmp_path) -> None:
    stage = Paint(painter(tmp_path)["painter"])
    blank = np.zeros((8, 8, 3), np.uint8)
    kinds = [Hole(0, 0, blank, blank[..., 0] > 0, kind) for kind in ("short", "long", "short")]
    assert stage.bucket(kinds[0]) == stage.bucket(kinds[2]) != stage.bucket(kinds[1])


def test_a_network_without_a_mask_is_refused_at_the_start(tmp_path) -> None:
    with pytest.raises(ModelError, match="not a picture and a mask"):
        Paint(painter(tmp_path, channels=3)["painter"]).setup()


def test_without_a_network_none_can_be_asked_for() -> None:
    with pytest.raises(InputError, match="none is set"):
        Translation(ModelManager(), TranslationOptions(inpaint="network"))


async def test_letters_on_a_photo_are_painted_over_by_the_network_of_the_card(tmp_path) -> None:
    sign = decode(SIGN.read_bytes()).pixels
    noisy = sign.astype(int) + np.random.default_rng(5).normal(0, 40, sign.shape)
    noisy = np.clip(noisy, 0, 255).astype(np.uint8)
    options = TranslationOptions(
        target="es",
        translator="none",
        glossary={"Please ring twice": "Llame"},
        inpaint="network",
        inpainter="painter",
    )
    async with Translation(painter(tmp_path), options) as translation:
        result = await translation(noisy)
    (region,) = [region for region in result.data.regions if region.translated]
    x1, y1, x2, y2 = map(int, region.box)
    made = decode(result.data.picture.data).pixels[y1:y2, x1:x2]
    assert (made == COLOUR).all(axis=2).sum() > 200
    assert "painter" in {model.name for model in result.models}
