"""Streams that are kept by name, in the database of jobs: address, application and options of each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from siseon.contracts import FailureCode, InputError, StoreError, StreamError
from siseon.contracts.words import words_of
from siseon.jobs.database import Database
from siseon.streams.address import Address
from siseon.streams.kept_options import KeptOptions
from siseon.streams.outputs import registers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
"""Without dots and slashes, a name is never taken for a file or an address."""
MOST = 1000
"""Streams in one database: they are listed as a whole."""


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
    most: int = MOST,
) -> bool:
    """Keep a stream; ``source`` as a person wrote it; ``trusted``: see ``Kept``.

    Returns whether the database's file was readable for others until now: its password makes it private.

    Raises:
        InputError: a name or an address that cannot be used.
        StreamError: ``stream_exists``.
        StoreError: the database cannot be used, or holds as many as it may.
    """
    from sqlalchemy import exc, func, insert, select

    from siseon.jobs.stream_tables import streams

    check_name(name)
    address = Address.parse(source)
    was_open = _is_secret(address) and database.keep_private()
    with database.write() as connection:
        taken = connection.execute(select(streams.c.name).where(streams.c.name == name)).one_or_none()
        if (
            taken is None
            and connection.execute(select(func.count()).select_from(streams)).scalar_one() >= most
        ):
            raise StoreError(
                f"{most} streams are kept, as many as may be",
                code=FailureCode.queue_full,
                hint="remove one; over HTTP SISEON_STREAMS_MOST says how many",
            )
        _check_registers(connection, name, options)
        values = {
            "name": name,
            "address": _as_kept(source, address),
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


def change(
    database: Database,
    name: str,
    *,
    source: str | None = None,
    application: str | None = None,
    options: Mapping[str, JsonValue] = MappingProxyType({}),
    trusted: bool = True,
    check: Callable[[Kept], object] = bool,
) -> Kept:
    """Change what is named of a stream; each option that is named is replaced as a whole. Returns the stream.

    Args:
        database: where it is kept.
        name: of the stream.
        source: another address, as ``add`` takes it; ``trusted`` is for this one.
        application: another one.
        options: by the names that ``KeptOptions`` has.
        trusted: see ``Kept``.
        check: looks at the stream as it would be; what it raises stops the change.

    Raises:
        InputError: an address or an option that cannot be used.
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select, update

    from siseon.jobs.stream_tables import streams

    address = None if source is None else Address.parse(source)
    if address is not None and _is_secret(address):
        database.keep_private()
    with database.write() as connection:
        row = connection.execute(
            select(streams).where(streams.c.name == name).with_for_update()
        ).one_or_none()
        if row is None:
            raise missing()
        before = of_row(row)
        changed = replace(
            before,
            application=application or before.application,
            options=_changed(before.options, options),
        )
        values: dict[str, object] = {
            "application": changed.application,
            "options": changed.options.model_dump_json(),
        }
        if source is not None and address is not None:
            changed = replace(changed, address=address, trusted=trusted)
            values |= {"address": _as_kept(source, address), "trusted": int(trusted)}
        if "modbus" in options:
            _check_registers(connection, name, changed.options)
        check(changed)
        connection.execute(update(streams).where(streams.c.name == name).values(values))
    return changed


def listed(database: Database) -> list[Kept]:
    """All of them, by name.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import streams

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

    from siseon.jobs.stream_tables import streams

    with database.read() as connection:
        row = connection.execute(select(streams).where(streams.c.name == name)).one_or_none()
        if row is None:
            names = connection.execute(select(streams.c.name)).scalars().all()
            raise missing(get_close_matches(name, names, n=1))
    return of_row(row)


def remove(database: Database, name: str) -> None:
    """Keep it no longer.

    Raises:
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete

    from siseon.jobs.stream_tables import calibrations, streams
    from siseon.streams.alarms.store import forget

    with database.write() as connection:
        connection.execute(delete(calibrations).where(calibrations.c.stream == name))
        if not connection.execute(delete(streams).where(streams.c.name == name)).rowcount:
            raise missing()
    forget(database)


def missing(close: Sequence[str] = ()) -> StreamError:
    """Of a name that none has; ``close``: those that are like it."""
    meant = f"did you mean {close[0]}? " if close else ""
    return StreamError(
        "no stream is kept by that name",
        hint=f"{meant}siseon streams list, or GET /v1/streams, shows those there are",
    )


def _changed(before: KeptOptions, options: Mapping[str, JsonValue]) -> KeptOptions:
    try:
        return KeptOptions.model_validate({**before.model_dump(mode="json"), **options})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"options.{where[:200]}: {words_of(first)}") from None


def _check_registers(connection: Connection, name: str, options: KeptOptions) -> None:
    """Whether no other stream has them."""
    from sqlalchemy import select

    from siseon.jobs.stream_tables import streams

    if options.modbus:
        others = map(of_row, connection.execute(select(streams)).all())
        registers.check_room(name, options.modbus, [(one.name, one.options.modbus) for one in others])


def _is_secret(address: Address) -> bool:
    """Whether it may hold a password."""
    return bool(address.userinfo or "?" in address.target)


def _as_kept(source: str, address: Address) -> str:
    return os.path.abspath(source) if address.scheme == "file" else source


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
