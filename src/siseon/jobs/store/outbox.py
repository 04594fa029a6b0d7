"""Webhooks that wait to be sent: written with the event that they tell, taken by one sender at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Update, not_, select, update

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


def due(database: Database, *, hold_s: float, limit: int = 20, but: Iterable[str] = ()) -> list[Hook]:
    """Webhooks to send now; a sender that is not heard of for ``hold_s`` seconds has died with them.

    ``but``: beginnings of URLs that are left for later.
    """
    columns, of_events = schema.outbox.c, schema.events.c
    others = [not_(columns.url.startswith(each, autoescape=True)) for each in but]
    with database.read() as connection:  # nearly always there is nothing, and no writer waits to hear that
        waiting = select(columns.job).where(schema.DUE, columns.due_at <= database.now(connection), *others)
        if connection.execute(waiting.limit(1)).first() is None:
            return []
    with database.write() as connection:
        now = database.now(connection)
        query = select(columns.job, columns.event).where(schema.DUE, columns.due_at <= now, *others)
        query = query.order_by(columns.due_at).limit(limit).with_for_update(skip_locked=True)
        hooks = []
        for key in connection.execute(query).all():
            its = (columns.job == key.job, columns.event == key.event)
            taken = update(schema.outbox).where(*its).values(due_at=now + hold_s, tries=columns.tries + 1)
            row = connection.execute(taken.returning(columns.url, columns.tries)).one()
            told = select(schema.events).where(of_events.job == key.job, of_events.id == key.event)
            event = event_of(connection.execute(told).mappings().one())
            hooks.append(Hook(row.url, event, row.tries))
        return hooks


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
