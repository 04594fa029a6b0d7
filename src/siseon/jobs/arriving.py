"""Where files lie that come with a job before it is accepted: on the disk of the artifacts, which take them over, or on
one of this machine where those are in S3."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.cutting import Film
from siseon.jobs.inputs import check_file
from siseon.jobs.retention import ORPHAN_S
from siseon.media.files import name_text
from siseon.media.items import Item

FOLDER = "incoming"
SPARE_BYTES = 64 << 20
"""Of the disk, that nothing that comes may take."""


def new_folder(place: Path, declared: int) -> Path:
    """For the files of one job, of so many bytes; those of processes that were killed go.

    Raises:
        InputError: ``storage_failed``: so much has no room.
    """
    root = place / FOLDER
    folder = root / secrets.token_hex(16)
    try:
        root.mkdir(parents=True, exist_ok=True)
        for other in root.iterdir():
            if other.stat().st_mtime < time.time() - ORPHAN_S:
                shutil.rmtree(other, ignore_errors=True)
        if shutil.disk_usage(root).free < declared + SPARE_BYTES:
            raise InputError(
                f"the disk is too full for an upload of {declared:,} bytes",
                code=FailureCode.storage_failed,
                hint="free space where SISEON_JOBS_ARTIFACTS lies, or SISEON_CACHE_DIR where that is in S3",
            )
        folder.mkdir()
    except OSError as error:
        raise InputError(
            f"uploads cannot be kept: {error.strerror}", code=FailureCode.storage_failed
        ) from None
    return folder


@contextmanager
def copied(items: Sequence[Item], artifacts: Artifacts) -> Iterator[list[Film]]:
    """Videos of this machine that are to be kept with a job: copies where artifacts would take the files themselves.

    Raises:
        InputError: ``file_unreadable``, ``storage_failed``.
    """
    for item in items:
        check_file(item.path)
    if artifacts.folder is None:
        yield [Film(item.path, item.name, _digest(item.path)) for item in items]
        return
    folder = new_folder(artifacts.folder, sum(item.path.stat().st_size for item in items))
    try:
        films = []
        for number, item in enumerate(items):
            path = folder / f"part-{number}"
            try:
                shutil.copyfile(item.path, path)
            except OSError as error:
                raise InputError(
                    f"{name_text(item.path)} cannot be copied: {error.strerror}",
                    code=FailureCode.storage_failed,
                    hint="free space where SISEON_JOBS_ARTIFACTS lies",
                ) from None
            films.append(Film(path, item.name, _digest(path)))
        yield films
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
