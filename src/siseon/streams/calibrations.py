"""Calibrations of streams: kept in the database with the picture that they are of, written into files to be used.

Here a calibration is a JSON text; what it says is the application's own.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from siseon.contracts import FailureCode, StoreError, StreamError
from siseon.jobs.database import Database
from siseon.streams.kept import missing

PICTURE = "reference.jpg"


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """One of them."""

    document: str
    """JSON, without a picture's name."""
    picture: bytes | None
    """JPEG of the camera's picture that was calibrated; None: the camera is taken to stand still."""
    revision: str
    changed_at: datetime


def put(database: Database, stream: str, document: str, picture: bytes | None) -> None:
    """Keep the calibration of a stream, in the place of the one that it has.

    Raises:
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete, insert, select

    from siseon.jobs.stream_tables import calibrations, streams

    with database.write() as connection:
        there = select(streams.c.name).where(streams.c.name == stream).with_for_update()
        if connection.execute(there).one_or_none() is None:
            raise missing()
        connection.execute(delete(calibrations).where(calibrations.c.stream == stream))
        row = {
            "stream": stream,
            "revision": secrets.token_hex(8),
            "document": document,
            "picture": picture,
            "changed_at": database.now(connection),
        }
        connection.execute(insert(calibrations), row)


def get(database: Database, stream: str) -> Calibrated:
    """The calibration of a stream.

    Raises:
        StreamError: ``stream_not_found``, or ``not_found``: it has none.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import calibrations, streams

    with database.read() as connection:
        joined = streams.outerjoin(calibrations, streams.c.name == calibrations.c.stream)
        query = select(streams.c.name, calibrations).select_from(joined).where(streams.c.name == stream)
        row = connection.execute(query).one_or_none()
    if row is None:
        raise missing()
    if row.revision is None:
        raise StreamError("the stream has no calibration", code=FailureCode.not_found, hint="PUT one")
    return Calibrated(row.document, row.picture, row.revision, datetime.fromtimestamp(row.changed_at, UTC))


def remove(database: Database, stream: str) -> None:
    """The stream is read without a calibration from now on.

    Raises:
        StreamError: ``stream_not_found``, or ``not_found``: it has none.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete

    from siseon.jobs.stream_tables import calibrations

    get(database, stream)
    with database.write() as connection:
        connection.execute(delete(calibrations).where(calibrations.c.stream == stream))


def written(database: Database, stream: str, revision: str, folder: Path) -> Path:
    """File of that calibration below ``folder``, its picture beside it; another calibration is another file.

    Raises:
        StreamError: it has none any more.
        StoreError: the database cannot be used, or the file cannot be written.
    """
    place = folder / f"{stream}-{revision}"
    file = place / "calibration.json"
    if file.exists():
        return file
    found = get(database, stream)
    document = json.loads(found.document)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if found.picture is not None:
            document["picture"] = PICTURE
            (place / PICTURE).write_bytes(found.picture)
        half = place / "half"
        half.write_text(json.dumps(document))
        half.rename(file)
    except OSError as error:
        raise StoreError(
            f"it cannot be written to {folder}: {error.strerror}", code=FailureCode.storage_failed
        ) from error
    return file


def tidy(folder: Path, used: Collection[Path]) -> None:
    """Remove what was written of calibrations that are not used any more."""
    for place in folder.iterdir():
        if place not in used:
            shutil.rmtree(place, ignore_errors=True)
