"""A table beside the pictures: a row a file, columns named as the facts.

::

    file,time,latitude,longitude,altitude_m,platform_heading
    DSC_0041.JPG,2026-05-04T10:12:31Z,57.6921,11.6402,305,271.5
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from siseon.applications.oilspill.contracts import Fact, FactName, FactReason, Metadata, RefusedFact
from siseon.contracts import FailureCode, InputError
from siseon.media.files import read_file

MAX_ROWS = 100_000
MAX_BYTES = 32 << 20
NAMES: tuple[FactName, ...] = get_args(FactName)


def read_sidecar(path: Path) -> Mapping[str, Metadata]:
    """By the name of the file, without folders. Empty cells are not known; those that are no figure are refused.

    Raises:
        InputError: it cannot be read, is no such table, or names a file or a column twice.
    """
    data = read_file(path).data
    if len(data) > MAX_BYTES:
        raise _refused(path, f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    try:
        return _rows(path, csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"is no table of commas in UTF-8: {error}") from None


def _rows(path: Path, table: csv.DictReader[str]) -> dict[str, Metadata]:
    columns = tuple(table.fieldnames or ())
    known = [name for name in NAMES if name in columns]
    if "file" not in columns or not known:
        raise _refused(path, f"needs a column `file` and some of {', '.join(NAMES)}")
    if twice := [name for name in ("file", *known) if columns.count(name) > 1]:
        raise _refused(path, f"has the column `{twice[0]}` twice")
    found: dict[str, Metadata] = {}
    for number, row in enumerate(table, 2):
        name = Path(row["file"] or "").name
        if name in found or number > MAX_ROWS:
            raise _refused(
                path, f"names {name!r} twice" if name in found else f"has more than {MAX_ROWS:,} rows"
            )
        if name:
            found[name] = _metadata({column: row[column] or "" for column in known})
    return found


def _metadata(cells: Mapping[FactName, str]) -> Metadata:
    facts: dict[FactName, Fact] = {}
    refused = []
    for name, cell in cells.items():
        if not (text := cell.strip()):
            continue
        value = _seconds(text) if name == "time" else _figure(text)
        if value is None:
            reason: FactReason = "unreadable"
            refused.append(RefusedFact(name=name, reason=reason, text=text[:64], source="sidecar"))
        else:
            facts[name] = Fact(value=value, source="sidecar", text=text[:64])
    return Metadata(facts=facts, refused=tuple(refused))


def _seconds(text: str) -> float | None:
    """Of ISO 8601 with its zone, or a figure since 1970."""
    if (figure := _figure(text)) is not None:
        return figure
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def _figure(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _refused(path: Path, why: str) -> InputError:
    return InputError(f"the table {path} {why}", code=FailureCode.invalid_input)
