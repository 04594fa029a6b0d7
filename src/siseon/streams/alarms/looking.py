"""Looks at alarms and their log, which change nothing; and what of the log is kept."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from siseon.jobs.database import Database
from siseon.jobs.stream_tables import alarm_events, alarm_log, alarms
from siseon.streams.alarms.rows import AlarmRow
from siseon.streams.alarms.standing import State
from siseon.streams.alarms.unseen import warning
from siseon.streams.alarms.wire import AlarmEvent, AlarmTold
from siseon.streams.ownership import told

SLICE = 5000
"""Events that go in one transaction."""
KEPT_S = 90 * 24 * 3600.0
"""Seconds that events are kept."""
MOST = 1_000_000
"""Events that are kept."""


def listed(
    database: Database,
    *,
    stream: str | None = None,
    states: Collection[State] = (),
    after: str = "",
    limit: int = 1000,
) -> list[AlarmTold]:
    """Alarms as they stand, by id, those after ``after``; ``states``: those in one of them alone.

    Raises:
        StoreError: the database cannot be used.
    """
    query = select(alarms).where(alarms.c.id > after).order_by(alarms.c.id).limit(limit)
    if stream is not None:
        query = query.where(alarms.c.stream == stream)
    if states:
        query = query.where(alarms.c.state.in_([str(state) for state in states]))
    with database.read() as connection:
        found = [AlarmRow.of(row).told() for row in connection.execute(query).mappings()]
    running = told(database)
    return [
        one.model_copy(update={"warning": warning(one.rule.tag, running[one.stream].tags)})
        if one.stream in running
        else one
        for one in found
    ]


def events(
    database: Database, *, stream: str | None = None, after: int = 0, limit: int = 1000
) -> list[AlarmEvent]:
    """What happened after the event of that id, in its order.

    Raises:
        StoreError: the database cannot be used.
    """
    query = (
        select(alarm_events.c.data).where(alarm_events.c.id > after).order_by(alarm_events.c.id).limit(limit)
    )
    if stream is not None:
        query = query.where(alarm_events.c.stream == stream)
    with database.read() as connection:
        return [AlarmEvent.model_validate_json(data) for data in connection.execute(query).scalars()]


def newest(database: Database, *, stream: str | None = None, limit: int = 1000) -> list[AlarmEvent]:
    """What happened last, in its order.

    Raises:
        StoreError: the database cannot be used.
    """
    query = select(alarm_events.c.data).order_by(alarm_events.c.id.desc()).limit(limit)
    if stream is not None:
        query = query.where(alarm_events.c.stream == stream)
    with database.read() as connection:
        found = connection.execute(query).scalars().all()
    return [AlarmEvent.model_validate_json(data) for data in reversed(found)]


def last_event(database: Database) -> int:
    """Id of the newest event; 0 before the first.

    Raises:
        StoreError: the database cannot be used.
    """
    with database.read() as connection:
        return int(connection.execute(select(alarm_log.c.last_event)).scalar_one())


def tidy(database: Database) -> bool:
    """Remove a slice of what has been kept long enough; whether there may be more of it.

    Raises:
        StoreError: the database cannot be used.
    """
    columns = alarm_events.c
    with database.write() as connection:
        last = connection.execute(select(alarm_log.c.last_event)).scalar_one()
        old = columns.at < database.now(connection) - KEPT_S
        query = select(columns.id).where(old | (columns.id <= last - MOST)).order_by(columns.id).limit(SLICE)
        found = connection.execute(query).scalars().all()
        if found:
            connection.execute(delete(alarm_events).where(columns.id.in_(found)))
    return len(found) == SLICE
