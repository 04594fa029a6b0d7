"""From ``siseon serve`` to the parent: the process keeps its id and leaves its memory behind."""

from __future__ import annotations

import os
import pickle
import socket
import sys
from typing import NoReturn

from siseon.contracts import FailureCode, InputError
from siseon.service.listening import address_of
from siseon.service.workers.board import nameless
from siseon.service.workers.plan import Plan, command, to_words
from siseon.settings import Settings


def become_parent(
    door: socket.socket, settings: Settings, workers: int, pipelines: int, banner: str
) -> NoReturn:
    """Go on as the parent of ``workers`` processes behind that port; ``{address}`` in the banner is the service's.

    Raises:
        InputError: this system cannot hand over connections.
    """
    if not hasattr(os, "fork"):
        raise InputError(
            "this system cannot hand connections from process to process",
            code=FailureCode.invalid_input,
            hint="serve with --workers 1",
        )
    kept = pickle.dumps(settings)
    memory = nameless(len(kept))
    os.pwrite(memory, kept, 0)
    for descriptor in (door.fileno(), memory):
        os.set_inheritable(descriptor, True)
    address = banner.format(address=address_of(door))
    plan = Plan(workers, pipelines, settings.drain_s, address, door.fileno(), memory)
    sys.stderr.flush()
    os.execv(sys.executable, command("parent", to_words(plan)))  # noqa: S606 - this package's own module
