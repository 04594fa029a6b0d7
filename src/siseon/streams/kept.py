"""Streams that are kept by name, in the database of jobs: address, application and options of each."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from siseon.contracts import FailureCode, InputError, StoreError, StreamError
from siseon.jobs.database import Database
from siseon.streams.address import Address
from siseon.streams.alarms.rules import MOST as MOST_RULES
from siseon.streams.alarms.rules import AlarmRule, check_rules
from siseon.streams.history.options import HistoryOptions
from siseon.streams.options import Transport

if TYPE_CHECKING:
    from sqlalchemy import Row

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
"""Without dots and slashes, a name is never taken for a file or an address."""
MAX_URL = 4096
MOST = 1000
"""Streams in one database: they are listed as a whole."""


class KeptOptions(BaseModel):
    """How a kept stream is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: float | None = Field(default=None, ge=0.001, le=1000)
    """Frames taken in a second at most."""
    transport: Transport = "tcp"
    """How RTSP carries the pictures."""
    timeout_s: float = Field(default=5.0, ge=0.01, le=3600)
    """Seconds that a frame's result is worth waiting for."""
    set: dict[str, str] = Field(default_factory=dict)
    """Options of the application, as they are stated on the command line."""
    alarms: Annotated[tuple[AlarmRule, ...], Field(max_length=MOST_RULES), AfterValidator(check_rules)] = ()
    """When its figures raise alarms."""
    webhook: str | None = Field(default=None, max_length=MAX_URL)
    """URL that is told what happens to its alarms."""
    history: HistoryOptions | None = HistoryOptions()
    """How much of its figures is kept; nothing when None."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stream by its name."""

    name: str
    address: Address
    application: str
    options: KeptOptions
    created_at: datetime
    trusted: bool = True
    """Its address came from whoever has a shell here, who may use any; else only what the settings allow."""


def check_name(name: str) -> str:
    """The name, if it is one.

    Raises:
        InputError: it is not.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            "that is not a name for a stream",
            hint="letters, digits, - and _, at most 63, a letter or digit first",
        )
    return name


def add(
    database: Database,
    name: str,
    source: str,
    application: str,
    options: KeptOptions,
    *,
    trusted: bool = True,
) -> bool:
    """Keep a stream; ``source`` as a person wrote it; ``trusted``: see ``Kept``.

    Returns whether the database's file was readable for others until now: its password makes it private.

    Raises:
        InputError: a name or an address that cannot be used.
        StreamError: ``stream_exists``.
        StoreError: the database cannot be used, or holds as many as it may.
    """
    from sqlalchemy import exc, func, insert, select

    from siseon.jobs.schema import streams

    check_name(name)
    address = Address.parse(source)
    was_open = bool(address.userinfo or "?" in address.target) and database.keep_private()
    with database.write() as connection:
        if connection.execute(select(func.count()).select_from(streams)).scalar_one() >= MOST:
            raise StoreError(f"{MOST} streams are kept, as many as may be", code=FailureCode.queue_full)
        values = {
            "name": name,
            "address": os.path.abspath(source) if address.scheme == "file" else source,
            "application": application,
            "options": options.model_dump_json(),
            "created_at": database.now(connection),
            "trusted": int(trusted),
        }
        try:
            connection.execute(insert(streams).values(values))
        except exc.IntegrityError:
            raise StreamError(
                f"a stream {name} is kept already",
                code=FailureCode.stream_exists,
                hint=f"siseon streams remove {name}, or take another name",
            ) from None
    return was_open


def listed(database: Database) -> list[Kept]:
    """All of them, by name.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.schema import streams

    with database.read() as connection:
        rows = connection.execute(select(streams).order_by(streams.c.name)).all()
    return [of_row(row) for row in rows]


def find(database: Database, name: str) -> Kept:
    """The stream of that name.

    Raises:
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.schema import streams

    with database.read() as connection:
        row = connection.execute(select(streams).where(streams.c.name == name)).one_or_none()
    if row is None:
        raise _missing()
    return of_row(row)


def remove(database: Database, name: str) -> None:
    """Keep it no longer.

    Raises:
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete

    from siseon.jobs.schema import calibrations, streams

    with database.write() as connection:
        connection.execute(delete(calibrations).where(calibrations.c.stream == name))
        if not connection.execute(delete(streams).where(streams.c.name == name)).rowcount:
            raise _missing()


def _missing() -> StreamError:
    return StreamError("no stream is kept by that name", hint="siseon streams list shows those there are")


def of_row(row: Row[Any]) -> Kept:
    """A row of the table.

    Raises:
        StoreError: its options are of another version.
    """
    try:
        options = KeptOptions.model_validate_json(row.options)
    except ValidationError as error:
        raise StoreError(
            f"the options of stream {row.name} cannot be read", hint="remove it, and add it again"
        ) from error
    at = datetime.fromtimestamp(row.created_at, UTC)
    return Kept(row.name, Address.written(row.address), row.application, options, at, bool(row.trusted))
