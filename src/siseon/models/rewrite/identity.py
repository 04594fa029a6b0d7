"""Nodes that only give their input another name, as converters leave them between all others."""

from __future__ import annotations

from siseon.models.rewrite.graph import Graph
from siseon.models.rewrite.node import Node, made


def without_identities(graph: Graph) -> None:
    """Let nodes read what is behind such names. By itself no reason to write a network anew."""
    if any(
        "." in node.operator for node in graph.nodes
    ):  # what another domain's operator does nobody knows here
        return
    behind: dict[str, str] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        inputs = [behind.get(name, name) for name in node.inputs]
        if node.operator == "Identity" and node.outputs[0] not in {"", *graph.outputs}:
            behind[node.outputs[0]] = inputs[0]
        elif inputs == [*node.inputs]:
            nodes.append(node)
        else:
            nodes.append(made(node.operator, inputs, node.outputs, node.attributes))
    graph.nodes = nodes
