"""Find the objects in an answer, whatever envelope the service puts around them.

A service names its fields as it likes, so the usual names are tried in order. What cannot be read is None:
the checks then say that they could not judge it, and never guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LISTS = ("detections", "predictions", "objects", "instances", "boxes", "results")
BOXES = ("box", "bbox", "xyxy", "bounding_box", "boundingBox")
SCORES = ("score", "confidence", "probability", "conf")
IDS = ("class_id", "classId", "label_id", "category_id")
NAMES = ("class_name", "className", "label", "class", "name", "category")
MASKS = ("mask", "rle", "segmentation")
CORNERS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"), ("left", "top", "right", "bottom"))

Fields = dict[str, object]
Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""


@dataclass(frozen=True)
class Seen:
    """One object as the service tells it; values that are absent are None."""

    where: str
    box: Box | None
    """As given, unchecked."""
    score: object
    class_id: object
    class_name: object
    mask: object


@dataclass(frozen=True)
class Listing:
    """The objects of an answer."""

    where: str
    objects: list[Seen] | None
    """None when the field is there and no list."""
    classifications: list[Fields]


def listing_of(document: object) -> Listing | None:
    """The objects of an answer; None when no field of it looks like a list of objects."""
    if isinstance(document, list) and _are_objects(document):
        return Listing("$", _objects(document, "$"), [])
    for where, node in _nodes(document, "$"):
        key = next((key for key in LISTS if key in node and _are_objects(node[key])), None)
        if key is None:
            continue
        value = node[key]
        objects = _objects(value, f"{where}.{key}") if isinstance(value, list) else None
        labels = node.get("classifications")
        listed = [entry for entry in labels if isinstance(entry, dict)] if isinstance(labels, list) else []
        return Listing(f"{where}.{key}", objects, listed)
    return None


def number(value: object) -> float | None:
    """The value when it is a number; True and False are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:  # JSON knows whole numbers of any length
        return math.inf


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two xyxy boxes."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return across * down / (sum(areas) - across * down)


def pairs_of(document: object) -> Iterator[tuple[str, object]]:
    """Every key anywhere in a document, in lower case, with its value."""
    for _, node in _nodes(document, "$"):
        yield from ((str(key).lower(), value) for key, value in node.items())


def keys_of(document: object) -> set[str]:
    """Every key anywhere in a document, in lower case."""
    return {key for key, _ in pairs_of(document)}


def texts_of(document: object) -> Iterator[str]:
    """Every text that is a field's value, or in a list that is one."""
    for _, value in pairs_of(document):
        yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))


def _are_objects(value: object) -> bool:
    """Whether that is a list of things with boxes, or what a service puts there when it has none."""
    if isinstance(value, list):
        names = {*BOXES, *(name for corners in CORNERS for name in corners)}
        return not value or any(isinstance(entry, dict) and names & set(entry) for entry in value)
    return not isinstance(value, dict)


def _nodes(document: object, where: str) -> Iterator[tuple[str, Fields]]:
    """The objects of a JSON document from the outside in."""
    if isinstance(document, list):
        for place, entry in enumerate(document):
            yield from _nodes(entry, f"{where}[{place}]")
    elif isinstance(document, dict):
        yield where, document
        for key, value in document.items():
            yield from _nodes(value, f"{where}.{key}")


def _objects(entries: list[object], where: str) -> list[Seen]:
    return [
        _seen(entry if isinstance(entry, dict) else {}, f"{where}[{i}]") for i, entry in enumerate(entries)
    ]


def _seen(entry: Fields, where: str) -> Seen:
    def first(names: tuple[str, ...]) -> object:
        return next((entry[name] for name in names if name in entry), None)

    name = first(NAMES)
    return Seen(where, _box(first(BOXES) or entry), first(SCORES), first(IDS), name, first(MASKS))


def _box(value: object) -> Box | None:
    corners: list[object] = []
    if isinstance(value, dict):
        corners = next(([value[n] for n in names] for names in CORNERS if all(n in value for n in names)), [])
    elif isinstance(value, list):
        corners = value
    numbers = [number(corner) for corner in corners]
    x1, y1, x2, y2 = numbers if len(numbers) == 4 else (None,) * 4
    if x1 is None or y1 is None or x2 is None or y2 is None:
        return None
    return x1, y1, x2, y2
