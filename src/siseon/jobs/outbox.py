"""Webhooks that are to be sent. Each was written in the transaction of the event that it tells: none is forgotten.

Who takes one has it for ``HOLD_S``; when that passes without a word, another one takes it. So it may arrive twice, and
carries the id by which its receiver knows it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from siseon.jobs import schema, wire
from siseon.jobs.database import Database
from siseon.jobs.store.looking import event_of, job_of

HOLD_S = 60.0
"""Longer than a delivery may take."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One webhook in the hands of who sends it."""

    url: str
    tries: int
    """How often it was taken, this time included: the fence of its outcome."""
    event: wire.Event
    job: wire.Job


def take(database: Database, limit: int) -> list[Letter]:
    """Webhooks that are due, the oldest first.

    Raises:
        StoreError: the database cannot be used; what was taken comes back by itself.
    """
    columns, of_events = schema.outbox.c, schema.events.c
    with database.read() as connection:  # nearly always there is nothing: no writer waits for that
        due = columns.due_at <= database.now(connection)
        if connection.execute(select(columns.job).where(due).limit(1)).first() is None:
            return []
    with database.write() as connection:
        now = database.now(connection)
        chosen = select(columns.job, columns.event, columns.url, columns.tries)
        chosen = chosen.where(columns.due_at <= now).order_by(columns.due_at).limit(limit)
        letters = []
        for row in connection.execute(chosen.with_for_update(skip_locked=True)).all():
            mine = (columns.job == row.job, columns.event == row.event)
            connection.execute(
                update(schema.outbox).where(*mine).values(due_at=now + HOLD_S, tries=row.tries + 1)
            )
            told = select(schema.events).where(of_events.job == row.job, of_events.id == row.event)
            event = event_of(connection.execute(told).mappings().one())
            letters.append(Letter(row.url, row.tries + 1, event, job_of(connection, row.job)))
        return letters


def delivered(database: Database, letter: Letter) -> None:
    """It has arrived.

    Raises:
        StoreError: it may be sent again.
    """
    _settle(database, letter, delivered=True, failure=None, again_s=None)


def failed(database: Database, letter: Letter, failure: str, again_s: float | None) -> None:
    """It has not arrived; ``again_s``: seconds until the next try, None: there is none.

    Raises:
        StoreError: it is sent again after ``HOLD_S``.
    """
    _settle(database, letter, delivered=False, failure=failure, again_s=again_s)


def _settle(
    database: Database, letter: Letter, *, delivered: bool, failure: str | None, again_s: float | None
) -> None:
    columns = schema.outbox.c
    with database.write() as connection:
        now = database.now(connection)
        connection.execute(
            update(schema.outbox)
            .where(
                columns.job == letter.event.job,
                columns.event == letter.event.id,
                columns.tries == letter.tries,  # nobody has taken it since
            )
            .values(
                due_at=None if again_s is None else now + again_s,
                delivered_at=now if delivered else None,
                failure=failure,
            )
        )
