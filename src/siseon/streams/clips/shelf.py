"""What is kept of clips: a row for each in the database of jobs, and the video among the artifacts.

The video is written before the row that names it, and goes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from siseon.contracts import FailureCode, InputError
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text, to_text
from siseon.streams.clips.film import SUFFIX
from siseon.streams.clips.take import Clip, ClipState

if TYPE_CHECKING:
    from sqlalchemy import Row


FOLDER = "clips"
"""Of the artifacts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept; the oldest clips go first."""

    age_s: float
    count: int
    nbytes: int


def artifact_of(stream: str, clip: str) -> str:
    """The name of a clip's video."""
    return f"{FOLDER}/{stream}/{clip}.{SUFFIX}"


def keep(database: Database, clip: Clip) -> None:
    """A clip whose video is written, once or again: whether an earlier try came through may not be known.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete, insert

    from siseon.jobs.stream_tables import clips

    row = clip.model_dump(exclude={"state", "at", "begins_at", "reasons", "failure"}) | {
        "at": clip.at.timestamp(),
        "begins_at": clip.begins_at.timestamp(),
        "reasons": to_text(list(clip.reasons)),
    }
    with database.write() as connection:
        connection.execute(delete(clips).where(clips.c.id == clip.id))
        connection.execute(insert(clips), row)


def kept(database: Database, stream: str, *, before: str | None = None, limit: int = 100) -> list[Clip]:
    """Those of a stream, the newest first; ``before``: that one.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import clips

    query = select(clips).where(clips.c.stream == stream).order_by(clips.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(clips.c.id < before)
    with database.read() as connection:
        return [_clip(row) for row in connection.execute(query).all()]


def find(database: Database, stream: str, clip: str) -> Clip:
    """One of a stream.

    Raises:
        InputError: ``not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import clips

    with database.read() as connection:
        row = connection.execute(
            select(clips).where(clips.c.stream == stream, clips.c.id == clip)
        ).one_or_none()
    if row is None:
        raise InputError(
            "the stream has no such clip",
            code=FailureCode.not_found,
            hint="it was removed, is too old (SISEON_CLIPS_KEEP_S says how long they are kept), or failed"
            " more than an hour ago or before a restart",
        )
    return _clip(row)


def surplus(database: Database, limits: Limits) -> list[Clip]:
    """Those that are too old or too many.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import clips

    with database.read() as connection:
        oldest = database.now(connection) - limits.age_s
        rows = connection.execute(select(clips).order_by(clips.c.id.desc())).all()
    total, over = 0, []
    for count, row in enumerate(rows, start=1):
        total += row.nbytes
        if row.at < oldest or count > limits.count or total > limits.nbytes:
            over.append(_clip(row))
    return over


def forget(database: Database, clips: Sequence[Clip]) -> None:
    """Rows of clips whose videos are gone.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete

    from siseon.jobs import stream_tables

    table = stream_tables.clips
    with database.write() as connection:
        for clip in clips:
            connection.execute(delete(table).where(table.c.id == clip.id))


def known(database: Database) -> set[str]:
    """The artifacts of all clips that are kept.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import clips

    with database.read() as connection:
        return {artifact_of(*row) for row in connection.execute(select(clips.c.stream, clips.c.id)).all()}


def _clip(row: Row[Any]) -> Clip:
    reasons = from_text(row.reasons)
    return Clip(
        id=row.id,
        stream=row.stream,
        state=ClipState.ready,
        at=datetime.fromtimestamp(row.at, UTC),
        begins_at=datetime.fromtimestamp(row.begins_at, UTC),
        reasons=tuple(map(str, reasons)) if isinstance(reasons, list) else (),
        seconds=row.seconds,
        frames=row.frames,
        nbytes=row.nbytes,
        width=row.width,
        height=row.height,
    )
