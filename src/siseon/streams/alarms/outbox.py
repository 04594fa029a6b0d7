"""Webhooks of alarms that wait to be sent: an outbox for ``jobs/webhooks.py``; what has arrived goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from siseon.jobs.database import Database
from siseon.jobs.schema import DUE
from siseon.jobs.store.outbox import taking
from siseon.jobs.stream_tables import alarm_events, alarm_outbox
from siseon.streams.alarms.wire import AlarmEvent


@dataclass(frozen=True, slots=True)
class AlarmHook:
    """One webhook in a sender's hands. Whoever gets it may get it twice: its id tells."""

    url: str
    tries: int
    """This one included."""
    event: AlarmEvent

    @property
    def identifier(self) -> str:
        """Of the event, in this database or another one."""
        return f"alarm-{self.event.id}-{self.event.at.timestamp():.0f}"

    @property
    def body(self) -> bytes:
        """What is posted."""
        return self.event.model_dump_json().encode()

    @property
    def about(self) -> dict[str, str]:
        """For the log."""
        return {"alarm": self.event.alarm}


def due(database: Database, *, hold_s: float, limit: int = 20, but: Iterable[str] = ()) -> list[AlarmHook]:
    """Those to send now; a sender that is not heard of for ``hold_s`` seconds has died with them.

    ``but``: beginnings of URLs that are left for later.
    """
    hooks = []
    with taking(database, alarm_outbox, hold_s=hold_s, limit=limit, but=but) as (connection, rows):
        for row in rows:
            query = select(alarm_events.c.data).where(alarm_events.c.id == row.event)
            event = AlarmEvent.model_validate_json(connection.execute(query).scalar_one())
            hooks.append(AlarmHook(row.url, row.tries, event))
    return hooks


def overdue(database: Database, by_s: float) -> list[str]:
    """Streams of webhooks that were to be sent more than so many seconds ago, and nobody has taken; by name."""
    columns = alarm_outbox.c
    its = select(alarm_events.c.stream).join(alarm_outbox, alarm_events.c.id == columns.event).distinct()
    with database.read() as connection:
        late = its.where(DUE, columns.due_at <= database.now(connection) - by_s)
        return sorted(connection.execute(late).scalars())


def delivered(database: Database, hook: AlarmHook) -> None:
    """It has arrived."""
    with database.write() as connection:
        connection.execute(delete(alarm_outbox).where(alarm_outbox.c.event == hook.event.id))


def undelivered(database: Database, hook: AlarmHook, failure: str, *, again_s: float | None) -> None:
    """It has not; it is due again in ``again_s`` seconds, or given up when None."""
    columns = alarm_outbox.c
    with database.write() as connection:
        due_at = None if again_s is None else database.now(connection) + again_s
        its = (columns.event == hook.event.id, columns.tries == hook.tries)  # unless another one has it since
        connection.execute(update(alarm_outbox).where(*its).values(due_at=due_at, failure=failure))
