"""What an ONNX file would make the runtime do before it runs: read other files, and write functions out.

Older runtimes read any file of the machine, or any address of the process, that a tensor names as the place of its
data, and every version writes functions out that call each other twice, forty levels deep. So files are looked
through here first. Only what is needed is read, of the wire format (protobuf) and of the schema (onnx.proto, the ONNX
standard); tensors' own data is skipped.
"""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from siseon.contracts import FailureCode, ModelError
from siseon.models.wire_format import Buffer, Span, spans

MOST_NODES = 1_000_000
"""Nodes of a network whose functions are written out; large language models have tens of thousands."""
DEEPEST = 64
"""Functions that call each other in a row: the runtime follows them on its stack."""
MOST_PARTS = 4_000_000
"""Nodes, their attributes, tensors and functions in a file: the largest networks have hundreds of thousands. A file
of 256 MB can hold a hundred million empty ones, which take minutes to look through."""
DEEPEST_PART = 100
"""Messages in each other: protobuf itself reads no more."""

Name = tuple[bytes, bytes, bytes]
"""Of a function: domain, name, overload."""

# Numbers of the fields in onnx.proto, by message.
MODEL_GRAPH, MODEL_FUNCTION = 7, 25
INSIDE: dict[str, dict[int, str]] = {
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "function": {7: "node", 11: "attribute"},
    "tensor": {13: "external"},
    "external": {},
}
"""Which fields of a message hold what is looked into."""
NODE_NAME = (7, 4, 8)
FUNCTION_NAME = (10, 1, 13)
KEY, VALUE = 1, 2


def check_network(path: Path) -> int:
    """Look a network's file through before the runtime sees it.

    Returns:
        Its nodes, with its functions written out.

    Raises:
        ModelError: ``model_load_failed``: it is no ONNX file, names data outside its folder, or its functions call each
            other too often.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise _refused(path, "it is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _check(path, data)
            except (IndexError, ValueError):
                raise _refused(path, "it is not an ONNX file") from None


def _check(path: Path, data: Buffer) -> int:
    calls: dict[Name, Counter[Name]] = {}
    top: Counter[Name] = Counter()
    parts = count()
    for number, span in spans(data, (0, len(data))):
        if number == MODEL_GRAPH:
            top += _look(path, data, "graph", span, parts)
        elif number == MODEL_FUNCTION:
            name = _name(data, span, FUNCTION_NAME)
            calls[name] = calls.get(name, Counter()) + _look(path, data, "function", span, parts)
    return _check_functions(path, calls, top)


def _look(path: Path, data: Buffer, kind: str, span: Span, parts: Iterator[int]) -> Counter[Name]:
    """The operators of all nodes in a graph or function, those of graphs inside it included; ``parts`` counts what is
    looked into."""
    called: Counter[Name] = Counter()
    to_do = [iter(((kind, span),))]
    while to_do:
        kind, span = next(to_do[-1], ("", span))
        if not kind:
            to_do.pop()
            continue
        if next(parts) >= MOST_PARTS:
            raise _refused(path, f"it has more than {MOST_PARTS:,} nodes, attributes and tensors")
        if kind == "node":
            called[_name(data, span, NODE_NAME)] += 1
        if kind == "external":
            _check_place(path, data, span)
        if len(to_do) > DEEPEST_PART:
            raise _refused(path, f"its parts lie in each other more than {DEEPEST_PART} deep")
        to_do.append(_inside(data, kind, span))
    return called


def _inside(data: Buffer, kind: str, span: Span) -> Iterator[tuple[str, Span]]:
    """What is looked into of a part, one at a time: all of it at once could be more than memory holds."""
    inside = INSIDE[kind]
    return ((inside[number], part) for number, part in spans(data, span) if number in inside)


def _check_place(path: Path, data: Buffer, span: Span) -> None:
    """An entry of a tensor's ``external_data``."""
    entry = {number: data[start:end] for number, (start, end) in spans(data, span)}
    if entry.get(KEY) != b"location":
        return
    place = PurePosixPath(entry.get(VALUE, b"").decode("utf-8", "replace").replace("\\", "/"))
    # A star begins the runtime's own mark for an address in memory, a colon follows a drive's letter.
    if place.is_absolute() or ".." in place.parts or "*" in str(place) or ":" in str(place):
        raise _refused(path, "a tensor's data lies outside the network's folder")


def _check_functions(path: Path, calls: dict[Name, Counter[Name]], top: Counter[Name]) -> int:
    """Sum the nodes up from the functions that call no other."""
    inner = {name: {one for one in called if one in calls} for name, called in calls.items()}
    nodes: dict[Name, int] = {}
    for _ in range(DEEPEST):
        ready = [name for name, called in inner.items() if name not in nodes and called <= nodes.keys()]
        for name in ready:
            nodes[name] = min(_written_out(calls[name], nodes), MOST_NODES + 1)
        if not ready:
            break
    if len(nodes) < len(calls):
        raise _refused(path, f"its functions call themselves, or {DEEPEST} others in a row")
    most = _written_out(top, nodes)
    if most > MOST_NODES:
        raise _refused(path, f"with its functions written out it has more than {MOST_NODES:,} nodes")
    return most


def _written_out(called: Counter[Name], nodes: dict[Name, int]) -> int:
    return sum(count * nodes.get(name, 1) for name, count in called.items())


def _name(data: Buffer, span: Span, fields: tuple[int, int, int]) -> Name:
    found = {number: data[start:end] for number, (start, end) in spans(data, span) if number in fields}
    domain, name, overload = (found.get(number, b"") for number in fields)
    return b"" if domain == b"ai.onnx" else domain, name, overload


def _refused(path: Path, why: str) -> ModelError:
    return ModelError(
        f"{path.name} cannot be loaded: {why}",
        code=FailureCode.model_load_failed,
        hint="export the network anew, with its weights inside or beside it",
    )
