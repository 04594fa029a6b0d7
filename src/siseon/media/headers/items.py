"""The pictures in the ``meta`` box of an AVIF or HEIC file: their sizes, what they are made of, where they are.

Source: ISO/IEC 23008-12 (HEIF), ISO/IEC 14496-12 (``iloc``, ``iinf``, ``iref``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from siseon.media.faults import damaged
from siseon.media.headers.boxes import Box, Boxes

MAX_ENTRIES = 20_000
"""References between pictures, properties that they use, places of their data: each table's sum."""
MAX_DEPTH = 8
"""Pictures made of pictures made of …; an overlay of a grid of tiles has three."""


@dataclass(slots=True)
class Items:
    """What one ``meta`` box holds."""

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    """Type of each item, ``av01``, ``hvc1``, ``grid``, ``Exif``, …"""
    properties: dict[int, list[Box]] = field(default_factory=lambda: defaultdict(list))
    made_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """The pictures that are decoded for one: tiles, layers, its transparency."""
    places: dict[int, list[slice]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Width and height that each picture states."""

    def property(self, item: int, name: bytes) -> Box | None:
        """A property of an item."""
        return next((box for box in self.properties[item] if box.name == name), None)

    def decoded(self, kind: str) -> Counter[int]:
        """How often each picture is decoded to get the primary one.

        Raises:
            InputError: ``corrupt_image`` for pictures that are made of themselves, or too deep.
        """
        total: Counter[int] = Counter()
        level = Counter({self.primary: 1})
        for _ in range(MAX_DEPTH):
            total.update(level)
            deeper: Counter[int] = Counter()
            for item, times in level.items():
                for part in self.made_of.get(item, ()):
                    deeper[part] += times
            if not deeper:
                return total
            level = deeper
        raise damaged(kind, "its pictures are made of each other")


def read_items(boxes: Boxes, meta: Box) -> Items:
    """The items of a ``meta`` box.

    Raises:
        InputError: ``corrupt_image`` for tables that are longer than any picture needs.
    """
    items = Items()
    inner: dict[bytes, Box] = {}
    for box in boxes.inside(meta.start + 4, meta.end):
        inner.setdefault(box.name, box)
    if (pitm := inner.get(b"pitm")) is not None:
        items.primary = boxes.number(pitm.start + 4, 4 if boxes.number(pitm.start, 1) else 2)
    if (iinf := inner.get(b"iinf")) is not None:
        _read_kinds(boxes, iinf, items)
    if (iref := inner.get(b"iref")) is not None:
        _read_references(boxes, iref, items)
    if (iprp := inner.get(b"iprp")) is not None:
        _read_properties(boxes, iprp, items)
    if (iloc := inner.get(b"iloc")) is not None:
        _read_places(boxes, iloc, inner.get(b"idat"), items)
    return items


class _Cursor:
    """Numbers of a table one after another, with a budget."""

    def __init__(self, boxes: Boxes, box: Box) -> None:
        self.version = boxes.number(box.start, 1)
        self.flags = boxes.number(box.start + 1, 3)
        self.end = box.end
        self._boxes, self._at, self._entries = boxes, box.start + 4, 0

    def number(self, size: int) -> int:
        self._at += size
        return self._boxes.number(self._at - size, size)

    def entries(self, count: int) -> range:
        """A loop of so many entries, as far as the table goes on."""
        self._entries += count if self._at < self.end else 0
        if self._entries > MAX_ENTRIES:
            raise damaged(self._boxes.kind, f"a table has more than {MAX_ENTRIES:,} entries")
        return range(count if self._at < self.end else 0)


def _read_kinds(boxes: Boxes, box: Box, items: Items) -> None:
    first = box.start + (8 if boxes.number(box.start, 1) else 6)
    for entry in boxes.inside(first, box.end):
        version = boxes.number(entry.start, 1)
        if entry.name == b"infe" and version >= 2:
            wide = 4 if version > 2 else 2
            kind_at = entry.start + 4 + wide + 2
            items.kinds[boxes.number(entry.start + 4, wide)] = boxes.data[kind_at : kind_at + 4]


def _read_references(boxes: Boxes, box: Box, items: Items) -> None:
    table = _Cursor(boxes, box)
    size = 4 if table.version else 2
    for reference in boxes.inside(box.start + 4, box.end):
        row = _Cursor(boxes, Box(reference.name, reference.start - 4, reference.end))
        origin = row.number(size)
        for _ in table.entries(row.number(2)):
            target = row.number(size)
            if reference.name == b"dimg":
                items.made_of[origin].append(target)
            elif reference.name == b"auxl":
                items.made_of[target].append(origin)


def _read_properties(boxes: Boxes, box: Box, items: Items) -> None:
    known = [
        prop
        for ipco in boxes.find(box.start, box.end, b"ipco")
        for prop in boxes.inside(ipco.start, ipco.end)
    ]
    for ipma in boxes.find(box.start, box.end, b"ipma"):
        table = _Cursor(boxes, ipma)
        wide = table.flags & 1
        for _ in table.entries(table.number(4)):
            item = table.number(4 if table.version else 2)
            for _ in table.entries(table.number(1)):
                index = table.number(2) & 0x7FFF if wide else table.number(1) & 0x7F
                if 0 < index <= len(known):
                    items.properties[item].append(known[index - 1])
    for item in list(items.properties):
        if (size := items.property(item, b"ispe")) is not None:
            items.sizes[item] = boxes.number(size.start + 4, 4), boxes.number(size.start + 8, 4)


def _read_places(boxes: Boxes, box: Box, idat: Box | None, items: Items) -> None:
    table = _Cursor(boxes, box)
    sizes = table.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if table.version else 0
    for _ in table.entries(table.number(4 if table.version > 1 else 2)):
        item = table.number(4 if table.version > 1 else 2)
        inside_meta = table.version and table.number(2) & 15 == 1
        table.number(2)
        base = table.number(base_size)
        start, end = (idat.start, idat.end) if inside_meta and idat is not None else (0, len(boxes.data))
        for _ in table.entries(table.number(2)):
            table.number(index_size)
            at = min(start + base + table.number(offset_size), end)
            length = table.number(length_size)
            items.places[item].append(slice(at, min(at + length, end) if length else end))
