"""Writes the trained network as ONNX and checks that it says the same as PyTorch.

``python training/oilspill/export.py runs/sea.pt sea-surface.onnx``
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from oilspill.network import Exported, SeaNet
from oilspill.scenes import scene
from oilspill.train import SIDE, batch

OPSET = 17
LARGEST_FILE = 4_000_000
"""Bytes: it is shipped inside the package."""
OFF = 1e-3
"""By which a probability may differ."""


def main() -> None:
    """Export, check, tell the hash for the card."""
    weights, out = (Path(argument) for argument in sys.argv[1:3])
    network = SeaNet()
    network.load_state_dict(torch.load(weights))
    exported = Exported(network).eval()
    open_axes = {0: "batch", 2: "height", 3: "width"}
    torch.onnx.export(
        exported,
        (torch.zeros(2, 3, SIDE, SIDE),),
        str(out),
        input_names=["pictures"],
        output_names=["classes"],
        dynamic_axes={"pictures": open_axes, "classes": open_axes},
        opset_version=OPSET,
        dynamo=False,
    )
    off = difference(exported, out)
    data = out.read_bytes()
    print(
        f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}, probabilities differ by {off:.6f} at most"
    )
    if off > OFF or len(data) > LARGEST_FILE:
        raise SystemExit("the file must not be shipped")


@torch.no_grad()
def difference(exported: Exported, file: Path) -> float:
    """The largest difference of a probability, over batches of 1, 3 and 5."""
    session = onnxruntime.InferenceSession(str(file))
    largest = 0.0
    for count in (1, 3, 5):
        pictures = batch([scene(index, side=SIDE) for index in range(count)])[0].contiguous()
        expected = exported(pictures)
        (answered,) = session.run(None, {"pictures": pictures.numpy()})
        largest = max(largest, float((torch.from_numpy(np.asarray(answered)) - expected).abs().max()))
    return largest


if __name__ == "__main__":
    main()
