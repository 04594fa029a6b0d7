"""Tiny networks with known answers, so that a test states exactly what the models say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from siseon.applications.inspection import Inspection, InspectionOptions
from siseon.contracts import Encoded, Image
from siseon.media.encode import encode
from siseon.models import InputSpec, Model, ModelCard, ModelManager, OutputSpec, WeightFile
from siseon.models.runtime import RUN_S

COLOURS = ("red", "green", "blue")


def save_network(
    path: Path,
    inputs: str,
    nodes: list[onnx.NodeProto],
    outputs: dict[str, int],
    *,
    input_shape: tuple[str | int, ...] = ("n", 3, "h", "w"),
    types: Mapping[str, int] = MappingProxyType({}),
    **constants: np.ndarray,
) -> None:
    """Write a network over one picture; ``outputs``: name to number of axes; ``constants``: initializers.

    ``types``: of the outputs that are not float32.
    """
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(inputs, TensorProto.FLOAT, input_shape)],
        [
            helper.make_tensor_value_info(
                name, types.get(name, TensorProto.FLOAT), [f"{name}{axis}" for axis in range(rank)]
            )
            for name, rank in outputs.items()
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)


class Networks:
    """A folder of networks with cards, and managers over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cards: list[ModelCard] = []

    def detector(
        self,
        boxes: Sequence[tuple[float, float, float, float]],
        *,
        name: str = "fixed-boxes",
        scores: Sequence[float] | None = None,
        classes: Sequence[int] | None = None,
        outputs: tuple[str, str] = ("logits", "pred_boxes"),
        named: bool = True,
        output: OutputSpec | None = None,
        labels: tuple[str, ...] = COLOURS,
        input_spec: InputSpec | None = None,
    ) -> str:
        """A boxes-and-logits network that always answers these (x1, y1, x2, y2), shares of its input."""
        xyxy = np.array(boxes, dtype=np.float32).reshape(-1, 4)
        count = len(xyxy)
        probability = np.array([0.9] * count if scores is None else scores)
        logits = np.full((1, max(count, 1), len(labels)), -20, dtype=np.float32)
        for index in range(count):
            logits[0, index, (classes or [0] * count)[index]] = np.log(
                probability[index] / (1 - probability[index])
            )
        cxcywh = np.full((1, max(count, 1), 4), 0.5, dtype=np.float32)
        cxcywh[0, :count] = np.concatenate(
            [(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], axis=1
        )
        # Each constant is spread over the batch by adding zero times the picture's mean.
        nodes = [
            helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=1),
            helper.make_node("Squeeze", ["mean", "axis"], ["mean3"]),
            helper.make_node("Mul", ["mean3", "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "fixed_logits"], [outputs[0]]),
            helper.make_node("Add", ["nothing", "fixed_boxes"], [outputs[1]]),
        ]
        constants = {
            "axis": np.array([3], dtype=np.int64),
            "zero": np.zeros(1, dtype=np.float32),
            "fixed_logits": logits,
            "fixed_boxes": cxcywh,
        }
        save_network(self.folder / f"{name}.onnx", "pixels", nodes, dict.fromkeys(outputs, 3), **constants)
        names = {"scores": outputs[:1], "boxes": outputs[1:]} if named else {}
        self._add(name, "detect", output or OutputSpec(decoder="detr", **names), labels, input_spec)
        return name

    def fixed(
        self,
        answers: Mapping[str, np.ndarray],
        output: OutputSpec,
        *,
        name: str = "fixed",
        labels: tuple[str, ...] = COLOURS,
        input_spec: InputSpec | None = None,
    ) -> str:
        """A detector of any family that answers these arrays whatever it is shown, for one picture a call."""
        spec = input_spec or InputSpec(width=64, height=64, resize="letterbox")
        spec = spec.model_copy(update={"dynamic_batch": False})
        save_network(
            self.folder / f"{name}.onnx",
            "pixels",
            [helper.make_node("Identity", [f"fixed_{port}"], [port]) for port in answers],
            {port: array.ndim for port, array in answers.items()},
            input_shape=(3, "h", "w") if spec.layout == "CHW" else ("n", 3, "h", "w"),
            types={port: helper.np_dtype_to_tensor_dtype(array.dtype) for port, array in answers.items()},
            **{f"fixed_{port}": array for port, array in answers.items()},
        )
        self._add(name, "detect", output, labels, spec)
        return name

    def classifier(self, *, name: str = "main-colour", labels: tuple[str, ...] = COLOURS) -> str:
        """A network that names the strongest of the three colours of a picture."""
        nodes = [
            helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["logits"]),
        ]
        save_network(self.folder / f"{name}.onnx", "pixels", nodes, {"logits": 2})
        output = OutputSpec(decoder="logits", activation="softmax")
        self._add(name, "classify", output, labels, InputSpec(width=16, height=16, std=(51.0,) * 3))
        return name

    def heavy(self, name: str, *, side: int = 2600) -> str:
        """A network whose one matrix of ``side`` × ``side`` float32 weighs something: 27 MB by default."""
        rng = np.random.default_rng(len(self.cards))
        nodes = [
            helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["flat"]),
            helper.make_node("MatMul", ["flat", "spread"], ["wide"]),
            helper.make_node("MatMul", ["wide", "weights"], ["logits"]),
        ]
        weights = {
            "spread": rng.random((3, side), np.float32),
            "weights": rng.random((side, side), np.float32),
        }
        save_network(self.folder / f"{name}.onnx", "pixels", nodes, {"logits": 2}, **weights)
        self._add(name, "tensors", OutputSpec(decoder="none"), (), InputSpec(width=16, height=16))
        return name

    def stand_in(self, file: str, colours: Sequence[int], *, classes: int) -> None:
        """Weights of a classifier whose classes ``colours`` follow red, green and blue, for a card that has none."""
        weights = np.zeros((3, classes), np.float32)
        weights[range(3), colours] = 1.0
        nodes = [
            helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        ]
        save_network(self.folder / file, "pixels", nodes, {"logits": 2}, weights=weights)

    def manager(
        self, *search_path: Path, registered: Path | None = None, run_s: float = RUN_S, warm_ups: int = 1
    ) -> ModelManager:
        """A manager that knows these networks, and those on ``search_path``."""
        return ModelManager(
            search_path=(self.folder, *search_path),
            cache_dir=self.folder / "cache",
            registered=registered,
            cards=self.cards,
            run_s=run_s,
            warm_ups=warm_ups,
        )

    def model(self, name: str) -> Model:
        """The network that ``detector`` or ``classifier`` made, not loaded."""
        return self.manager()[name]

    def inspection(
        self, boxes: Sequence[tuple[float, float, float, float]] = (), **options: Any
    ) -> Inspection:
        """A pipeline whose detector always answers these boxes and whose classifier names the main colour."""
        names = {"detector": self.detector(boxes), "classifier": self.classifier()}
        return Inspection(self.manager(), InspectionOptions(**names, **options))

    def _add(
        self, name: str, task: str, output: OutputSpec, labels: tuple[str, ...], input_spec: InputSpec | None
    ) -> None:
        self.cards.append(
            ModelCard(
                name=name,
                version="1",
                task=task,
                licence="Apache-2.0",
                files=(WeightFile(name=f"{name}.onnx"),),
                input=input_spec or InputSpec(width=64, height=64),
                output=output,
                labels=labels,
            )
        )


@pytest.fixture
def networks(tmp_path: Path) -> Networks:
    folder = tmp_path / "networks"
    folder.mkdir()
    return Networks(folder)


@pytest.fixture
def upload() -> Callable[..., Encoded]:
    """Makes a PNG of 200 × 100 black pixels with filled rectangles: ``upload((x1, y1, x2, y2, "red"), ...)``."""

    def make(*rectangles: tuple[int, int, int, int, str], name: str = "scene.png") -> Encoded:
        pixels = np.zeros((100, 200, 3), dtype=np.uint8)
        for x1, y1, x2, y2, colour in rectangles:
            pixels[y1:y2, x1:x2, COLOURS.index(colour)] = 255
        return Encoded(encode(Image.from_array(pixels), "png"), name)

    return make
