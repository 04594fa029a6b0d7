"""Writes the trained detector as ONNX and checks that it says the same as PyTorch.

``python training/gauges/instruments/export.py runs/detector.pt instruments.onnx``
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from instruments.network import Detector, Exported, boxes_of, points
from instruments.scenes import letterboxed, scene
from instruments.train import SIDE, scaled

OPSET = 17
LARGEST_FILE = 3_000_000
"""Bytes: it is shipped inside the package."""
OFF = 1e-3
"""Pixels by which a box may differ."""


def main() -> None:
    """Export, check, tell the hash for the card."""
    weights, out = (Path(argument) for argument in sys.argv[1:3])
    detector = Detector()
    detector.load_state_dict(torch.load(weights))
    exported = Exported(detector).eval()
    axes = {"pictures": {0: "batch", 2: "height", 3: "width"}, "points": {0: "batch", 1: "count"}}
    torch.onnx.export(
        exported,
        (torch.zeros(2, 3, SIDE, SIDE),),
        str(out),
        input_names=["pictures"],
        output_names=["points"],
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    off = difference(exported, out)
    data = out.read_bytes()
    print(
        f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}, boxes differ by {off:.6f} pixels at most"
    )
    if off > OFF or len(data) > LARGEST_FILE:
        raise SystemExit("the file must not be shipped")


@torch.no_grad()
def difference(exported: Exported, file: Path) -> float:
    """The largest difference of a box that says anything, in pixels, over batches of 1, 3 and 5."""
    session = onnxruntime.InferenceSession(str(file))
    cells, steps = points(SIDE)
    largest = 0.0
    for count in (1, 3, 5):
        pictures = scaled([letterboxed(scene(index), SIDE)[0] for index in range(count)]).contiguous()
        expected = exported(pictures)
        (answered,) = session.run(None, {"pictures": pictures.numpy()})
        said = torch.from_numpy(np.asarray(answered))
        sure = expected[..., 4] > 0.01
        apart = (boxes_of(said, cells, steps) - boxes_of(expected, cells, steps)).abs()[sure]
        largest = max(
            largest, float(apart.max()) if len(apart) else 0.0, float((said - expected)[..., 4:].abs().max())
        )
    return largest


if __name__ == "__main__":
    main()
