"""The network of ``before.py --torch``: the weights of ours in a file of PyTorch's, computed by PyTorch, as the record
has it (PyTorch 2.1; which network, it does not say).

    python benchmarks/oilspill/before_torch.py FOLDER OUT.pth  # FOLDER: site-packages with torch; writes the weights

Same windows, weights and answers as ours (to 3e-5), so that the two differ in what loads and runs the network alone.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siseon.applications.build import manager
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.sea import SeeTheSea
from siseon.contracts import Image
from siseon.models.preprocess import prepare
from siseon.settings import read_settings

WEIGHTS = "sea-surface.pth"
Node = tuple[str, list[str], str, dict[str, Any]]
"""Operation, inputs, output, attributes."""


def convert(out: Path) -> None:
    """The shipped ONNX file as nodes and tensors that ``torch.load`` reads."""
    import onnx
    import torch
    from onnx import helper, numpy_helper

    shipped = files("siseon.applications.oilspill.sea") / "sea-surface.onnx"
    graph = onnx.load_from_string(shipped.read_bytes()).graph
    tensors = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    nodes: list[Node] = []
    for node in graph.node:
        attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        if node.op_type == "Constant":
            continue  # the scale of each enlargement: always two
        plain = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()
        }
        nodes.append((node.op_type, list(node.input), node.output[0], plain))
    torch.save({"nodes": nodes, "tensors": tensors, "output": graph.output[0].name}, out)


class TorchSea(SeeTheSea):
    """The same stage, whose windows PyTorch looks at. Not to be set up: it is loaded when it is made."""

    def __init__(self, weights: Path) -> None:
        import torch

        settings = read_settings()
        super().__init__(manager(settings)[OilSpillOptions().network])
        self._torch = torch
        self._saved = torch.load(weights, weights_only=True)

    def _looked(self, *windows: NDArray[np.uint8]) -> NDArray[np.float32]:
        images = [Image.from_array(window) for window in windows]
        batch, _ = prepare(images, self.model.card.input, (self.side, self.side))
        with self._torch.inference_mode():
            return np.asarray(self._run(self._torch.from_numpy(np.ascontiguousarray(batch))))

    def _run(self, pictures: Any) -> Any:
        """(n, 11, side, side) probabilities of (n, 3, side, side) pictures."""
        known = {"pictures": pictures, **self._saved["tensors"]}
        for name, inputs, output, attributes in self._saved["nodes"]:
            given = [known.get(one) for one in inputs]
            known[output] = self._done(name, given, attributes)
        return known[self._saved["output"]]

    def _done(self, name: str, given: list[Any], attributes: dict[str, Any]) -> Any:
        torch = self._torch
        match name:
            case "Conv":
                side = attributes["pads"][0]
                bias = given[2] if len(given) > 2 else None
                return torch.nn.functional.conv2d(given[0], given[1], bias, attributes["strides"], side)
            case "Resize":
                how = {"nearest": {}, "linear": {"align_corners": False}}[attributes["mode"]]
                mode = "bilinear" if how else "nearest"
                return torch.nn.functional.interpolate(given[0], scale_factor=2.0, mode=mode, **how)
            case "Concat":
                return torch.cat(given, attributes["axis"])
            case "ReduceMean":
                return given[0].mean(attributes["axes"], keepdim=True)
            case "ReduceMax":
                return given[0].amax(attributes["axes"], keepdim=True)
            case "ReduceSum":
                return given[0].sum(1, keepdim=True)
            case "Shape":
                return given[0].shape
            case "Expand":
                return given[0].expand(given[1])
            case "Relu" | "Exp":
                return getattr(torch, name.lower())(given[0])
            case "Add" | "Sub" | "Div":
                return getattr(torch, name.lower())(given[0], given[1])
        raise NotImplementedError(name)


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    convert(Path(sys.argv[2]))
