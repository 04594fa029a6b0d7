"""Which service runs which stream: a lease for each service in the database, and an owner for each stream.

Two services over one database run each stream once. One that ends gives its streams back; what one that was killed
had, others take when its lease is over. A service that the database is away from goes on with what it runs: a stream
that runs twice for a while does less harm than one that nobody watches.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from siseon.contracts import StoreError
from siseon.jobs.database import Database
from siseon.streams.kept import Kept, of_row
from siseon.streams.wire import StateTold

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

LEASE_S = 9.0
"""Seconds without a beat after which the streams of a service go to others."""
BEAT_S = 3.0
"""Between two beats: two may be lost."""

log = logging.getLogger("siseon.streams")


class Running(BaseModel):
    """What a service tells others of a stream that it runs."""

    model_config = ConfigDict(frozen=True)

    state: StateTold
    tags: tuple[str, ...] = ()
    """Of the figures that it has given."""


RUNNING = TypeAdapter(dict[str, Running])


@dataclass(frozen=True, slots=True)
class Standing:
    """A kept stream, and who has it."""

    kept: Kept
    owner: str | None
    """A service that lives; None: nobody runs it."""
    calibration: str | None
    """Revision of the calibration that is kept with it, where there is one."""

    @property
    def is_calibrated(self) -> bool:
        """Whether it is read by a calibration: one that is kept with it, or a file that its options name."""
        return self.calibration is not None or bool(self.kept.options.set.get("calibration"))


def standings(database: Database) -> list[Standing]:
    """All kept streams by name. One whose options cannot be read is left out, with a warning.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import and_, select

    from siseon.jobs.stream_tables import calibrations, stream_services, streams

    with database.read() as connection:
        alive = and_(streams.c.owner == stream_services.c.id, _lives(database.now(connection)))
        joined = streams.outerjoin(stream_services, alive).outerjoin(
            calibrations, streams.c.name == calibrations.c.stream
        )
        query = select(streams, stream_services.c.id.label("alive"), calibrations.c.revision)
        rows = connection.execute(query.select_from(joined).order_by(streams.c.name)).all()
    found = []
    for row in rows:
        try:
            found.append(Standing(of_row(row), row.alive, row.revision))
        except StoreError as error:
            log.warning("stream %s is left out: %s", row.name, error.message)
    return found


def beat(database: Database, service: str, running: dict[str, Running]) -> None:
    """Extend the service's lease, or begin one; leases that are over are removed. ``running``: by its streams' names.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import delete, insert, not_, update

    from siseon.jobs.stream_tables import stream_services

    with database.write() as connection:
        now = database.now(connection)
        connection.execute(delete(stream_services).where(stream_services.c.id != service, not_(_lives(now))))
        row = {"expires_at": now + LEASE_S, "states": RUNNING.dump_json(running).decode()}
        kept = update(stream_services).where(stream_services.c.id == service)
        if not connection.execute(kept.values(row)).rowcount:
            connection.execute(insert(stream_services), {"id": service, **row})


def claim(database: Database, service: str, names: Collection[str]) -> None:
    """Take those of these streams that nobody has; the service must have a lease.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import or_, select, update

    from siseon.jobs.stream_tables import stream_services, streams

    with database.write() as connection:
        living = select(stream_services.c.id).where(_lives(database.now(connection)))
        free = or_(streams.c.owner.is_(None), streams.c.owner.not_in(living))
        connection.execute(update(streams).where(streams.c.name.in_(list(names)), free).values(owner=service))


def give_back(database: Database, service: str) -> None:
    """Leave its streams to others, and end the lease.

    Raises:
        StoreError: the database cannot be used; the lease runs out then.
    """
    from sqlalchemy import delete, update

    from siseon.jobs.stream_tables import stream_services, streams

    with database.write() as connection:
        connection.execute(update(streams).where(streams.c.owner == service).values(owner=None))
        connection.execute(delete(stream_services).where(stream_services.c.id == service))


def told_states(database: Database) -> dict[str, StateTold]:
    """In which states the streams are that services that live run, by the streams' names.

    Raises:
        StoreError: the database cannot be used.
    """
    return {name: one.state for name, one in told(database).items()}


def told(database: Database) -> dict[str, Running]:
    """What the services that live say of the streams that they run, by the streams' names.

    Raises:
        StoreError: the database cannot be used.
    """
    from sqlalchemy import select

    from siseon.jobs.stream_tables import stream_services

    with database.read() as connection:
        query = select(stream_services.c.states).where(_lives(database.now(connection)))
        texts = connection.execute(query).scalars().all()
    found: dict[str, Running] = {}
    for text in texts:
        try:
            found |= RUNNING.validate_json(text)
        except ValidationError:  # of another version
            continue
    return found


def _lives(now: float) -> ColumnElement[bool]:
    """Of a row of services. A lease that ends farther off than any does was written before the clock was set back."""
    from sqlalchemy import and_

    from siseon.jobs.stream_tables import stream_services

    ends = stream_services.c.expires_at
    return and_(ends > now, ends <= now + 2 * LEASE_S)
