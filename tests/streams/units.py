"""Coded pictures in a file, each behind its length; read by the tests and by the server, which runs another Python."""

from __future__ import annotations

import struct
from pathlib import Path


def write_units(path: Path, units: list[bytes]) -> None:
    path.write_bytes(b"".join(struct.pack(">I", len(unit)) + unit for unit in units))


def read_units(path: Path) -> list[bytes]:
    data, units, at = path.read_bytes(), [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        units.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return units
