"""Connections to the two databases that jobs are kept in, each with the settings that make them safe."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from siseon.contracts import DependencyMissing, FailureCode, InputError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_S = 15.0
"""How long a writer waits for another process's transaction on SQLite."""
STALLED_S = 10.0
"""After this PostgreSQL ends a transaction whose process does nothing: those who take its items over do not wait."""
CONNECT_S = 5.0
CONNECTIONS = 16


def parsed(url: str) -> URL:
    """The address of a database that jobs can be kept in.

    Raises:
        InputError: it is none.
        DependencyMissing: SQLAlchemy is not installed.
    """
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError:
        raise DependencyMissing(
            "jobs need SQLAlchemy and alembic", hint="pip install 'siseon[jobs]'"
        ) from None
    hint = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
    try:
        found = make_url(url)
    except ArgumentError:
        raise InputError("the address of the database of jobs cannot be read", hint=hint) from None
    if found.drivername == "postgresql":
        found = found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("sqlite", "postgresql+psycopg"):
        raise InputError(f"jobs cannot be kept in {found.drivername}", hint=hint)
    if found.drivername == "sqlite" and found.database in (None, "", ":memory:"):
        raise InputError("jobs must survive: a database in memory does not", hint=hint)
    return found


def sqlite(url: URL) -> Engine:
    """SQLite in a file; its folder is made.

    Raises:
        StoreError: ``storage_failed``: it cannot be.
    """
    from sqlalchemy import create_engine, event

    try:
        Path(str(url.database)).resolve().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{url.database} cannot be made: {error.strerror}",
            code=FailureCode.storage_failed,
            hint="check SISEON_JOBS_DATABASE",
        ) from error
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
        pool_size=CONNECTIONS,
        pool_timeout=BUSY_S,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # this engine says BEGIN itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # what was accepted survives a power loss
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads before it writes cannot wait for another writer: it must be one from its begin.
        write = connection.get_execution_options().get("siseon_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def postgres(url: URL) -> Engine:
    """PostgreSQL over psycopg.

    Raises:
        DependencyMissing: it is not installed.
    """
    from sqlalchemy import create_engine

    if importlib.util.find_spec("psycopg") is None:
        raise DependencyMissing("jobs on PostgreSQL need psycopg", hint="pip install 'siseon[postgres]'")
    stalled = f"{STALLED_S * 1000:.0f}"
    return create_engine(
        url,
        connect_args={
            "connect_timeout": int(CONNECT_S),
            "options": f"-c idle_in_transaction_session_timeout={stalled} -c lock_timeout={stalled}"
            " -c statement_timeout=60000",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        },
        pool_size=CONNECTIONS,
        pool_timeout=BUSY_S,
        pool_pre_ping=True,
    )
