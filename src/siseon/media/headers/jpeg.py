"""JPEG: the segments before the first scan, and what all scans together cost.

Source: ITU-T T.81, annex B.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from siseon.media.bounds import MediaBounds
from siseon.media.faults import damaged, unsupported
from siseon.media.header import BROKEN_PROFILE, MAX_PROFILE_BYTES, Header
from siseon.media.headers import exif

MAX_SEGMENTS = 10_000
"""Segments before the first scan; a 64 MiB file of metadata in full segments has 1,000."""
MAX_SCANS = 100
"""Scans of a progressive picture; ten are usual."""

SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE_SOF = frozenset({0xC2, 0xCA})
LOSSLESS_SOF = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
DHT, DAC, SOI, EOI, SOS, DQT, DRI = 0xC4, 0xCC, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
WITHOUT_LENGTH = frozenset({0x01, SOI, *range(0xD0, 0xD8)})
OF_THE_PICTURE = SOF | {DHT, DAC, DQT, DRI, APP0, APP14}
ICC_START = b"ICC_PROFILE\x00"
SCAN_MARKER = b"\xff\xda"
CHANNELS = (1, 3, 4)


@dataclass(slots=True)
class _Frame:
    """What a frame header says."""

    marker: int = 0
    bits: int = 0
    width: int = 0
    height: int = 0
    channels: int = 0
    samples: dict[int, int] = field(default_factory=dict)
    """By the id of a component; several may have the same one, then of the largest."""


@dataclass(slots=True)
class _Found:
    """What the segments hold."""

    frame: _Frame = field(default_factory=_Frame)
    exif: slice | None = None
    profile: dict[int, slice] = field(default_factory=dict)
    """Parts of the profile by their number."""
    profile_parts: int = 0
    parts: list[slice] = field(default_factory=lambda: [slice(0, 2)])
    """The start marker and the segments of the picture."""
    scan_at: int = 0
    """Offset of the first scan's marker."""


def read_jpeg(data: bytes, bounds: MediaBounds) -> Header:
    """Walk the segments up to the first scan; of a progressive picture, find the others.

    The ``parts`` are the file without what surrounds the picture.
    """
    found = _walk(data)
    frame = found.frame
    if not frame.channels:
        raise damaged("JPEG", "it has no frame header")
    if frame.bits != 8 or frame.marker in LOSSLESS_SOF:
        kind = "lossless" if frame.marker in LOSSLESS_SOF else f"{frame.bits}-bit"
        raise unsupported(f"the file is a {kind} JPEG, only 8-bit lossy ones are read")
    if frame.channels not in CHANNELS:
        raise unsupported(f"the JPEG has {frame.channels} components, only 1, 3 and 4 are read")
    if not found.scan_at:
        raise damaged("JPEG", "it has no pixels")
    notes: list[str] = []
    return Header(
        "JPEG",
        frame.width,
        frame.height,
        orientation=exif.read_orientation(data, found.exif, notes) if found.exif else 1,
        bits=frame.bits,
        channels=frame.channels,
        profile=_profile(data, found, notes),
        cost=_cost(data, frame, found.scan_at),
        decoder="libjpeg-turbo",
        parts=(*found.parts, slice(found.scan_at, len(data))),
        notes=tuple(notes),
    )


def _walk(data: bytes) -> _Found:
    found, at = _Found(), 2
    for _ in range(MAX_SEGMENTS):
        start = data.find(b"\xff", at)
        if start < 0 or start + 4 > len(data):
            return found
        marker = data[start + 1]
        if marker in (0x00, 0xFF) or marker in WITHOUT_LENGTH:
            at = start + (1 if marker == 0xFF else 2)
            continue
        if marker in (SOS, EOI):
            found.scan_at = start if marker == SOS else 0
            return found
        at = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if marker in OF_THE_PICTURE:
            found.parts.append(slice(start, at))
        if marker in SOF:
            found.frame = _read_frame(marker, data[start + 4 : at])
        elif marker == APP1 and found.exif is None and data.startswith(exif.START, start + 4):
            found.exif = slice(start + 4, at)
        elif marker == APP2 and data.startswith(ICC_START, start + 4) and start + 18 <= len(data):
            found.profile_parts = data[start + 17]
            found.profile.setdefault(data[start + 16], slice(start + 18, at))
    raise damaged("JPEG", f"more than {MAX_SEGMENTS:,} segments stand before its pixels")


def _read_frame(marker: int, body: bytes) -> _Frame:
    if len(body) < 6:
        return _Frame()
    bits, height, width, count = struct.unpack_from(">BHHB", body)
    factors = [
        (body[at], body[at + 1] >> 4, body[at + 1] & 15)
        for at in range(6, min(6 + 3 * count, len(body) - 1), 3)
    ]
    if not count or len(factors) != count or not all(across and down for _, across, down in factors):
        return _Frame()
    most_across, most_down = max(across for _, across, _ in factors), max(down for _, _, down in factors)
    samples: dict[int, int] = {}
    for name, across, down in factors:
        stored = -(-width * across // most_across) * -(-height * down // most_down)
        samples[name] = max(stored, samples.get(name, 0))
    return _Frame(marker, bits, width, height, count, samples)


def _cost(data: bytes, frame: _Frame, scan_at: int) -> int:
    """Samples that all scans walk.

    Only progressive pictures and those whose components come one by one have more than one scan; their markers are
    looked for, which is quick and never finds too few: coded data has none. What looks like one inside a segment
    between scans has the wrong form, or it is counted.
    """
    cost = 0
    for _ in range(MAX_SCANS):
        scanned = _scanned(data, frame, scan_at)
        cost += sum(frame.samples.get(name, 0) for name in scanned)
        if frame.marker not in PROGRESSIVE_SOF and len(scanned) == frame.channels:
            return cost
        scan_at = data.find(SCAN_MARKER, scan_at + 2)
        if scan_at < 0:
            return cost
    raise damaged("JPEG", f"it has more than {MAX_SCANS} scans")


def _scanned(data: bytes, frame: _Frame, at: int) -> bytes:
    """Ids of the components in a scan; none where this is not the header of one."""
    length, count = int.from_bytes(data[at + 2 : at + 4], "big"), data[at + 4 : at + 5]
    if not count or length != 6 + 2 * count[0]:
        return b""
    return data[at + 5 : at + 5 + 2 * count[0] : 2]


def _profile(data: bytes, found: _Found, notes: list[str]) -> bytes:
    """The parts in their order, if all are there."""
    if not found.profile:
        return b""
    numbers = sorted(found.profile)
    size = sum(part.stop - part.start for part in found.profile.values())
    if numbers != list(range(1, found.profile_parts + 1)) or size > MAX_PROFILE_BYTES:
        notes.append(BROKEN_PROFILE)
        return b""
    return b"".join(memoryview(data)[found.profile[number]] for number in numbers)
