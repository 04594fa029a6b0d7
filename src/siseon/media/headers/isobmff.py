"""AVIF and HEIC: the primary picture, or the first frame of a sequence, and all that is decoded for it.

Source: AOM, AV1 image file format; ISO/IEC 23008-12 (HEIF).
"""

from __future__ import annotations

from collections.abc import Sequence

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged
from siseon.media.header import BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers.av1 import largest_frame
from siseon.media.headers.boxes import Boxes
from siseon.media.headers.directory import Layout
from siseon.media.headers.exif import MAX_EXIF_BYTES
from siseon.media.headers.items import Items, read_items
from siseon.media.headers.tracks import Track, read_track

MAX_TIFF_STARTS = 16
"""Places in an EXIF block that look like its start; by chance there are none."""
MAX_SCATTERED_BYTES = 4 << 20
"""Coded data of one picture that is put together from several places; writers use one."""
EMBEDDED_PROFILES = (b"prof", b"rICC")
FROM_ROTATION = (1, 8, 3, 6)
"""EXIF's orientation for ``irot``, which counts quarter turns to the left."""
FROM_ROTATION_AND_MIRROR = ((4, 5, 2, 7), (2, 7, 4, 5))
"""The same where a mirror follows: top and bottom change places (axis 0), or left and right (axis 1)."""

Size = tuple[int, int]


def read_avif(data: bytes, bounds: MediaBounds) -> Header:
    """A still AVIF, or the first frame of a sequence. Sizes inside the coded data are held to the bounds too."""
    boxes = Boxes(data, "AVIF")
    items = _items(boxes)
    _check_exif(data, items)
    if data[8:12] == b"avis":
        for box in boxes.find(0, len(data), b"moov", b"trak"):
            if (track := read_track(boxes, box)) is not None:
                return _sequence(data, track, bounds)
    coded = {
        item: _coded_size(data, places, bounds)
        for item, places in items.places.items()
        if items.kinds.get(item) == b"av01"
    }
    return _still(boxes, items, coded, bounds)


def read_heif(data: bytes, bounds: MediaBounds) -> Header:
    """A still HEIC. Its decoder refuses coded sizes beyond the stated ones itself."""
    boxes = Boxes(data, "HEIF")
    return _still(boxes, _items(boxes), {}, bounds)


def _items(boxes: Boxes) -> Items:
    for meta in boxes.find(0, len(boxes.data), b"meta"):
        return read_items(boxes, meta)
    return Items()


def _still(boxes: Boxes, items: Items, coded: dict[int, Size], bounds: MediaBounds) -> Header:
    sizes = [size for size in items.sizes.values() if min(size)]
    if not sizes:
        raise damaged(boxes.kind, "it does not state its size")
    largest = max(sizes, key=_area)
    bounds.check(boxes.kind, *largest)
    width, height = _cropped(boxes, items, items.sizes.get(items.primary, largest))
    notes: list[str] = []
    depth = items.property(items.primary, b"pixi")
    cost = sum(
        times * max(_area(items.sizes.get(item, (0, 0))), _area(coded.get(item, (0, 0))))
        for item, times in items.decoded(boxes.kind).items()
    )
    return Header(
        boxes.kind,
        width,
        height,
        orientation=_orientation(boxes, items),
        bits=boxes.number(depth.start + 5, 1) if depth else 8,
        channels=boxes.number(depth.start + 4, 1) if depth else 3,
        profile=_profile(boxes, items, notes),
        cost=cost,
        decoder="Pillow" if boxes.kind == "AVIF" else "libheif",
        notes=tuple(notes),
    )


def _sequence(data: bytes, track: Track, bounds: MediaBounds) -> Header:
    bounds.check("AVIF", *track.size)
    coded = _coded_size(data, [track.first_frame], bounds)
    cost = max(_area(track.size), _area(coded))
    return Header("AVIF", *track.size, max(1, track.frames), cost=cost)


def _coded_size(data: bytes, places: Sequence[slice], bounds: MediaBounds) -> Size:
    """The largest frame in the coded data, which may lie in several places."""
    view = memoryview(data)
    if len(places) > 1 and sum(place.stop - place.start for place in places) > MAX_SCATTERED_BYTES:
        raise damaged("AVIF", f"its coded data is scattered and longer than {MAX_SCATTERED_BYTES:,} bytes")
    coded = view[places[0]] if len(places) == 1 else b"".join(view[place] for place in places)
    size = largest_frame(coded)
    if size is None:
        raise damaged("AVIF", "its coded data ends early or is broken")
    bounds.check("AVIF", *size)
    return size


def _check_exif(data: bytes, items: Items) -> None:
    """Pillow reads the whole EXIF block, though the orientation does not come from there."""
    for item, places in items.places.items():
        if items.kinds.get(item) != b"Exif":
            continue
        if sum(place.stop - place.start for place in places) > MAX_EXIF_BYTES:
            raise damaged("AVIF", f"its EXIF block has more than {MAX_EXIF_BYTES:,} bytes")
        block = b"".join(data[place] for place in places)
        starts = [at for mark in (b"II*\x00", b"MM\x00*") for at in _places_of(mark, block)]
        if len(starts) > MAX_TIFF_STARTS or not all(_sound(block[at:]) for at in starts):
            raise damaged("AVIF", "its EXIF block is not sound")


def _places_of(mark: bytes, block: bytes) -> list[int]:
    places: list[int] = []
    at = block.find(mark)
    while at >= 0 and len(places) <= MAX_TIFF_STARTS:
        places.append(at)
        at = block.find(mark, at + 1)
    return places


def _sound(tiff: bytes) -> bool:
    layout = Layout.of(tiff)
    return layout is None or layout.claimed(tiff, layout.first) <= len(tiff)


def _cropped(boxes: Boxes, items: Items, size: Size) -> Size:
    """The part of the primary picture that is shown: HEVC codes sides in steps, ``clap`` cuts the rest off.

    Pillow's AVIF decoder leaves it.
    """
    clap = items.property(items.primary, b"clap")
    if clap is None or boxes.kind == "AVIF":
        return size
    across, across_by, down, down_by = (boxes.number(clap.start + 4 * place, 4) for place in range(4))
    if not (across_by and down_by):
        return size
    return min(across // across_by, size[0]), min(down // down_by, size[1])


def _orientation(boxes: Boxes, items: Items) -> int:
    rotation, mirror = items.property(items.primary, b"irot"), items.property(items.primary, b"imir")
    turns = boxes.number(rotation.start, 1) & 3 if rotation else 0
    if mirror is None:
        return FROM_ROTATION[turns]
    return FROM_ROTATION_AND_MIRROR[boxes.number(mirror.start, 1) & 1][turns]


def _profile(boxes: Boxes, items: Items, notes: list[str]) -> bytes:
    for box in items.properties[items.primary]:
        if box.name == b"colr" and boxes.data[box.start : box.start + 4] in EMBEDDED_PROFILES:
            if box.end - box.start <= MAX_PROFILE_BYTES:
                return boxes.data[box.start + 4 : box.end]
            notes.append(BROKEN_PROFILE)
    return b""


def _area(size: Size) -> int:
    return size[0] * size[1]
