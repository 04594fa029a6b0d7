"""Open the batch, height and width that an export fixed although its network takes any.

ONNX Runtime refuses every input but of the stated shape. The change is made in memory, each time the weights are
loaded: the file stays as it was published and as its hash verifies it, and there is no second one to go stale.
"""

from __future__ import annotations

from pathlib import Path

from siseon.models.network import read_network

CHANNELS = 1
"""The axis of (batch, channels, height, width) that keeps its size."""


def with_open_sizes(path: Path) -> bytes:
    """The network in ``path`` as bytes, with open sizes in all inputs and outputs but for their channels.

    Raises:
        DependencyMissing: the package ``onnx`` is not installed.
        ModelError: ``model_load_failed``, the file holds no network.
    """
    network = read_network(path, extra="safety")
    constants = {constant.name for constant in network.graph.initializer}
    for port in (*network.graph.input, *network.graph.output):
        if port.name not in constants:
            for axis, size in enumerate(port.type.tensor_type.shape.dim):
                if axis != CHANNELS:
                    size.dim_param = f"{port.name}_{axis}"
    return bytes(network.SerializeToString())
