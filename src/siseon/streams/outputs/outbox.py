"""Figures that wait for a broker, in a file of their own: in order, bounded, there again after a restart.

It is not the database of jobs: that one may lie across the same network as the broker, and what waits here must survive
exactly that network's loss. One process at a time has it, which also gives a service the name that its broker knows.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from siseon.contracts import FailureCode, StoreError

TABLES = """
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL, tag TEXT NOT NULL, at REAL NOT NULL, document BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS retained (
    topic TEXT PRIMARY KEY, stream TEXT NOT NULL, tag TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS service (name TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure on its way."""

    stream: str
    tag: str
    at: float
    """When its frame came, in seconds since 1970."""
    document: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that waits; ids grow in the order of coming."""

    id: int
    entry: Entry


class Outbox:
    """The file; ``with`` opens it. Used by one thread at a time.

    Args:
        path: of the file, in a folder that is there or can be made.
        most: entries that wait; beyond it the oldest are dropped.

    Raises:
        StoreError: on ``with``: it cannot be used, or another process has it. Afterwards ``storage_failed`` from each
            method, where the disk takes no more.
    """

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._most = most
        self._lock = FileLock(f"{path}.lock", thread_local=False)
        self.service = ""
        """The name of this service, the same after a restart."""
        self.count = 0
        self.newest = 0

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            raise StoreError(
                f"{self._path} is in use: another service of this machine passes figures on to MQTT",
                code=FailureCode.storage_failed,
                hint="give each service a SISEON_CACHE_DIR of its own",
            ) from None
        except OSError as error:
            raise self._failed(error) from error
        try:
            with self._named():
                self._open()
        except StoreError:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._lock.release()

    def add(self, entries: Sequence[Entry]) -> int:
        """Keep them; how many older ones were dropped for them."""
        rows = [(entry.stream, entry.tag, entry.at, entry.document) for entry in entries]
        with self._named(), self._file:
            self._file.executemany(
                "INSERT INTO waiting (stream, tag, at, document) VALUES (?, ?, ?, ?)", rows
            )
            over = max(0, self.count + len(rows) - self._most)
            if over:
                self._file.execute(
                    "DELETE FROM waiting WHERE id IN (SELECT id FROM waiting ORDER BY id LIMIT ?)", (over,)
                )
            newest = self._newest()
        self.count += len(rows) - over
        self.newest = newest
        return over

    def after(self, last: int, end: int, most: int) -> list[Kept]:
        """The first ``most`` with ids beyond ``last``, up to ``end``."""
        with self._named():
            rows = self._file.execute(
                "SELECT id, stream, tag, at, document FROM waiting WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
                (last, end, most),
            ).fetchall()
        return [Kept(number, Entry(*rest)) for number, *rest in rows]

    def last_before(self, at: float) -> int:
        """The id of the last one whose frame came before that; 0: there is none."""
        with self._named():
            (found,) = self._file.execute("SELECT max(id) FROM waiting WHERE at < ?", (at,)).fetchone()
        return found or 0

    def done(self, ids: Collection[int]) -> None:
        """The broker has them."""
        with self._named(), self._file:
            cursor = self._file.executemany("DELETE FROM waiting WHERE id = ?", [(each,) for each in ids])
        self.count -= cursor.rowcount

    def retained(self) -> list[tuple[str, str, str]]:
        """Topic, stream and tag of all that stays at the broker."""
        with self._named():
            return self._file.execute("SELECT topic, stream, tag FROM retained").fetchall()

    def retain(self, topic: str, stream: str, tag: str) -> None:
        """Something stays at the broker from now on."""
        with self._named(), self._file:
            self._file.execute("INSERT OR REPLACE INTO retained VALUES (?, ?, ?)", (topic, stream, tag))

    def forget(self, topic: str) -> None:
        """It does not stay there any more."""
        with self._named(), self._file:
            self._file.execute("DELETE FROM retained WHERE topic = ?", (topic,))

    def _open(self) -> None:
        self._file = sqlite3.connect(self._path, check_same_thread=False)
        try:
            # A kill loses nothing; a power failure at most the last moments.
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            with self._file:
                self._file.executescript(TABLES)
                named = self._file.execute("SELECT name FROM service").fetchone()
                self.service = secrets.token_hex(4) if named is None else named[0]
                if named is None:
                    self._file.execute("INSERT INTO service VALUES (?)", (self.service,))
                (self.count,) = self._file.execute("SELECT count(*) FROM waiting").fetchone()
                self.newest = self._newest()
        except sqlite3.Error:
            self._file.close()
            raise

    def _newest(self) -> int:
        """The highest id that was ever given."""
        row = self._file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'waiting'").fetchone()
        return 0 if row is None else int(row[0])

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self._path}, where figures wait for MQTT, cannot be used: {error}",
            code=FailureCode.storage_failed,
            hint="check SISEON_CACHE_DIR: its room and its permissions; a damaged file may be moved away",
        )
