"""A network made ready for quantising: constants and batch norms folded, every node named, its layers known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siseon.contracts import DependencyMissing, FailureCode, InputError, ModelError
from siseon.models.foreign import ERRORS
from siseon.models.network import read_network

EXTRA = "quantize"
LAYERS = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
"""Operators with weights: what gains by int8. What follows one of them, up to the next, goes with it."""
QUANTIZED = frozenset({"QuantizeLinear", "DequantizeLinear", "QLinearConv", "ConvInteger", "MatMulInteger"})
LEAST_OPSET = 13
"""From which on weights may have a scale for each channel."""
LEAST_IR = 7
"""Version of the format; below 4 weights are inputs too, which nothing folds."""
MOST_BYTES = 1 << 30
"""Of a network: it is copied for each trial."""
FOREIGN: tuple[type[Exception], ...] = (*ERRORS, KeyError, AttributeError, TypeError, AssertionError)
"""What the runtime's quantiser raises of a graph that it was not written for."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer with weights, and the names of the nodes that go with it."""

    name: str
    nodes: tuple[str, ...]


@contextmanager
def named(what: str) -> Iterator[None]:
    """What the quantiser or the package ``onnx`` raises inside, as one failure with a name.

    Raises:
        ModelError: ``model_load_failed``.
        DependencyMissing: the package ``onnx``, or another that the quantiser needs, is not installed.
    """
    try:
        yield
    except ImportError as error:
        # Some versions of the runtime's quantiser need sympy.
        missing, _, _ = (error.name or "onnx").partition(".")
        package = f"'siseon[{EXTRA}]'" if missing == "onnx" else missing
        raise DependencyMissing(
            f"quantising needs the package {missing} ({error})", hint=f"run `pip install {package}`"
        ) from error
    except FOREIGN as error:
        lines = str(error).strip().splitlines()
        raise ModelError(
            f"{what} cannot be quantised: {lines[0][:300] if lines else type(error).__name__}",
            code=FailureCode.model_load_failed,
            hint="the quantiser of ONNX Runtime does not know such a network: export it in another way",
        ) from error


def fold(source: Path, target: Path) -> list[Layer]:
    """Write the network in ``source`` to ``target`` as the quantiser needs it; its layers, in the order of their run.

    Raises:
        InputError: it is too large, quantised already, or has no layer with weights.
        ModelError: the file holds no network that can be brought into that form.
        DependencyMissing: the package ``onnx`` is not installed.
    """
    size = source.stat().st_size
    if size > MOST_BYTES:
        raise InputError(f"{source.name} has {size >> 20} MiB, at most {MOST_BYTES >> 20} can be quantised")
    network = read_network(source, extra=EXTRA)
    done = sorted({node.op_type for node in network.graph.node} & QUANTIZED)
    if done:
        raise InputError(
            f"{source.name} is quantised already: it has {done[0]}", hint="give the float network"
        )
    with named(source.name):
        import onnx
        from onnxruntime.quantization.shape_inference import quant_pre_process

        network = _modern(network)
        cleaned = target.with_suffix(".cleaned.onnx")
        onnx.save(network, cleaned)
        quant_pre_process(cleaned, target, skip_symbolic_shape=True)
        cleaned.unlink()
        network = onnx.load(target)
        for number, node in enumerate(network.graph.node):
            node.name = node.name or f"unnamed_{number}"
        _drop_unused(network.graph)
        onnx.save(network, target)
    layers = _layers(network.graph)
    if not layers:
        raise InputError(
            f"{source.name} has no layer that int8 makes faster: none of {', '.join(sorted(LAYERS))}"
        )
    return layers


def _modern(network: Any) -> Any:
    """The same with weights that are no inputs, in an opset that knows scales for each channel."""
    from onnx import version_converter

    opset = next((each.version for each in network.opset_import if each.domain in ("", "ai.onnx")), 0)
    if opset < LEAST_OPSET:
        network = version_converter.convert_version(network, LEAST_OPSET)
    network.ir_version = max(network.ir_version, LEAST_IR)
    weights = {weight.name for weight in network.graph.initializer}
    ports = [port for port in network.graph.input if port.name not in weights]
    del network.graph.input[:]
    network.graph.input.extend(ports)
    return network


def _drop_unused(graph: Any) -> None:
    used = {name for node in graph.node for name in node.input} | {port.name for port in graph.output}
    if any(attribute.HasField("g") for node in graph.node for attribute in node.attribute):
        return  # a loop reads the tensors around it
    kept = [weight for weight in graph.initializer if weight.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _layers(graph: Any) -> list[Layer]:
    """Each layer with what runs after it; what runs before the first goes with the first."""
    starts: list[str] = []
    nodes: list[list[str]] = [[]]
    for node in graph.node:
        if node.op_type in LAYERS:
            starts.append(node.name)
            if len(starts) > 1:
                nodes.append([])
        nodes[-1].append(node.name)
    return [Layer(start, tuple(group)) for start, group in zip(starts, nodes, strict=True)] if starts else []
