"""The weights of a network that was exported, to train on from: what is shipped is all that is left of a training.

``python training/oilspill/shipped.py sea-surface.onnx runs/shipped.pt``. The export has folded the normalisations into
the convolutions. Here each gets one back that changes nothing: the mean and the spread that drawn scenes have there,
and the weights that undo both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from oilspill.export import OFF, difference
from oilspill.network import Exported, SeaNet
from oilspill.scenes import scene
from oilspill.train import SIDE, batch

FIRST, SCENES = 3_000_000, 96
"""Scenes whose means and spreads are taken: numbers that nothing else draws."""
NORM = 0.8
"""Of each filter before its normalisation, which makes up for it: a step of learning then changes all of them alike."""


def main() -> None:
    """Read, check that it says the same, write."""
    file, out = (Path(argument) for argument in sys.argv[1:3])
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    network = opened(file)
    off = difference(Exported(network).eval(), file)
    print(f"probabilities differ by {off:.6f} at most")
    if off > OFF:
        raise SystemExit("it is not the same network")
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), out)


@torch.no_grad()
def opened(file: Path) -> SeaNet:
    """The network of the file."""
    network = SeaNet().eval()
    weights = _weights(file)
    normalised = [one for one in network.modules() if isinstance(one, nn.Sequential) and _has_norm(one)]
    whose = {id(one[0]): one[1] for one in normalised}
    for module in _in_order(network):
        weight, bias = next(weights)
        if weight.shape != module.weight.shape:
            raise SystemExit(f"{file} is not of this network")
        norm = whose.get(id(module))
        if norm is None:
            module.weight.copy_(weight)
            module.bias.copy_(bias)  # type: ignore[union-attr]
            continue
        module.weight.copy_(
            weight * (NORM / weight.flatten(1).norm(dim=1).clamp(min=1e-6))[:, None, None, None]
        )
        norm.register_forward_pre_hook(_settling(weight, bias))
    network(batch([scene(number, side=SIDE) for number in range(FIRST, FIRST + SCENES)])[0])
    for module in network.modules():
        module._forward_pre_hooks.clear()
    return network


def _settling(weight: Tensor, bias: Tensor):  # type: ignore[no-untyped-def]
    scale = weight.flatten(1).norm(dim=1).clamp(min=1e-6) / NORM

    def settle(norm: nn.BatchNorm2d, given: tuple[Tensor]) -> None:
        mean, spread = given[0].mean((0, 2, 3)), given[0].var((0, 2, 3))
        norm.running_mean.copy_(mean)  # type: ignore[union-attr]
        norm.running_var.copy_(spread)  # type: ignore[union-attr]
        norm.weight.copy_(scale * (spread + norm.eps).sqrt())
        norm.bias.copy_(bias + scale * mean)

    return settle


def _has_norm(module: nn.Sequential) -> bool:
    return len(module) > 1 and isinstance(module[1], nn.BatchNorm2d)


def _in_order(network: SeaNet) -> list[nn.Conv2d]:
    """Its convolutions as they are computed."""
    found: list[nn.Conv2d] = []
    hooks = [
        one.register_forward_hook(lambda module, _, __: found.append(module))
        for one in network.modules()
        if isinstance(one, nn.Conv2d)
    ]
    network(torch.zeros(1, 3, SIDE, SIDE))
    for hook in hooks:
        hook.remove()
    return found


def _weights(file: Path) -> Iterator[tuple[Tensor, Tensor]]:
    graph = onnx.load(file).graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Conv":
            weight, bias = (torch.from_numpy(np.array(values[name])) for name in node.input[1:])
            yield weight, bias


if __name__ == "__main__":
    main()
