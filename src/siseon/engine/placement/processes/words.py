"""What a worker's loggers say, carried into the parent's loggers while it works, and after it has died."""

from __future__ import annotations

import logging
import os
import pickle
import select
import struct
from collections.abc import Callable
from typing import Any

from siseon.engine.mistakes import log

LENGTH = struct.Struct("<I")
MOST_BYTES = 1 << 20
"""Of one record: a longer text is cut before it is sent."""
LOOK_S = 1.0
"""How often one who hears nothing looks whether the worker is still there."""
READ_BYTES = 1 << 16


class Speaker(logging.Handler):
    """Sends records through a pipe, in the worker."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        """Send one, its text and traceback made here."""
        try:
            packed = pickle.dumps(_plain(record), protocol=5)
            data = memoryview(LENGTH.pack(len(packed)) + packed)
            while data:
                data = data[os.write(self._descriptor, data) :]
        except Exception:  # noqa: BLE001 - what a log statement must never do is raise
            self.handleError(record)


def listen(descriptor: int, alive: Callable[[], bool]) -> None:
    """Hand on what comes through the pipe until it ends, or nothing comes and the worker is not alive.

    What is not a record is reported once; from then on it only waits for the end.
    """
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    data: bytearray | None = bytearray()
    while True:
        if not waiting.poll(LOOK_S * 1000):
            if alive():
                continue
            return
        read = os.read(descriptor, READ_BYTES)
        if not read:
            return
        if data is None:
            continue
        data += read
        try:
            _hand_on(data)
        except Exception as error:  # noqa: BLE001 - bytes of another writer
            log.warning("what a worker wrote into its log pipe is not a record: %s", type(error).__name__)
            data = None


def _hand_on(data: bytearray) -> None:
    """Take whole records off the front."""
    while len(data) >= LENGTH.size:
        (length,) = LENGTH.unpack_from(data)
        if length > 2 * MOST_BYTES:
            raise ValueError(length)
        end = LENGTH.size + length
        if len(data) < end:
            return
        fields = pickle.loads(data[LENGTH.size : end])  # noqa: S301 - from our own worker, see parcel.py
        del data[:end]
        record = logging.makeLogRecord(fields)
        logger = logging.getLogger(record.name)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)


def _plain(record: logging.LogRecord) -> dict[str, Any]:
    """A record's fields without what cannot be sent: arguments are in the text, the traceback is text."""
    fields = dict(record.__dict__)
    fields["msg"], fields["args"] = record.getMessage()[:MOST_BYTES], None
    if record.exc_info:
        fields["exc_text"] = logging.Formatter().formatException(record.exc_info)[-MOST_BYTES:]
        fields["exc_info"] = None
    for name, value in fields.items():
        try:
            size = len(pickle.dumps(value))
        except Exception:  # noqa: BLE001 - whatever somebody gave a log statement
            fields[name] = repr(value)[:1000]
        else:
            if size > 2 * MOST_BYTES:
                fields[name] = "(too long)"
    return fields
