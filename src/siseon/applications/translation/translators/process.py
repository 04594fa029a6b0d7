"""A program run for its output: without a shell, within a time and a number of bytes, and never left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress

from siseon.contracts import TranslatorFailed

READ = 1 << 16


def output_of(command: Sequence[str], data: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
    """What a program writes when it is given ``data``; it and its children are killed where it breaks a bound.

    Raises:
        TranslatorFailed: it cannot be started, fails, takes longer than ``timeout_s``, or writes more than
            ``max_bytes``.
    """
    with tempfile.TemporaryFile() as given:  # a pipe would have to be written and read at the same time
        given.write(data)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours, the data are on its input
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise TranslatorFailed(f"{command[0]} cannot be started: {error.strerror}") from None
    try:
        written = _read(process, time.monotonic() + timeout_s, max_bytes)
    except TimeoutError:
        raise TranslatorFailed(f"{command[0]} took longer than {timeout_s:g} s") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if written is None:
        raise TranslatorFailed(f"{command[0]} wrote more than {max_bytes:,} bytes")
    if process.returncode not in (0, -signal.SIGKILL):  # killed after its output had ended: it is whole
        raise TranslatorFailed(f"{command[0]} failed with exit code {process.returncode}")
    return written


def _read(process: subprocess.Popen[bytes], end: float, max_bytes: int) -> bytes | None:
    """All that it writes until it closes its output; None beyond the bound.

    Raises:
        TimeoutError: it is not done at ``end``.
    """
    assert process.stdout is not None  # noqa: S101 - it was asked for
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = end - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            part = os.read(process.stdout.fileno(), READ)
            if not part:
                with suppress(subprocess.TimeoutExpired):  # its exit code, which comes a moment later
                    process.wait(max(0.0, end - time.monotonic()))
                return b"".join(parts)
            parts.append(part)
            length += len(part)
            if length > max_bytes:
                return None
