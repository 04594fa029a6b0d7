"""Who is alive: one row a worker, extended by a beat; what a dead one held is queued again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from siseon.contracts import FailureCode, StoreError
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import from_text, to_text
from siseon.jobs.store.giving_back import give_back


class LeaseLost(StoreError):
    """This worker was taken for dead: what it held may be with another one, and it must begin anew."""

    default_code = FailureCode.worker_died


_columns = schema.workers.c
_ITS = _columns.id == bindparam("its_id")
_ROW = select(_columns.id).where(_ITS)
_ROW_HELD = _ROW.with_for_update()
_ROW_KEPT = _ROW.with_for_update(read=True, key_share=True)
"""The weakest lock that a delete waits for: beats go on."""
_IS_LATE = schema.has_come(_columns.expires_at)
_LATE = select(_columns.id).where(_IS_LATE)
_ROW_LATE = _ROW.where(_IS_LATE).with_for_update(skip_locked=True)
_REGISTERED = insert(schema.workers)
_EXTENDED = update(schema.workers).where(_ITS).values(expires_at=bindparam("until"))
_GONE = delete(schema.workers).where(_ITS)
_SERVING = select(_columns.applications).where(_columns.expires_at > schema.NOW)


def register(database: Database, worker: str, applications: Iterable[str], lease_s: float) -> None:
    """Let a worker begin; ``worker`` is a name that was never used before.

    Raises:
        StoreError: the database cannot be used.
    """
    with database.write() as connection:
        now = database.now(connection)
        if connection.execute(_ROW, {"its_id": worker}).one_or_none() is not None:
            return  # the answer of the first try was lost
        row = {
            "id": worker,
            "applications": to_text(sorted(applications)),
            "started_at": now,
            "expires_at": now + lease_s,
        }
        connection.execute(_REGISTERED, row)


def beat(database: Database, worker: str, lease_s: float) -> bool:
    """Extend the lease: one row, whatever the worker holds. False when it was lost."""
    with database.write() as connection:
        until = database.now(connection) + lease_s
        return connection.execute(_EXTENDED, {"its_id": worker, "until": until}).rowcount == 1


def leave(database: Database, worker: str, *, in_order: bool = True) -> int:
    """End a worker: what it has not finished is queued again; ``in_order``, as if it had never been given out.

    Returns: how many items.
    """
    with database.write() as connection:
        its = {"its_id": worker}
        if connection.execute(_ROW_HELD, its).one_or_none() is None:
            return 0
        returned = give_back(connection, worker, database.now(connection), in_order=in_order)
        connection.execute(_GONE, its)
        return returned


class Dead(NamedTuple):
    """A worker that was taken for dead."""

    worker: str
    items: int
    """That it held, and that are queued again."""


def reap(database: Database) -> list[Dead]:
    """Queue again what workers held whose lease has ended.

    Returns: the workers that were taken for dead.
    """
    with database.read() as connection:
        late = connection.execute(_LATE, {"now": database.now(connection)}).scalars().all()
    return [dead for worker in late if (dead := _reap_one(database, worker)) is not None]


def serving(connection: Connection, now: float) -> Counter[str]:
    """How many workers with a lease take each application."""
    found: Counter[str] = Counter()
    for told in connection.execute(_SERVING, {"now": now}).scalars():
        found.update(cast("list[str]", from_text(told)))
    return found


def must_live(connection: Connection, worker: str) -> None:
    """Hold the row of a worker so that nobody takes it for dead within this transaction.

    A lease that has run out is good until somebody has reaped it: the next beat extends it.

    Raises:
        LeaseLost: somebody has.
    """
    if connection.execute(_ROW_KEPT, {"its_id": worker}).scalar_one_or_none() is None:
        raise LeaseLost(f"worker {worker} was taken for dead", hint="its lease ended before a beat came")


def _reap_one(database: Database, worker: str) -> Dead | None:
    with database.write() as connection:
        now = database.now(connection)
        its = {"its_id": worker}
        if connection.execute(_ROW_LATE, {**its, "now": now}).one_or_none() is None:
            return None  # it lives, or somebody else is at it
        items = give_back(connection, worker, now, in_order=False)
        connection.execute(_GONE, its)
        return Dead(worker, items)
