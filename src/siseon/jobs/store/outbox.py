"""Webhooks that wait to be sent: written with the event that they tell, taken by one sender at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, Update, not_, or_, select, update

from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.store.looking import event_of
from siseon.jobs.wire import Event


@dataclass(frozen=True)
class Hook:
    """One webhook in a sender's hands. Whoever gets it may get it twice: (job, event id) tells."""

    url: str
    event: Event
    tries: int
    """This one included."""

    @property
    def identifier(self) -> str:
        """Of the event: the same however often it is sent."""
        return f"{self.event.job}-{self.event.id}"

    @property
    def body(self) -> bytes:
        """What is posted."""
        return self.event.model_dump_json().encode()

    @property
    def about(self) -> dict[str, str]:
        """For the log."""
        return {"job": self.event.job}


def due(database: Database, *, hold_s: float, limit: int = 20, but: Iterable[str] = ()) -> list[Hook]:
    """Webhooks to send now; a sender that is not heard of for ``hold_s`` seconds has died with them.

    ``but``: beginnings of URLs that are left for later.
    """
    of_events = schema.events.c
    hooks = []
    with taking(database, schema.outbox, hold_s=hold_s, limit=limit, but=but) as (connection, rows):
        for row in rows:
            told = select(schema.events).where(of_events.job == row.job, of_events.id == row.event)
            event = event_of(connection.execute(told).mappings().one())
            hooks.append(Hook(row.url, event, row.tries))
    return hooks


@contextmanager
def taking(
    database: Database, outbox: Table, *, hold_s: float, limit: int, but: Iterable[str]
) -> Iterator[tuple[Connection, list[Row[Any]]]]:
    """Rows of an outbox that are due, taken for ``hold_s`` seconds, and the transaction in which they are."""
    columns = outbox.c
    others = [
        not_(or_(columns.url == each, columns.url.startswith(f"{each}/", autoescape=True))) for each in but
    ]
    with database.read() as connection:  # nearly always there is nothing, and no writer waits to hear that
        waiting = select(columns.url).where(schema.DUE, *others, columns.due_at <= database.now(connection))
        found = connection.execute(waiting.limit(1)).first()
        if found is None:
            yield connection, []
            return
    with database.write() as connection:
        now = database.now(connection)
        keys = list(outbox.primary_key.columns)
        query = select(*keys).where(schema.DUE, *others, columns.due_at <= now).order_by(columns.due_at)
        chosen = connection.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
        rows = []
        for key in chosen:
            its = [column == value for column, value in zip(keys, key, strict=True)]
            taken = update(outbox).where(*its).values(due_at=now + hold_s, tries=columns.tries + 1)
            rows.append(connection.execute(taken.returning(*columns)).one())
        yield connection, rows


def overdue(database: Database, by_s: float) -> bool:
    """Whether a webhook was to be sent more than so many seconds ago, and nobody has taken it."""
    columns = schema.outbox.c
    with database.read() as connection:
        late = select(columns.job).where(schema.DUE, columns.due_at <= database.now(connection) - by_s)
        return connection.execute(late.limit(1)).first() is not None


def delivered(database: Database, hook: Hook) -> None:
    """It has arrived."""
    with database.write() as connection:
        now = database.now(connection)
        connection.execute(_of(hook).values(due_at=None, delivered_at=now, failure=None))


def undelivered(database: Database, hook: Hook, failure: str, *, again_s: float | None) -> None:
    """It has not; it is due again in ``again_s`` seconds, or given up when None."""
    with database.write() as connection:
        due_at = None if again_s is None else database.now(connection) + again_s
        connection.execute(_of(hook).values(due_at=due_at, failure=failure))


def _of(hook: Hook) -> Update:
    columns = schema.outbox.c
    its = (columns.job == hook.event.job, columns.event == hook.event.id)
    return update(schema.outbox).where(
        *its, columns.tries == hook.tries
    )  # unless another sender has it since
