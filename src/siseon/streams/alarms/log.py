"""A transaction in which alarms change: it holds the log, appends to it, and writes webhooks with what they tell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, insert, select, update

from siseon.jobs.database import Database
from siseon.jobs.schema import DUE
from siseon.jobs.stream_tables import alarm_events, alarm_log, alarm_outbox, alarms
from siseon.streams.alarms.rows import AlarmRow, moment
from siseon.streams.alarms.rules import StaleRule
from siseon.streams.alarms.standing import EventKind, State
from siseon.streams.alarms.wire import AlarmEvent

MOST_WAITING = 10_000
"""Webhooks that wait: a receiver that is away for days while alarms flap must not fill the disk."""

log = logging.getLogger("siseon.streams")


@dataclass(slots=True)
class Log:
    """Open in one transaction."""

    connection: Connection
    now: float
    """Seconds since 1970, by the clock of the database."""
    last: int
    """Id of the newest event."""
    _changed: dict[str, AlarmRow] = field(default_factory=dict)
    _events: list[AlarmEvent] = field(default_factory=list)
    _hooks: list[tuple[int, str]] = field(default_factory=list)

    def keep(self, row: AlarmRow) -> None:
        """It was changed."""
        self._changed[row.id] = row

    def append(
        self,
        row: AlarmRow,
        kind: EventKind,
        at: float,
        *,
        by: str | None = None,
        note: str | None = None,
        missed: int = 0,
    ) -> None:
        """Something happened to an alarm, which stands as it does after it."""
        rule, state = row.rule, row.standing.state
        self.last += 1
        event = AlarmEvent(
            id=self.last,
            kind=kind,
            at=moment(at),
            alarm=row.id,
            stream=row.stream,
            tag=rule.tag,
            alarm_kind=rule.kind,
            priority=rule.priority,
            state=state,
            value=row.value,
            unit=row.unit,
            compared=row.compared,
            limit=rule.after_s if isinstance(rule, StaleRule) else rule.limit,
            by=by,
            note=note,
            missed=missed,
        )
        self._events.append(event)
        self.keep(row)
        if row.webhook is not None and (state is not State.shelved or kind is EventKind.shelved):
            self._hooks.append((event.id, row.webhook))

    def close(self) -> None:
        """Write it all."""
        if self._changed:
            values = [
                {f"new_{name}": value for name, value in row.columns().items()}
                for row in self._changed.values()
            ]
            named: dict[str, object] = {
                column.name: bindparam(f"new_{column.name}") for column in alarms.columns
            }
            self.connection.execute(
                update(alarms).where(alarms.c.id == bindparam("new_id")).values(named), values
            )
        if not self._events:
            return
        rows = [
            {"id": one.id, "at": one.at.timestamp(), "stream": one.stream, "data": one.model_dump_json()}
            for one in self._events
        ]
        self.connection.execute(insert(alarm_events), rows)
        self.connection.execute(update(alarm_log).values(last_event=self.last))
        self._post()

    def _post(self) -> None:
        if not self._hooks:
            return
        count = select(func.count()).select_from(alarm_outbox).where(DUE)
        room = max(MOST_WAITING - self.connection.execute(count).scalar_one(), 0)
        if len(self._hooks) > room:
            log.warning(
                "webhooks of alarms are not sent: too many wait", extra={"count": len(self._hooks) - room}
            )
        hooks = [
            {"event": event, "url": url, "due_at": self.now, "tries": 0} for event, url in self._hooks[:room]
        ]
        if hooks:
            self.connection.execute(insert(alarm_outbox), hooks)


@contextmanager
def writing(database: Database) -> Iterator[Log]:
    """A transaction that holds the log from its begin.

    Raises:
        StoreError: the database cannot be used.
    """
    with database.write() as connection:
        last = connection.execute(select(alarm_log.c.last_event).with_for_update()).scalar_one()
        log_ = Log(connection, database.now(connection), last)
        yield log_
        log_.close()
