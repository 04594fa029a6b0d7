"""Make a tensor inside a network its only output: what a classifier sees before it names classes.

Done in memory at each load, as with open sizes; ONNX Runtime leaves out what the output does not need.
"""

from __future__ import annotations

from pathlib import Path

from siseon.contracts import FailureCode, ModelError
from siseon.models.network import read_network


def with_output(path: Path, tensor: str) -> bytes:
    """The network in ``path`` as bytes, with ``tensor`` as its only output.

    Raises:
        DependencyMissing: the package ``onnx`` is not installed.
        ModelError: ``model_load_failed``: the file holds no network, or none with such a tensor.
    """
    network = read_network(path, extra="gallery")
    if not any(tensor in node.output for node in network.graph.node):
        raise ModelError(
            f"{path.name} has no tensor {tensor!r}",
            code=FailureCode.model_load_failed,
            hint="output.features of the card names the input of the network's last layer",
        )
    del network.graph.output[:]
    network.graph.output.add(name=tensor)  # its type and shape are inferred at load
    return bytes(network.SerializeToString())
