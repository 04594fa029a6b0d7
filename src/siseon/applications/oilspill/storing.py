"""Files that are whole or not there, and the failure where they cannot be written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from siseon.contracts import FailureCode, InputError


@contextmanager
def stored(path: Path, errors: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """A place in a folder beside ``path`` to write it to; then it goes to ``path``, with what else was written there.

    Args:
        path: in a folder that exists.
        errors: what a library raises when it cannot write, beside ``OSError``.

    Raises:
        InputError: ``storage_failed``: no such folder, no permission, the disk is full.
    """
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=".siseon-", dir=path.parent))
        yield folder / path.name
        for part in sorted(folder.iterdir()):
            part.replace(path.with_name(part.name))
    except Exception as error:
        if not isinstance(error, (OSError, *errors)):
            raise
        raise InputError(
            f"{path.name} cannot be written: {error}",
            code=FailureCode.storage_failed,
            hint="check that its folder is there, its permissions and its room",
        ) from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
