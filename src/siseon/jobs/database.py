"""The one door to the database of jobs: SQLite in a file, or PostgreSQL.

The same SQL runs on both; what differs is here. SQLite has one writer at a time, so a transaction that will write says
so at its begin, and a process has one of them at once; a commit is on the disk when it returns. PostgreSQL frees what a
stopped process holds: a transaction in which nothing happens for ``STALLED_S`` ends. SQLite cannot: a process that is
stopped (not killed) within a transaction stops all writers until it goes on. And nobody tells a process that the file
was removed or replaced under it, so each transaction looks whether it is still the same.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Self

from siseon.contracts import FailureCode, InputError, StoreError
from siseon.jobs.engines import parsed, postgres, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import OperationalError

FULL = ("disk is full", "No space left", "disk I/O error", "readonly database")
"""In the words of SQLite and PostgreSQL."""
NO_TABLE = "42P01"
"""PostgreSQL's code for a table that is not there."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DatabaseLost(StoreError):
    """The file is not the one that was opened: what is written to that one, nobody will ever read."""

    default_code = FailureCode.storage_failed


class Database:
    """An open database of jobs; ``with Database(url)`` opens it and brings its tables up to date.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
        clock: seconds since 1970; the machine's for SQLite and the database's for PostgreSQL when None.

    Raises:
        InputError: ``url`` is neither.
        DependencyMissing: a library for it is not installed.
        StoreError: on ``with``: it cannot be opened.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] | None = None) -> None:
        self._url = parsed(url)
        self._migrated = False
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self._path = os.path.abspath(str(self._url.database))
        self._file: tuple[int, int] | None = None
        """Device and number of the file of SQLite: which file was opened."""
        self._clock = time.time if clock is None and self.sqlite else clock
        self._writing = threading.Lock()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's; only inside ``with``."""
        if self._engine is None:
            raise StoreError("the database of jobs is not open", hint="use it inside `with`")
        return self._engine

    def __enter__(self) -> Self:
        from siseon.jobs.migrate import migrate

        self._engine = sqlite(self._url) if self.sqlite else postgres(self._url)
        try:
            if not self._migrated:
                with translated():
                    migrate(self._engine)
                self._migrated = True
                self._file = _identity(self._path) if self.sqlite else None
        except BaseException:  # also Ctrl-C: no connection stays open
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.pool.dispose()  # not the engine's own, which would put another pool in its place

    def beside(self) -> Database:
        """The same one to be opened once more: with connections of its own, that wait for none of this one's."""
        other = Database(self._url.render_as_string(hide_password=False), clock=self._clock)
        other._migrated, other._file = self._migrated, self._file
        return other

    @property
    def place(self) -> str:
        """Where it is, as a person may be told: a file, or a server without user, password and parameters."""
        if self.sqlite:
            return self._path
        port = f":{self._url.port}" if self._url.port else ""
        return f"postgresql://{self._url.host or ''}{port}/{self._url.database or ''}"

    def exists(self) -> bool:
        """Whether there is anything to open, as far as that is seen without opening it."""
        return not self.sqlite or os.path.exists(self._path)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end and rolls back on an exception.

        Raises:
            StoreError: the database cannot be used. A commit whose answer was lost may have happened: what is done
                inside must be right when it is done again.
        """
        turn = self._writing if self.sqlite else nullcontext()
        with turn, translated(), self._connected() as plain:
            connection = plain.execution_options(siseon_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """What was committed, as it stood at the first statement on SQLite, at each on PostgreSQL.

        Raises:
            StoreError: the database cannot be used.
        """
        with translated(), self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection of the pool. A thread that nobody waits for may bring it back after all was closed: then it is.

        SQLite goes on with a file that was removed, and makes another one for a new connection.

        Raises:
            DatabaseLost: it was removed, or another one lies in its place.
        """
        if self._file is not None and _identity(self._path) != self._file:
            raise DatabaseLost(
                f"{self._path}, the database of jobs, was removed or replaced",
                hint="put the file back, or start again with what is there now",
            )
        engine = self.engine
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            if self._engine is not engine:
                engine.pool.dispose()

    def keep_private(self) -> bool:
        """It is to hold a secret: nobody but the owner of SQLite's file may read it, or what lies beside it, any more.
        Returns whether others could. Who may read a PostgreSQL is for that to say.

        Raises:
            StoreError: its mode cannot be changed.
        """
        if not self.sqlite or not os.stat(self._path).st_mode & 0o077:
            return False
        try:
            for path in (self._path, f"{self._path}-wal", f"{self._path}-shm"):
                if os.path.exists(path):
                    os.chmod(path, 0o600)
        except OSError as error:
            raise StoreError(
                f"others can read {self._path}, and that cannot be changed: {error.strerror}",
                code=FailureCode.storage_failed,
                hint="take it from them before a password is kept in it",
            ) from error
        return True

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the clock that all processes share."""
        if self._clock is not None:
            return self._clock()
        return float(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one())


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def translated() -> Iterator[None]:
    """Name what the database raises when it cannot be used. What is our own mistake stays as it is.

    Half a character, NUL and numbers beyond its own are values that somebody has named: it has no form for them.
    """
    from sqlalchemy import exc

    try:
        yield
    except (UnicodeEncodeError, OverflowError, exc.DataError) as error:
        raise InputError(
            "the database of jobs cannot hold that text or number", hint="name it otherwise"
        ) from error
    except exc.OperationalError as error:
        named = _operational(error)
        if named is None:
            raise
        raise named from error
    except (exc.InterfaceError, exc.InternalError) as error:
        raise _unavailable(str(error.orig)) from error
    except exc.TimeoutError as error:
        raise _unavailable("all its connections are in use") from error
    except exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == NO_TABLE:
            raise _emptied() from error
        if "invalid connection option" in str(error.orig):
            raise InputError(
                f"the address of the database of jobs cannot be used: {error.orig}",
                hint="take the option out of SISEON_JOBS_DATABASE",
            ) from None
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise StoreError(
                f"the database of jobs is damaged: {error.orig}",
                code=FailureCode.storage_failed,
                hint="check SISEON_JOBS_DATABASE; restore the file, or move it away",
            ) from error
        if not error.connection_invalidated:
            raise
        raise _unavailable(str(error.orig)) from error


def _operational(error: OperationalError) -> StoreError | None:
    """The failure that it is; None where it is a mistake of ours."""
    if "no such table" in str(error.orig):
        return _emptied()
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return None  # wrong SQL, which other databases call otherwise
    reason = str(error.orig).strip().splitlines()[0]
    if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            "the database of jobs cannot be opened",
            code=FailureCode.storage_failed,
            hint="check SISEON_JOBS_DATABASE: its folder must be there, and writable",
        )
    if any(words in reason for words in FULL):
        return StoreError(
            f"the database of jobs cannot write: {reason}",
            code=FailureCode.storage_failed,
            hint="check SISEON_JOBS_DATABASE: the room where it lies, and its permissions",
        )
    return _unavailable(reason)


def _emptied() -> StoreError:
    return StoreError(
        "the database of jobs has lost its tables",
        hint="they were dropped, or the file was removed or replaced: start again",
    )


def _unavailable(reason: str) -> StoreError:
    return StoreError(
        f"the database of jobs is not available: {reason}", hint="try again; check SISEON_JOBS_DATABASE"
    )
