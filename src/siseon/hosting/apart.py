"""One call in a process of its own, for what may crash, never end, or has to be stopped in the middle: FFmpeg on files
of strangers, an hour of drawing. The process ends with the one that started it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

import orjson

from siseon.applications.guarded import failures_named
from siseon.contracts import Cancelled, DeadlineExceeded, Failure, FailureCode, SiseonError

P = ParamSpec("P")
Told = TypeVar("Told")

MOST_BYTES = 64 << 20
"""Of an answer."""


class Apart(Generic[Told]):
    """A call that runs elsewhere. What it returns must have a form in JSON, as which it comes: nothing that it sends is
    run here."""

    def __init__(self, what: str, work: Callable[P, Told], *args: P.args, **kwargs: P.kwargs) -> None:
        """``what``: is done, for messages; ``work``: of a module, with arguments that can be pickled."""
        self._what = what
        context = get_context("spawn")
        self._answer, asked = context.Pipe(duplex=False)
        self._asked = asked
        self._folder = Path(tempfile.gettempdir()) / f"siseon-{secrets.token_hex(8)}"
        """Of its temporary files, which nobody removes who is killed."""
        self._process = context.Process(
            target=_work,
            args=(asked, self._folder, what, work, args, kwargs),
            name=f"siseon {what}",
            daemon=True,
        )
        self._stopped = False

    def result(self, timeout_s: float | None = None) -> Told:
        """Run it; what it returned. Blocks, and leaves no process behind.

        Raises:
            SiseonError: its own; ``deadline_exceeded``; ``worker_died``: it crashed; ``cancelled``: by ``stop``.
        """
        try:
            self._process.start()
            self._asked.close()
            if self._stopped:
                raise Cancelled(f"{self._what} was stopped")
            if not self._answer.poll(timeout_s):
                raise DeadlineExceeded(f"{self._what} did not end within {timeout_s:g} s")
            told = orjson.loads(self._answer.recv_bytes(MOST_BYTES))
        except EOFError:
            self._process.join()
            if self._stopped:
                raise Cancelled(f"{self._what} was stopped") from None
            raise SiseonError(
                f"the process of {self._what} died ({self._process.exitcode})",
                code=FailureCode.worker_died,
                hint="it may have run out of memory, or the file has crashed a decoder",
            ) from None
        finally:
            self.stop()
            self._process.join()
            self._answer.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        if "failure" in told:
            failure = Failure.model_validate(told["failure"])
            raise SiseonError(failure.message, code=failure.code, hint=failure.hint, stage=failure.stage)
        returned: Told = told["returned"]
        return returned

    def stop(self) -> None:
        """End it now, from any thread; whoever waits for it hears that it was stopped."""
        self._stopped = True
        if self._process.pid is not None:
            self._process.kill()


def _work(
    answer: Connection,
    folder: Path,
    what: str,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    told: dict[str, object]
    try:
        folder.mkdir(mode=0o700)
        tempfile.tempdir = str(folder)
        with failures_named(what):
            told = {"returned": work(*args, **kwargs)}
    except SiseonError as error:
        told = {"failure": error.failure().model_dump(mode="json")}
    answer.send_bytes(orjson.dumps(told))


def _end_with_parent(folder: Path) -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)
