"""A first template from one frame: what text stands where, by which grammar it can be read, and what it may tell.

It is a proposal: a person looks at the drawing, and edits the TOML. What a figure is of (the aircraft, the target) is
guessed from the nearest label, else from the side of the picture that it is on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siseon.applications.oilspill.contracts import FactName
from siseon.applications.oilspill.position.overlay.form import Axis, Form, GrammarName
from siseon.applications.oilspill.position.overlay.grammar import UNITS, parse
from siseon.applications.oilspill.position.overlay.scanner import DEGREES, tidied
from siseon.applications.oilspill.position.overlay.template import MAX_FIELDS, FieldOfOverlay, Template
from siseon.applications.text import Line
from siseon.contracts import Image
from siseon.media.draw import Canvas, colour_of

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

CAMERA_LABELS = frozenset(("ACFT", "AC", "A/C", "CAM", "OWN", "PLT", "UAV", "LAT", "LON"))
TARGET_LABELS = frozenset(("TGT", "TARGET", "IMG", "LOS", "LRF", "SPI", "FCLAT", "FCLON"))
MARGIN = 0.35
"""Room around a text, as a share of its height."""
LEAST_SCORE = 0.6
LEAST_DIGITS = 4
"""Of a coordinate."""
COORDINATE_WAYS: tuple[GrammarName, ...] = ("dms", "ddm", "decimal")
NOT_IN_NAMES = re.compile("[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Word:
    """A piece of a line that is read by one grammar."""

    text: str
    box: Box

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def propose(lines: Sequence[Line], width: int, height: int, name: str) -> Template | None:
    """A template by the text of a frame (as the ``text`` pipeline reads it); None where there is no text.

    Args:
        lines: polygons in pixels of the frame.
        width: of the frame.
        height: of the frame.
        name: of the template.
    """
    words = [word for line in lines if line.score >= LEAST_SCORE for word in _words(line)][:MAX_FIELDS]
    labels = [word for word in words if tidied(word.text) in CAMERA_LABELS | TARGET_LABELS]
    fields: list[FieldOfOverlay] = []
    told: set[FactName | str] = set()
    for word in sorted(words, key=lambda one: (one.box[1], one.box[0])):
        region = _region(word.box, width, height)
        of_target = _is_of_target(word, labels, width)
        form, fact = _guess(word.text, of_target)
        key = f"{fact} {form.grammar}" if fact == "time" else fact
        again = key is not None and key in told
        if again and form.grammar not in ("date", "clock", "zone", "date_time", *COORDINATE_WAYS, "mgrs"):
            form, fact, again = Form("words"), None, False
        told.add(key or "")
        fields.append(
            FieldOfOverlay(
                name=_name(word.text, fact, form, {field.name for field in fields}),
                region=region,
                grammar=form.grammar,
                fact=fact,
                again=again,
                digits=form.digits,
                decimals=form.decimals,
                unit=form.unit,
                words=form.words,
                anchor=bool(form.words),
            )
        )
    return Template(name=name, aspect=width / height, fields=tuple(fields)) if fields else None


def draw(image: Image, template: Template) -> Image:
    """The regions on the frame, with what each is taken for; what is hidden without a name."""
    canvas = Canvas(image)
    boxes = [_pixels(field.region, image) for field in template.fields]
    for region in template.hidden:
        canvas.box(_pixels(region, image), (128, 128, 128))
    for number, box in enumerate(boxes):
        canvas.box(box, colour_of(number))
    for number, (field, box) in enumerate(zip(template.fields, boxes, strict=True)):
        canvas.plate(f"{field.name} · {field.grammar}", (box[0], box[1]), colour_of(number))
    return canvas.image()


def name_of(text: str) -> str:
    """The nearest to a text that a template may be called."""
    return NOT_IN_NAMES.sub("-", text.lower()).strip("-")[:60].rstrip("-") or "overlay"


def to_toml(template: Template) -> str:
    """The text of a template's file, for ``template.parse_template``."""
    lines = [
        f'name = "{template.name}"',
        f"about = {_quoted(template.about)}",
        f"aspect = {template.aspect:.4f}",
        f"moments_apart_s = {template.moments_apart_s:g}",
        f"hidden = [{', '.join(map(_numbers, template.hidden))}]",
    ]
    for field in template.fields:
        lines += ["", "[[fields]]", f'name = "{field.name}"', f"region = {_numbers(field.region)}"]
        said = field.model_dump(exclude_defaults=True, exclude={"name", "region"})
        lines += [f"{key} = {_value(value)}" for key, value in said.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_quoted(str(word)) for word in value)}]"
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    """As a basic string of TOML."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _numbers(region: Sequence[float]) -> str:
    return f"[{', '.join(f'{share:.4f}' for share in region)}]"


def _words(line: Line) -> Iterator[_Word]:
    """A line as one word where a grammar reads it whole, else its parts, as wide as their letters are many."""
    xs, ys = [x for x, _ in line.polygon], [y for _, y in line.polygon]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    if _guess(line.text, False)[1] is not None or " " not in line.text.strip():
        yield _Word(line.text, (left, top, right, bottom))
        return
    each = (right - left) / len(line.text)
    at = 0
    for part in line.text.split():
        at = line.text.index(part, at)
        yield _Word(part, (left + at * each, top, left + (at + len(part)) * each, bottom))
        at += len(part)


def _guess(text: str, of_target: bool) -> tuple[Form, FactName | None]:
    """The grammar that reads a text, and the fact that it may be."""
    for time_way in ("date_time", "date", "clock", "zone"):
        form = Form(time_way)
        if parse(text, form) is not None:
            return form, "time"
    axis: Axis = "latitude" if tidied(text)[-1:] in ("N", "S") else "longitude"
    for way in COORDINATE_WAYS:
        form = Form(way, axis, decimals=_decimals(text))
        if _ends_as_coordinate(text) and parse(text, form) is not None:
            return form, _of(axis, of_target)
    if parse(text, Form("mgrs", "latitude")) is not None:
        return Form("mgrs", "latitude"), _of("latitude", of_target)
    line = tidied(text)
    unit = next((unit for written, unit in UNITS.items() if line.endswith(written)), None)
    if unit is not None and parse(text, form := Form("length", unit=unit)) is not None:
        if unit in ("ft", "kft"):
            return form, "target_elevation_m" if of_target else "altitude_m"
        return form, "slant_range_m" if of_target else "altitude_m"
    if line[-1:] in tuple(DEGREES) and parse(text, form := Form("bearing", digits=3)) is not None:
        return form, "sight_bearing" if of_target else "platform_heading"
    if line in CAMERA_LABELS | TARGET_LABELS:
        return Form("words", words=(line,)), None
    return Form("words"), None


def _ends_as_coordinate(text: str) -> bool:
    """With a hemisphere behind figures that are figures, not their look-alikes."""
    digits = sum(sign.isdecimal() for sign in text)
    return tidied(text)[-1:] in ("N", "S", "E", "W") and digits >= LEAST_DIGITS


def _of(axis: Axis, of_target: bool) -> FactName:
    if axis == "latitude":
        return "target_latitude" if of_target else "latitude"
    return "target_longitude" if of_target else "longitude"


def _decimals(text: str) -> int | None:
    """Digits behind the last point."""
    _, point, behind = tidied(text).rpartition(".")
    count = sum(sign.isdecimal() for sign in behind)
    return count if point and count else None


def _is_of_target(word: _Word, labels: Sequence[_Word], width: int) -> bool:
    x, y = word.middle
    if not labels:
        return x > width / 2
    nearest = min(labels, key=lambda label: abs(label.middle[0] - x) + abs(label.middle[1] - y))
    return tidied(nearest.text) in TARGET_LABELS


def _name(text: str, fact: FactName | None, form: Form, taken: set[str]) -> str:
    """By the fact, or the word; numbered where it is taken."""
    base = form.grammar if fact == "time" else fact or NOT_IN_NAMES.sub("_", text.lower()).strip("_")
    base = base[:30] if base[:1].isalpha() else f"text_{base[:24]}".rstrip("_")
    return next(
        name
        for number in range(MAX_FIELDS + 1)
        if (name := f"{base}_{number}" if number else base) not in taken
    )


def _region(box: Box, width: int, height: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    room = MARGIN * (bottom - top)
    return (
        min(max(0.0, (left - room) / width), 1.0),
        min(max(0.0, (top - room) / height), 1.0),
        max(0.0, min(1.0, (right + room) / width)),
        max(0.0, min(1.0, (bottom + room) / height)),
    )


def _pixels(region: Sequence[float], image: Image) -> Box:
    left, top, right, bottom = region
    return left * image.width, top * image.height, right * image.width, bottom * image.height
