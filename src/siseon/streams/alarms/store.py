"""What changes alarms in the database. How each stands is a row, and what happened is a log of events.

All that changes an alarm holds the row of ``alarm_log`` first: two who acknowledge at once come one after the other,
and ids of events have no gaps and are in the order of commits. An event, the state after it and its webhook are written
in one transaction: none of them is there without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Column, bindparam, delete, insert, or_, select, update

from siseon.contracts import FailureCode, StreamError
from siseon.jobs.database import Database
from siseon.jobs.schema import DUE
from siseon.jobs.stream_tables import alarms, streams
from siseon.streams.alarms import standing
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.log import Log, writing
from siseon.streams.alarms.rows import AlarmRow, memory_text
from siseon.streams.alarms.rules import LONGEST_S, AlarmRule, alarm_id
from siseon.streams.alarms.standing import EventKind, Step
from siseon.streams.alarms.wire import AlarmTold

SOME = 500
"""Names in one statement: databases bound them."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched of a stream."""

    rules: tuple[AlarmRule, ...]
    webhook: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """The condition of an alarm came or went."""

    alarm: str
    memory: Memory
    """After it."""
    at: float
    """Seconds since 1970."""
    value: float | None
    unit: str | None
    compared: float | None
    missed: int = 0
    """Turns before it that are not told."""


def watch(database: Database, wanted: Mapping[str, Watched], now: float) -> dict[str, Memory]:
    """Take up the alarms of these streams: new ones are written, those without a rule any more are removed.

    Args:
        database: the open one.
        wanted: by the names of streams.
        now: by the clock of their values.

    Returns: what is remembered of each alarm, by its id.
    """
    found: dict[str, Memory] = {}
    with writing(database) as log:
        rows = {row.id: row for row in _rows(log, alarms.c.stream, wanted)}
        for stream, watched in wanted.items():
            for rule in watched.rules:
                name = alarm_id(stream, rule)
                row = rows.pop(name, None)
                if row is None:
                    row = AlarmRow(name, stream, rule, watched.webhook, Memory(at=now, good_at=now), log.now)
                    log.connection.execute(insert(alarms), row.columns())
                elif (row.rule, row.webhook) != (rule, watched.webhook):
                    row.rule, row.webhook = rule, watched.webhook
                    log.keep(row)
                found[name] = replace(row.memory, active=row.standing.active)
        for row in rows.values():
            _remove(log, row)
    return found


def forget(database: Database) -> None:
    """Remove the alarms of streams that are kept no more."""
    query = select(alarms.c.id).where(alarms.c.stream.not_in(select(streams.c.name)))
    with database.read() as connection:
        strays = connection.execute(query).scalars().all()
    if strays:
        with writing(database) as log:
            for row in _rows(log, alarms.c.id, strays):
                _remove(log, row)


def turn(database: Database, turns: Sequence[Turn], memories: Mapping[str, Memory]) -> set[str]:
    """Write what conditions have done, and what is remembered of values that changed none.

    Returns: streams of which another process has written more than was known here: watch them anew.
    """
    outdated: set[str] = set()
    with writing(database) as log:
        rows = {row.id: row for row in _rows(log, alarms.c.id, {each.alarm for each in turns})}
        for each in turns:
            row = rows.get(each.alarm)
            if row is None:
                continue  # its rule was taken out meanwhile
            if each.memory.turns <= row.memory.turns:
                outdated.add(row.stream)
                continue
            step = standing.turned(row.standing, row.rule, active=each.memory.active)
            row.memory = each.memory
            row.stand(step.standing)
            row.value, row.unit, row.compared = each.value, each.unit, each.compared
            row.changed_at = each.at
            if step.told is not None:
                log.append(row, step.told, each.at, missed=each.missed)
            else:
                log.keep(row)
        texts = [
            {"its": name, "text": memory_text(memory)}
            for name, memory in memories.items()
            if name not in rows
        ]
        if texts:
            query = update(alarms).where(alarms.c.id == bindparam("its")).values(memory=bindparam("text"))
            log.connection.execute(query, texts)
    return outdated


def acknowledge(database: Database, alarm: str, by: str, note: str | None = None) -> AlarmTold:
    """Somebody has seen it. Returns how it stands; one that was acknowledged already stays so, by whom it was.

    Raises:
        StreamError: ``alarm_not_found``.
        StoreError: the database cannot be used.
    """
    return _act(database, alarm, lambda row, now: standing.acknowledge(row.standing, row.rule, now), by, note)


def shelve(database: Database, alarm: str, seconds: float, by: str, note: str | None = None) -> AlarmTold:
    """Nobody wants to hear of it for so long, ``LONGEST_S`` at most.

    Raises:
        StreamError: ``alarm_not_found``.
        StoreError: the database cannot be used.
    """
    return _act(database, alarm, lambda row, now: standing.shelve(row.standing, now + seconds), by, note)


def unshelve(database: Database, alarm: str, by: str, note: str | None = None) -> AlarmTold:
    """It counts again.

    Raises:
        StreamError: ``alarm_not_found``.
        StoreError: the database cannot be used.
    """
    return _act(database, alarm, lambda row, _: standing.unshelve(row.standing), by, note)


def reset(database: Database, alarm: str, by: str, note: str | None = None) -> AlarmTold:
    """Its latch is taken off.

    Raises:
        StreamError: ``alarm_not_found``, or ``alarm_active``.
        StoreError: the database cannot be used.
    """
    return _act(database, alarm, lambda row, _: standing.reset(row.standing), by, note)


def pass_time(database: Database) -> None:
    """What happens by time alone: shelves end, and what was acknowledged long ago is to be so again."""
    with database.read() as connection:
        now = database.now(connection)
        come = or_(alarms.c.due_at <= now, alarms.c.due_at > now + LONGEST_S)
        due = connection.execute(select(alarms.c.id).where(DUE, come)).scalars().all()
    if not due:
        return
    with writing(database) as log:
        for row in _rows(log, alarms.c.id, due):
            step = standing.passed(row.standing, log.now, LONGEST_S)
            row.stand(step.standing)
            if step.told is not None:
                log.append(row, step.told, log.now)


def _act(
    database: Database, alarm: str, do: Callable[[AlarmRow, float], Step], by: str, note: str | None
) -> AlarmTold:
    with writing(database) as log:
        rows = _rows(log, alarms.c.id, [alarm])
        if not rows:
            raise StreamError(
                "no stream has an alarm of that id",
                code=FailureCode.alarm_not_found,
                hint="GET /v1/alarms lists those there are; STREAM.TAG.KIND",
            )
        (row,) = rows
        step = do(row, log.now)
        row.stand(step.standing)
        if step.told is EventKind.acknowledged:
            row.acknowledged_by, row.acknowledged_at = by, log.now
        if step.told is EventKind.shelved:
            row.shelved_by = by
        if step.told is not None:
            log.append(row, step.told, log.now, by=by, note=note)
        return row.told()


def _remove(log: Log, row: AlarmRow) -> None:
    row.standing = standing.Standing()
    log.append(row, EventKind.removed, log.now)
    log.connection.execute(delete(alarms).where(alarms.c.id == row.id))


def _rows(log: Log, column: Column[str], names: Iterable[str]) -> list[AlarmRow]:
    """Those whose ``column`` is one of these; nobody else changes them while the log is held."""
    wanted = list(names)
    found: list[AlarmRow] = []
    for first in range(0, len(wanted), SOME):
        query = select(alarms).where(column.in_(wanted[first : first + SOME]))
        found += [AlarmRow.of(row) for row in log.connection.execute(query).mappings()]
    return found
