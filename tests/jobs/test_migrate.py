"""The tables: those of the migrations are those that the code means, made once however many start at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from siseon.contracts import StoreError
from siseon.jobs import store
from siseon.jobs.database import Database
from siseon.jobs.stream_tables import streams


def test_the_migrations_make_the_tables_of_the_schema(database):
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, streams.metadata) == []


def test_many_that_start_at_once_migrate_once(empty_url):
    def start(_: int) -> int:
        with Database(empty_url) as database:
            return len(store.jobs(database))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(start, range(6))) == [0] * 6


def test_tables_of_a_newer_version_are_left_alone(url):
    with Database(url) as database, database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"), Database(url):
        pass
