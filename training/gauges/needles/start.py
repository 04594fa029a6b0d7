"""Where a training goes on from: weights of an earlier run, or those of a file that is shipped.

In ONNX the norms are part of the convolutions before them. They are taken apart again, so that each norm has the
statistics of what it sees, as it would after training.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from network import Pointer
from torch import Tensor, nn


def load(pointer: Pointer, path: Path, strips: Tensor) -> None:
    """Give a network the weights of a .pt or .onnx file; its norms are fitted on (N, 3, 24, 180) ``strips``."""
    if path.suffix == ".pt":
        pointer.load_state_dict(torch.load(path, weights_only=True), strict=False)
        return
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    named = {name.removeprefix("pointer."): torch.tensor(array) for name, array in arrays.items()}
    state = pointer.state_dict()
    pointer.load_state_dict({name: value for name, value in named.items() if name in state}, strict=False)
    folded = [value for name, value in named.items() if name.startswith("onnx::Conv")]
    known = [(convolution, norm) for convolution, norm in _pairs(pointer)]
    with torch.no_grad():
        for (convolution, norm), weight, bias in zip(known, folded[::2], folded[1::2], strict=False):
            convolution.weight.copy_(weight)
            norm.running_mean.zero_()
            norm.running_var.fill_(1.0 - norm.eps)
            norm.weight.fill_(1.0)
            norm.bias.copy_(bias)
    _fit(pointer, [norm for (_, norm), _ in zip(known, folded[::2], strict=False)], strips)


def _pairs(pointer: Pointer) -> list[tuple[nn.Module, nn.Module]]:
    """Convolutions without a bias and the norms behind them, in the order of their use."""
    modules = list(pointer.modules())
    convolutions = [one for one in modules if isinstance(one, nn.Conv1d | nn.Conv2d) and one.bias is None]
    norms = [one for one in modules if isinstance(one, nn.BatchNorm1d | nn.BatchNorm2d)]
    return list(zip(convolutions, norms, strict=True))


def _fit(pointer: Pointer, norms: list[nn.Module], strips: Tensor) -> None:
    """Statistics for the norms that leave what the network answers as it is."""

    def fit(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        around = [axis for axis in range(inputs[0].dim()) if axis != 1]
        variance, mean = torch.var_mean(inputs[0], dim=around)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.bias.add_(mean)
        norm.weight.copy_((variance + norm.eps).sqrt())

    pointer.eval()
    hooks = [norm.register_forward_pre_hook(fit) for norm in norms]
    with torch.no_grad():
        pointer(strips)
    for hook in hooks:
        hook.remove()
