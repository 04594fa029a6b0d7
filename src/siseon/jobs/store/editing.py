"""What an item has made, replaced by what a person has made of it."""

from __future__ import annotations

from sqlalchemy import update

from siseon.contracts import FailureCode, JobError
from siseon.jobs import schema
from siseon.jobs.database import Database
from siseon.jobs.json_text import to_text
from siseon.jobs.store.held import hold_one
from siseon.jobs.wire import Item, State

NOT_INLINE = "null"


def replace(database: Database, item: Item, artifacts: tuple[str, ...]) -> None:
    """Name other artifacts in the row of an item that is done, its result the first of them.

    Raises:
        JobError: ``job_not_found``; ``superseded``: it is not as ``item`` says any more.
    """
    columns = schema.items.c
    stands = None if not item.artifacts else to_text(item.artifacts)
    with database.write() as connection:
        hold_one(connection, item.job)
        query = (
            update(schema.items)
            .where(columns.job == item.job, columns.number == item.number)
            .where(columns.state == State.done.value, columns.attempt == item.attempt)
            .where(columns.artifacts.is_(None) if stands is None else columns.artifacts == stands)
            .values(result=NOT_INLINE, artifacts=to_text(artifacts))
        )
        if not connection.execute(query).rowcount:
            raise JobError(
                f"item {item.number} of job {item.job} was changed meanwhile",
                code=FailureCode.superseded,
                hint="fetch its result again, and make your changes in that",
            )
