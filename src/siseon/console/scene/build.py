"""Reads geometry out of an answer by the forms of ``contracts/wire.py``, which all results are made of.

Every list of objects in the answer is a kind of thing (``lines``, ``detections``, ``readings``). In an object, a ring
of points is an outline, ``box`` a box, ``mask`` a mask, two named points a line; what else it says, in words and
numbers, are its facts. An object that points at another by number (``detection_index``) gives its facts to that one. So
an application that somebody adds is drawn like ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from siseon.console.scene.masks import outlines
from siseon.console.scene.shapes import Colour, Geometry, Layer, Point, Scene, Shape, Thing

MOST_THINGS = 400
"""More would be a heap of lines that nobody can read, and slow a browser."""
MOST_POINTS = 2000
"""Of one ring."""
MOST_TEXT = 200
"""Characters of one fact."""
TITLES = ("translated", "text", "class_name", "sea_class", "label", "name", "kind", "reason")
"""What a thing is called by, the first of these that it has."""
WRITTEN = ("translated", "text")
"""Of these the ones that stand as they are."""
STATES: dict[str, Colour] = {"good": "ok", "uncertain": "warn", "refused": "off"}
UNREAD = "unread"
PALETTE: tuple[Colour, ...] = ("1", "2", "3", "4", "5", "6")

Object = Mapping[str, JsonValue]


def scene_of(data: Object) -> Scene:
    """What is drawn of the ``data`` of an answer. Blocks for as long as masks take to be traced."""
    width, height = _whole(data.get("width")), _whole(data.get("height"))
    things: list[Thing] = []
    shapes: list[Shape] = []
    counted: dict[tuple[str, Geometry], int] = {}
    named: dict[str, Colour] = {}
    left_out = 0
    for kind, objects in _lists(data):
        more = _said_of(data, kind)
        for number, each in enumerate(objects):
            if len(things) >= MOST_THINGS:
                left_out += 1
                continue
            facts = {**each, **more.get(number, {})}
            colour = _colour(kind, facts, named)
            found = list(_shapes(each, (width, height)))
            for geometry, rings in found:
                shapes.append(Shape(len(things), f"{kind}.{geometry}", colour, rings))
                counted[kind, geometry] = counted.get((kind, geometry), 0) + 1
            things.append(Thing(_title(facts), tuple(_facts(facts)), colour, kind, _corner(found)))
    layers = tuple(
        Layer(f"{kind}.{geometry}", kind, geometry, many) for (kind, geometry), many in counted.items()
    )
    return Scene(width, height, layers, tuple(shapes), tuple(things), left_out, not _only_text(things))


def _only_text(things: Sequence[Thing]) -> bool:
    """Whether all labels would repeat what can be read in the picture."""
    return all(("text", thing.title) in thing.facts or thing.kind == UNREAD for thing in things)


def _lists(data: Object) -> Iterator[tuple[str, list[Object]]]:
    """The lists of objects in an answer, those in its objects too, but not what is said of another list's objects."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _lists(value)
        elif isinstance(value, list):
            objects: list[Object] = [each for each in value if isinstance(each, dict)]
            if objects and len(objects) == len(value) and _points_at(objects[0]) is None:
                yield key, objects


def _points_at(one: Object) -> str | None:
    return next(
        (key for key, value in one.items() if key.endswith("_index") and isinstance(value, int)), None
    )


def _said_of(data: Object, kind: str) -> dict[int, dict[str, JsonValue]]:
    """What other lists say of the objects of this one, by number, each fact under the other list's name."""
    said: dict[int, dict[str, JsonValue]] = {}
    for key, value in data.items():
        for one in value if isinstance(value, list) else ():
            pointer = _points_at(one) if isinstance(one, dict) else None
            if not isinstance(one, dict) or pointer is None or f"{pointer.removesuffix('_index')}s" != kind:
                continue
            number = one[pointer]
            told = [one[name] for name in ("class_name", "score") if name in one]
            if isinstance(number, int):
                said.setdefault(number, {})[key.removesuffix("s")] = " ".join(_plain(each) for each in told)
    return said


def _shapes(one: Object, size: tuple[int, int]) -> Iterator[tuple[Geometry, tuple[tuple[Point, ...], ...]]]:
    for key, value in one.items():
        if key == "box" and (ends := _numbers(value, 4)):
            left, top, right, bottom = ends
            yield "box", (((left, top), (right, top), (right, bottom), (left, bottom)),)
        elif key == "mask" and isinstance(value, dict):
            if rings := outlines(value, size):
                yield "mask", rings
        elif isinstance(value, list) and len(value) >= 4 and (ring := _ring(value)):
            inner = one.get("holes")
            holes = [each for hole in inner if (each := _ring(hole))] if isinstance(inner, list) else []
            yield "outline", (ring, *holes)
        elif isinstance(value, dict) and len(value) == 2:
            ends_of = [tuple(point) for each in value.values() if (point := _numbers(each, 2))]
            if len(ends_of) == 2:
                yield "line", (tuple((x, y) for x, y in ends_of),)


def _ring(value: JsonValue) -> tuple[Point, ...] | None:
    if not isinstance(value, list) or not 3 <= len(value) <= MOST_POINTS:
        return None
    points = [_numbers(each, 2) for each in value]
    return tuple((point[0], point[1]) for point in points if point) if all(points) else None


def _numbers(value: JsonValue, many: int) -> list[float] | None:
    if not isinstance(value, list) or len(value) != many:
        return None
    numbers = [float(each) for each in value if isinstance(each, int | float) and not isinstance(each, bool)]
    return numbers if len(numbers) == many and all(map(math.isfinite, numbers)) else None


def _title(one: Object) -> str:
    value = one.get("value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _measured(one, value)
    for key in TITLES:
        if isinstance(found := one.get(key), str) and found:
            return found[:MOST_TEXT] if key in WRITTEN else found[:MOST_TEXT].replace("_", " ")
    return "–"


def _measured(one: Object, value: float) -> str:
    """A value as far as it is known, with its unit."""
    doubt, unit = one.get("uncertainty"), one.get("unit")
    told = f"{value:g}"
    if isinstance(doubt, int | float) and doubt > 0:
        places = max(0, -math.floor(math.log10(doubt)))
        told = f"{value:.{places}f} ± {doubt:.{places}f}"
    return f"{told} {unit}" if isinstance(unit, str) else told


def _facts(one: Object) -> Iterator[tuple[str, str]]:
    for key, value in one.items():
        name = key.replace("_", " ")
        if (
            isinstance(value, dict)
            and value
            and not any(isinstance(each, list | dict) for each in value.values())
        ):
            yield name, ", ".join(f"{part} {_plain(each)}" for part, each in value.items())[:MOST_TEXT]
        elif value is not None and not isinstance(value, list | dict):
            yield name, _plain(value)


def _plain(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:MOST_TEXT]


def _colour(kind: str, one: Object, named: dict[str, Colour]) -> Colour:
    """That of its state, or its class's, in the order in which classes come."""
    quality = one.get("quality")
    if isinstance(quality, str) and quality in STATES:
        return "bad" if one.get("limit") else STATES[quality]
    if kind == UNREAD:
        return "off"
    name = str(one.get("class_name") or one.get("sea_class") or kind)
    return named.setdefault(name, PALETTE[len(named) % len(PALETTE)])


def _corner(shapes: Sequence[tuple[Geometry, tuple[tuple[Point, ...], ...]]]) -> Point | None:
    points = [point for _, rings in shapes[:1] for point in rings[0]]
    if not points:
        return None
    top = min(y for _, y in points)
    return min(x for x, _ in points), top


def _whole(value: JsonValue) -> int:
    return value if isinstance(value, int) and value > 0 else 0
