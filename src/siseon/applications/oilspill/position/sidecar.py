"""A table beside the pictures: a row a file, columns named as the facts.

::

    file,time,latitude,longitude,altitude_m,platform_heading
    DSC_0041.JPG,2026-05-04T10:12:31Z,57.6921,11.6402,305,271.5
    second/DSC_0041.JPG,2026-05-04T10:31:07Z,57.6950,11.6377,298,93.0

A file is called by its path below the folder that is run, or by its own name where no other picture has that name.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import get_args

from siseon.applications.oilspill.contracts import Fact, FactName, FactReason, Metadata, RefusedFact
from siseon.contracts import FailureCode, InputError
from siseon.media.files import read_labelled

MAX_ROWS = 100_000
MAX_BYTES = 32 << 20
MAX_COLUMNS = 1_000
"""More than any log has; a row that is short is filled up to them, so that the time is rows × columns."""
NAMES: tuple[FactName, ...] = get_args(FactName)
NAMED, LONGEST = 6, 40
"""Columns that are named in one note, and letters of each."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A table that was read."""

    path: Path
    rows: Mapping[str, Metadata]
    """By the file as the table names it, with ``/`` between folders."""
    unknown: tuple[str, ...]
    """Columns that are no facts, as far as they have a name."""

    def key(self, name: str) -> str | None:
        """How the table names the picture of that name: by its path, else by its own name; None: not at all."""
        plain = _plain(name)
        return next((one for one in (plain, PurePosixPath(plain).name) if one in self.rows), None)

    def row(self, name: str) -> Metadata | None:
        """Of the picture of that name."""
        key = self.key(name)
        return None if key is None else self.rows[key]

    def refuse_unclear(self, names: Iterable[str]) -> None:
        """Refuse a row that is of more than one of the pictures of these names.

        Raises:
            InputError: which one.
        """
        pictures: dict[str, list[str]] = {}
        for name in names:
            if (key := self.key(name)) is not None:
                pictures.setdefault(key, []).append(name)
        for key, those in pictures.items():
            if len(those) > 1:
                raise _refused(
                    self.path,
                    f"names {key!r}, as {len(those)} pictures are called: {', '.join(map(repr, those[:3]))}",
                    hint="name them with their folders, as they are below the folder that is run",
                )

    def notes(self) -> tuple[str, ...]:
        """What whoever has written it should know: columns that are not read."""
        if not self.unknown:
            return ()
        told = [f"{name!r}{_meant(name)}" for name in self.unknown[:NAMED]]
        more = f" and {len(self.unknown) - NAMED} more" if len(self.unknown) > NAMED else ""
        return (f"of the table {self.path.name} columns are not read: {', '.join(told)}{more}",)


def read_sidecar(path: Path) -> Sidecar:
    """Empty cells are not known; those that are no figure are refused.

    Raises:
        InputError: it cannot be read, is no such table, or names a file or a column twice.
    """
    data = read_labelled(path).data
    if len(data) > MAX_BYTES:
        raise _refused(path, f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    try:
        return _read(path, csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"is no table of commas in UTF-8: {error}") from None


def _read(path: Path, table: csv.DictReader[str]) -> Sidecar:
    columns = tuple(table.fieldnames or ())
    if len(columns) > MAX_COLUMNS:
        raise _refused(path, f"has {len(columns):,} columns, more than {MAX_COLUMNS:,}")
    known = [name for name in NAMES if name in columns]
    if "file" not in columns or not known:
        raise _refused(
            path,
            f"needs a column `file` and some of {', '.join(NAMES)}",
            hint=f"its first line has {_listed(columns)}: write commas between columns, and names as they are here",
        )
    if twice := [name for name in ("file", *known) if columns.count(name) > 1]:
        raise _refused(path, f"has the column `{twice[0]}` twice")
    found: dict[str, Metadata] = {}
    for number, row in enumerate(table, 2):
        if any(cell.strip() for cell in row.get(None) or ()):
            raise _refused(
                path,
                f"has more cells in line {table.line_num} than columns",
                hint="write figures with a point, and put text with a comma between double quotes",
            )
        name = _plain((row["file"] or "").strip())
        if name in found or number > MAX_ROWS:
            raise _refused(
                path, f"names {name!r} twice" if name in found else f"has more than {MAX_ROWS:,} rows"
            )
        if name:
            found[name] = _metadata({column: row[column] or "" for column in known})
    unknown = [name.strip()[:LONGEST] for name in columns if name not in ("file", *known)]
    return Sidecar(path, found, tuple(dict.fromkeys(name for name in unknown if name)))


def _listed(columns: Sequence[str]) -> str:
    """The first of them, as they are."""
    return ", ".join(repr(name[:LONGEST]) for name in columns[:NAMED]) or "none"


def _plain(name: str) -> str:
    """With one kind of slash, and without ``./``."""
    return PurePosixPath(name.replace("\\", "/")).as_posix() if name else ""


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), NAMES, n=1)
    return f" (is it {near[0]}?)" if near else ""


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


def _refused(path: Path, why: str, hint: str | None = None) -> InputError:
    return InputError(f"the table {path} {why}", code=FailureCode.invalid_input, hint=hint)
