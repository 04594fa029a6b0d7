"""Weights that are inputs too, as PyTorch wrote them up to 1.2: ONNX Runtime folds and fuses nothing that a caller may
replace, so that normalisations and activations run apart. Here nobody replaces any."""

from __future__ import annotations

from siseon.models.rewrite.graph import Graph


def with_fixed_weights(graph: Graph) -> None:
    """Leave only those inputs that have to be given."""
    graph.fix_weights()
