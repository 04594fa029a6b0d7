"""Many rows with one statement, on both databases."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from siseon.jobs import schema
from siseon.jobs.store.rows import write_rows

_WORKERS = schema.workers
_MOVED = (
    update(_WORKERS)
    .where(_WORKERS.c.id == bindparam("its_id"), _WORKERS.c.started_at < bindparam("until"))
    .values(expires_at=bindparam("until"))
)


def test_each_row_is_written_with_its_own_values_in_whatever_order_they_are_named(database):
    rows = [
        {"id": "first", "applications": "[]", "started_at": 1.0, "expires_at": 2.0},
        {"expires_at": 4.0, "started_at": 3, "id": "second", "applications": "%s ? :a ½"},
    ]
    with database.write() as connection:
        write_rows(connection, insert(_WORKERS), rows)
        write_rows(connection, _MOVED, [{"its_id": "second", "until": 9.0}])
        found = connection.execute(select(_WORKERS).order_by(_WORKERS.c.id)).all()
    assert found == [("first", "[]", 1.0, 2.0), ("second", "%s ? :a ½", 3.0, 9.0)]
