"""Videos that came with jobs, as files that FFmpeg can open: where they lie, or fetched to this machine once for all
parts of them that it is given."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from siseon.contracts import FailureCode, InputError
from siseon.jobs.artifact_names import is_name
from siseon.jobs.artifacts import Artifacts

MOST_BYTES = 20 << 30
"""Of those that are kept here; the ones that were used the longest ago go first."""

SLASH = "-"
"""In the place of ``/`` of an artifact's name, in which it is no other sign."""


class Videos:
    """All methods block; they may be called from several threads, and by several processes."""

    def __init__(self, artifacts: Artifacts, folder: Path) -> None:
        """``folder``: for those of a store that is elsewhere; made when the first one comes."""
        self._artifacts = artifacts
        self._folder = folder
        self._fetching = threading.Lock()

    def local(self, artifact: str) -> Path:
        """The file.

        Raises:
            InputError: ``not_found``, ``storage_failed``.
        """
        size = self._artifacts.size(artifact)
        if self._artifacts.folder is not None:
            return self._artifacts.folder / artifact
        path = self._folder / artifact.replace("/", SLASH)
        with self._fetching:
            try:
                if not path.exists():
                    self._fetch(artifact, path, size)
                os.utime(path)
            except OSError as error:
                raise InputError(
                    f"the video cannot be kept in {self._folder}: {error.strerror}",
                    code=FailureCode.storage_failed,
                    hint="free space where SISEON_CACHE_DIR lies",
                ) from None
        return path

    def forget(self) -> int:
        """Remove those whose artifacts are gone, with the job that they came with.

        Returns: how many.

        Raises:
            InputError: ``storage_failed``.
        """
        if self._artifacts.folder is not None or not self._folder.is_dir():
            return 0
        kept = [path for path in self._folder.iterdir() if is_name(path.name.replace(SLASH, "/"))]
        gone = [path for path in kept if not self._has(path.name.replace(SLASH, "/"))]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _has(self, artifact: str) -> bool:
        try:
            self._artifacts.size(artifact)
        except InputError as error:
            if error.code is FailureCode.not_found:
                return False
            raise
        return True

    def _fetch(self, artifact: str, path: Path, size: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room(size)
        with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            try:
                for piece in self._artifacts.pieces(artifact):
                    file.write(piece)
                file.close()
                os.replace(file.name, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(file.name)
                raise

    def _make_room(self, size: int) -> None:
        """Whoever has one open that goes reads on: its bytes stay until it is closed."""
        kept = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.iterdir())
        total = sum(length for _, length, _ in kept)
        for _, length, file in kept:
            if total + size <= MOST_BYTES:
                return
            file.unlink(missing_ok=True)
            total -= length
