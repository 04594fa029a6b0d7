"""A folder that is made as a whole: it takes its name with all its files, in place of the one that a run made before.

The two are exchanged at one moment, so that a kill leaves the one or the other. Only a folder that a run has made and
nobody has touched since is replaced; beside any other the new one gets a number.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from siseon.cli.lines import unwritten, write
from siseon.cli.written import NUMBERS, Identity, identity, name_of
from siseon.contracts import Encoded, InputError, MadeFile
from siseon.media.files import name_text
from siseon.media.nameless import name_file
from siseon.models.exchange import exchange

MANIFEST = ".siseon.json"
"""In the folder: the names of what was made, each with the SHA-256 of its bytes."""
PART, BEFORE = ".{}.unfinished", ".{}.before"
"""What a folder is called until it has its name, and, where two cannot be exchanged, while it loses that."""
_MANIFEST = TypeAdapter(dict[str, str])


def make_whole(
    folder: Path,
    name: str,
    files: Iterable[Encoded | MadeFile],
    *,
    replace: bool,
    inputs: Collection[Identity] = (),
) -> Path | None:
    """Make ``folder / name`` of the files, each under its own name; where it is then. None: there was no file.

    Blocks. One run at a time may do so in a folder.

    Args:
        folder: that is there.
        name: of the new folder; numbered where something else has it.
        files: taken one at a time; what they raise is passed on, and changes nothing.
        replace: whether a folder of that name that a run has made may be replaced.
        inputs: files that are never replaced.

    Raises:
        InputError: ``storage_failed``; nothing is changed then.
    """
    part = folder / PART.format(name)
    try:
        _remove(part)  # of a run that was killed
        part.mkdir()
        if not _filled(part, files):
            return None
        return _placed(part, folder, name, inputs if replace else None)
    except OSError as error:
        raise unwritten(folder / name, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _filled(part: Path, files: Iterable[Encoded | MadeFile]) -> bool:
    made: dict[str, str] = {}
    for file in files:
        suffix = Path(file.name).suffix
        name, number = name_of(file.name, suffix), 1
        while name in made:
            name, number = name_of(file.name, f"-{number + 1}{suffix}"), number + 1
        made[name] = _kept(part / name, file)
    _write(part / MANIFEST, _MANIFEST.dump_json(made, indent=1))
    _sync(part)
    return bool(made)


def _kept(path: Path, file: Encoded | MadeFile) -> str:
    """The SHA-256 of a file, which is put there: one that lies on the disk is moved, from another one copied."""
    if isinstance(file, Encoded):
        _write(path, file.data)
        return hashlib.sha256(file.data).hexdigest()
    name_file(file.path, path)
    with path.open("rb") as data:
        os.fsync(data.fileno())
        return hashlib.file_digest(data, "sha256").hexdigest()


def _placed(part: Path, folder: Path, name: str, inputs: Collection[Identity] | None) -> Path:
    for number in range(1, NUMBERS):
        place = folder / (name if number == 1 else f"{name}-{number}")
        before = folder / BEFORE.format(place.name)
        if not os.path.lexists(place):
            if _is_untouched(before, ()):  # a run was killed between the two renames of `_replace`
                _remove(before)
            part.rename(place)
        elif inputs is not None and _is_untouched(place, inputs):
            _replace(part, place, before)
        else:
            continue
        _sync(folder)
        return place
    raise InputError(f"{name_text(folder)} is full of folders called {name}", hint="name another folder")


def _replace(part: Path, place: Path, before: Path) -> None:
    if exchange(part, place):
        return
    _remove(before)
    place.rename(before)
    part.rename(place)
    shutil.rmtree(before, ignore_errors=True)


def _is_untouched(place: Path, inputs: Collection[Identity]) -> bool:
    """Whether it is a folder that a run has made, in which nothing was changed or added."""
    try:
        if place.is_symlink():
            return False
        made = _MANIFEST.validate_json((place / MANIFEST).read_bytes())
        there = [path for path in place.iterdir() if path.name != MANIFEST]
        return all(_is_made(path, made.get(path.name)) and identity(path) not in inputs for path in there)
    except (OSError, ValidationError):
        return False


def _is_made(path: Path, digest: str | None) -> bool:
    if digest is None or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _remove(place: Path) -> None:
    """A folder under a name that only a run gives.

    Raises:
        OSError: it cannot be removed, or is no folder.
    """
    if os.path.lexists(place):
        shutil.rmtree(place)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Have its entries on the disk, where that can be asked for."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
