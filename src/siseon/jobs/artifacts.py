"""The store of what jobs read and make: pictures that were uploaded, results, pictures that were drawn.

They lie in a local folder or in S3, by the names of ``artifact_names.py``. What ``put`` has returned for is on the
disk: the row that names it may be written then, and a power loss leaves at most an artifact that no row names.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from siseon.contracts import DependencyMissing, FailureCode, InputError, SiseonError
from siseon.jobs.artifact_names import is_folder
from siseon.media.nameless import name_file

if TYPE_CHECKING:
    from obstore.store import LocalStore, RetryConfig, S3Store

Between = Callable[[], object]
"""Called between two steps of work that takes as long as there is much; ends it by raising."""
S3 = "s3://"
PIECE_BYTES = 1 << 20
"""What is read at once of an artifact that is sent on."""
PAGE = 1000
"""Names that one request of a listing, or of a deletion, may carry in S3."""
RETRIES: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
"""A store that is away for longer is a failure of the item, which is tried again later."""


def go_on() -> None:
    """Nothing ends it."""


class Artifacts:
    """The store of artifacts. All methods block; they may be called from several threads."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None) -> None:
        """``folder``: where the store keeps its files, if it is a local one."""
        self._store = store
        self._folder = folder

    @classmethod
    def at(cls, place: str) -> Artifacts:
        """Those in a folder, which is made, or at ``s3://bucket/prefix`` with the usual ``AWS_*`` variables.

        Raises:
            InputError: the place cannot be used.
            DependencyMissing: obstore is not installed.
        """
        try:
            from obstore.store import LocalStore, S3Store
        except ImportError:
            raise DependencyMissing(
                "artifacts of jobs need obstore, which is not installed", hint="pip install 'siseon[jobs]'"
            ) from None
        with _named(place):
            if place.startswith(S3):
                return cls(S3Store.from_url(place, retry_config=RETRIES), None)
            folder = Path(place).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            return cls(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder)

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes under a name, in place of what was there; they survive a power loss afterwards.

        Raises:
            InputError: ``storage_failed``.
        """
        with _named(name):
            try:
                self._store.put(name, data)
            except FileNotFoundError:  # whoever emptied its folder has just removed that
                self._store.put(name, data)
            if self._folder is not None:
                path = self._folder / name
                _sync(path)
                for parent in path.relative_to(
                    self._folder
                ).parents:  # a new folder is an entry in the next one
                    _sync(self._folder / parent)

    @property
    def folder(self) -> Path | None:
        """Where they lie, if that is a folder of this machine."""
        return self._folder

    def adopt(self, name: str, file: Path) -> None:
        """Keep a file under a name, as ``put`` keeps bytes; into a folder of this machine it is moved, and copied from
        another disk.

        Raises:
            InputError: ``storage_failed``.
        """
        with _named(name):
            if self._folder is None:
                self._store.put(name, file)
                return
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _move(file, path)
            for parent in path.relative_to(self._folder).parents:
                _sync(self._folder / parent)

    def read(self, name: str, most: int) -> bytes:
        """All of an artifact.

        Raises:
            InputError: ``not_found``, ``image_too_large`` for one longer than ``most`` bytes, ``storage_failed``.
        """
        with _named(name):
            found = self._store.get(name)
            if found.meta["size"] > most:
                raise InputError(
                    f"the artifact {name} has {found.meta['size']:,} bytes, the limit is {most:,}",
                    code=FailureCode.image_too_large,
                )
            return found.bytes().to_bytes()

    def pieces(self, name: str, span: range | None = None) -> Iterator[bytes]:
        """An artifact in pieces of bounded length; with ``span`` these of its bytes, at least one.

        Raises:
            InputError: ``not_found``, ``storage_failed``.
        """
        with _named(name):
            found = self._store.get(
                name, options=None if span is None else {"range": (span.start, span.stop)}
            )
            for piece in found.stream(PIECE_BYTES):
                yield bytes(piece)

    def size(self, name: str) -> int:
        """Its length in bytes.

        Raises:
            InputError: ``not_found``, ``storage_failed``.
        """
        with _named(name):
            return self._store.head(name)["size"]

    def delete(self, names: Sequence[str], between: Between = go_on) -> None:
        """Remove them, a page after the other; what is gone already is not missed.

        Raises:
            InputError: ``storage_failed``.
            SiseonError: what ``between`` raises.
        """
        for start in range(0, len(names), PAGE):
            between()
            page = list(names[start : start + PAGE])
            if not self._deleted(page):
                for name in page:  # a folder stops at the first that is gone
                    self._deleted([name])

    def _deleted(self, names: list[str]) -> bool:
        """Whether all of them were there to be removed."""
        try:
            with _named(names[0]):
                self._store.delete(names)
        except InputError as error:
            if error.code is not FailureCode.not_found:
                raise
            return False
        return True

    def delete_folder(self, folder: str, between: Between = go_on) -> int:
        """Remove all that is in it; how many there were.

        Raises:
            InputError: ``storage_failed``.
            SiseonError: what ``between`` raises.
        """
        names = [name for name, _ in self._listed(f"{folder}/")]
        self.delete(names, between)
        return len(names)

    def folders(self, before: datetime) -> Iterator[str]:
        """Those of uploads and of jobs in which nothing was written since that moment; what else lies there stays.

        Raises:
            InputError: ``storage_failed``.
        """
        newest: dict[str, datetime] = {}
        for name, written in self._listed(None):
            folder = "/".join(name.split("/", 2)[:2])
            newest[folder] = max(written, newest.get(folder, written))
        return (folder for folder, written in newest.items() if written < before and is_folder(folder))

    def older(self, folder: str, before: datetime) -> list[str]:
        """The names in a folder that were not written since that moment.

        Raises:
            InputError: ``storage_failed``.
        """
        return [name for name, written in self._listed(f"{folder}/") if written < before]

    def _listed(self, prefix: str | None) -> Iterator[tuple[str, datetime]]:
        with _named(prefix or "artifacts"):
            for page in self._store.list(prefix, chunk_size=PAGE):
                for entry in page:
                    yield entry["path"], entry["last_modified"]


def begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first of them read already: what is gone by then is told before an answer has begun, and
    what goes later is read to its end. Blocks.

    Raises:
        InputError: ``not_found``, ``storage_failed``.
    """
    return chain([next(pieces, b"")], pieces)


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Every way in which a store fails, as a failure of ours."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except SiseonError:
        raise
    except (FileNotFoundError, NotFoundError):
        raise InputError(
            f"there is no artifact {what}",
            code=FailureCode.not_found,
            hint="it was purged, or its job was; SISEON_JOBS_KEEP_S says how long they are kept",
        ) from None
    except (BaseError, OSError, ValueError) as error:
        raise InputError(
            f"the artifact {what} cannot be stored or read: {_reason(error)}",
            code=FailureCode.storage_failed,
            hint="check SISEON_JOBS_ARTIFACTS: its room, its permissions, and AWS_* where it is in S3",
        ) from None


def _reason(error: Exception) -> str:
    """The first line: obstore adds a page about its own insides."""
    if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left" in str(error):
        return "the disk is full"
    return str(error).strip().partition("\n")[0][:300]


def _move(file: Path, path: Path) -> None:
    """Move a file, which is there whole or not at all."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        name_file(file, beside)
        _sync(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file's bytes, or a folder's entries, on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
