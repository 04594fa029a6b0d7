"""Models that came with their files at run time: a folder a version, written whole or not at all.

::

    FOLDER/NAME/VERSION/card.toml, and the files that the card names
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.models.card import ModelCard, load_card

log = logging.getLogger("siseon.models")

CARD = "card.toml"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a disk or a quota says that has no room."""
UNFINISHED = ".unfinished-"
"""What folders are called while they are written or deleted: no model's name begins with a full stop."""


class Registered:
    """One folder of registered models. The files are the truth: it is read anew after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cards(self) -> Iterator[ModelCard]:
        """The cards of all versions; one that cannot be used is a warning, and the others are there."""
        with suppress(OSError), _holding(self.folder):
            _sweep(self.folder)
        try:
            paths = sorted(self.folder.glob(f"[!.]*/[!.]*/{CARD}"))
        except OSError as error:  # closed to us
            log.warning("registered models are left out: %s", error)
            return
        for path in paths:
            try:
                card = load_card(path)
            except ModelError as error:
                log.warning("a registered model is left out: %s", str(error))
                continue
            if self.home(card) == path.parent:
                yield card
            else:
                log.warning("a registered model is left out: %s is of %s %s", path, card.name, card.version)

    def home(self, card: ModelCard) -> Path:
        """Where the files of a version lie."""
        return self.folder / card.name / card.version

    def store(self, card: ModelCard, text: bytes, files: Mapping[str, bytes]) -> None:
        """Write a version's files and its card.

        Raises:
            InputError: a file that the card does not name, or lacks; a card that points elsewhere.
            ModelError: ``weights_mismatch``, ``model_exists``, ``storage_failed``; nothing is left behind.
        """
        _check_files(card, files)
        home = self.home(card)
        if home.exists():
            raise exists(card)
        with _disk("written"), unfinished(self.folder) as part:
            for name, data in (*files.items(), (CARD, text)):
                _write(part / name, data)
            try:
                _move(part, home)
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    raise exists(card) from None
                raise

    def delete(self, card: ModelCard) -> None:
        """Remove a version's files; at once for whoever looks, whatever the disk takes. A full disk is no obstacle.

        Raises:
            ModelError: ``storage_failed``: they are all still there.
        """
        home, gone = self.home(card), self.folder / f"{UNFINISHED}{uuid.uuid4().hex}"
        with _disk("deleted"):
            os.rename(home, gone)
        try:
            shutil.rmtree(gone)
        except FileNotFoundError:  # somebody who found it unfinished has swept it
            pass
        except OSError as error:
            log.warning("files of a deleted model are left over in %s: %s", gone, error.strerror)
        with suppress(OSError):  # other versions are in it, or somebody else was faster
            home.parent.rmdir()


def exists(card: ModelCard) -> ModelError:
    """The failure of who registers a version that is there."""
    return ModelError(
        f"model {card.name!r} has a version {card.version!r} already",
        code=FailureCode.model_exists,
        hint=f"give the card another version, or DELETE /v1/models/{card.name}/versions/{card.version} first",
    )


def version_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts versions as people do: 2 before 10, 1.9 before 1.10."""
    parts = re.findall(r"\d+|[^\d]+", version)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _check_files(card: ModelCard, files: Mapping[str, bytes]) -> None:
    if any(file.sources for file in card.files):
        raise InputError(
            "a registered card brings its files with it", hint="take the sources out of the card"
        )
    wanted = {file.name: file for file in card.files}
    if set(files) != set(wanted):
        raise InputError(
            f"the card names {sorted(wanted)}, the form has {sorted(files)}", hint="send exactly those"
        )
    for name, data in files.items():
        expected = wanted[name].sha256
        actual = hashlib.sha256(data).hexdigest()
        if expected is not None and actual != expected:
            raise ModelError(
                f"{name} has the sha256 {actual}, the card says {expected}", code=FailureCode.weights_mismatch
            )


def _move(part: Path, home: Path) -> None:
    """Give a whole version its place; fails if another request was faster: a folder with files is not replaced."""
    while True:
        with suppress(
            FileExistsError
        ):  # not Path.mkdir: it raises that too where the folder goes while it looks
            os.mkdir(home.parent)
        try:
            return os.rename(part, home)
        except FileNotFoundError:  # the last other version was deleted meanwhile, and their folder with it
            if not part.exists():
                raise


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A folder in that one which is gone afterwards; held meanwhile, so that one of a process that was killed can be
    told, and is removed by the next.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with _holding(folder):  # nobody sweeps between the making and the holding
            _sweep(folder)
            part = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
            held.enter_context(_holding(part))
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed had not finished; the folder is held."""
    for part in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError), _holding(part, wait=False):
            log.warning("removed what a process that was killed had not finished: %s", part)
            shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _holding(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Inside, nobody else holds it, no thread of ours either; when a process ends, so does what it holds.

    Raises:
        OSError: it is not there, or not ours to open; or we do not ``wait``, and somebody holds it or could.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError) if wait else nullcontext():  # a file system that knows no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _disk(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise ModelError(
            f"the model's files cannot be {done}: {'the disk is full' if full else error.strerror}",
            code=FailureCode.storage_failed,
            hint=f"{'free some room' if full else 'check the permissions'} where SISEON_CACHE_DIR lies; "
            f"nothing of the model was {done}",
        ) from error
