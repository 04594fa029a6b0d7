"""The parent's side of one worker: start it, give it batches, hear its answers, end it."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from siseon.contracts import ContractViolation, SiseonError, StageFailed
from siseon.engine import clock
from siseon.engine.mistakes import describe
from siseon.engine.placement.processes.arena import Arena, Ref
from siseon.engine.placement.processes.batch import with_bodies
from siseon.engine.placement.processes.channel import (
    TOKEN_BYTES,
    BrokenChannel,
    Channel,
    Message,
    NotInTime,
    Patience,
    pair,
)
from siseon.engine.placement.processes.interpreter import started
from siseon.engine.placement.processes.loans import Held, Loans
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.parcel import Parcels
from siseon.engine.placement.processes.program import Program
from siseon.engine.placement.processes.words import listen

if TYPE_CHECKING:
    from siseon.engine.placement.processes.recipe import PackedRecipe
    from siseon.engine.trace import Figures

LOOK_S = 1.0
"""How often one who waits for a worker looks whether it is still there: who else has its socket (a program that its
stage started) does not keep it from being missed."""


TRANSFER = "transfer"
"""The part of a batch's time that it took to bring it to the worker and back."""


class Unsendable(Exception):
    """Items that cannot be packed."""


class Unreadable(Exception):
    """An answer that is one, but whose results this process cannot make again."""


class Child:
    """One running worker. ``call`` is for one thread at a time; the rest for any."""

    def __init__(self, name: str, recipe: PackedRecipe, memory: Memory) -> None:
        """Start the process; ``ready`` waits until it has set up.

        Raises:
            OSError: the system starts no process.
            RuntimeError: it starts no thread.
        """
        self.name = name
        """Tells it from all others that this placement ever had: the owner of its leases."""
        self._recipe = recipe
        self._memory = memory
        self._parcels = Parcels(0)
        self._arena: Arena | None = memory.new()
        self._lent: set[int] = set()
        """Arenas of others that it has mapped."""
        self._kept: Held = {}
        """Slots that its stage still looks at."""
        self.full = 0
        """Buffers that found no room in shared memory."""
        token = secrets.token_bytes(TOKEN_BYTES)
        with ExitStack() as undo, ExitStack() as theirs:
            undo.callback(memory.drop, self._arena, name)
            end, other_end = pair()
            undo.callback(end.close)
            theirs.callback(other_end.close)
            self.words, speaking = os.pipe()
            undo.callback(os.close, self.words)
            theirs.callback(os.close, speaking)
            hearing, self._lifeline = os.pipe()
            undo.callback(os.close, self._lifeline)
            theirs.callback(os.close, hearing)
            self.process = started((other_end.fileno(), speaking, hearing))
            undo.callback(self.process.wait)
            undo.callback(self.process.kill)
            self._listener = Thread(
                target=listen, args=(self.words, self.is_alive), name=f"siseon-{name}-words", daemon=True
            )
            self._listener.start()
            undo.pop_all()
        end.setblocking(True)
        with suppress(OSError):  # it has ended already: told by ``ready``
            end.sendall(token)
        self._channel = Channel(end, token)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid

    def ready(self, patience: Patience) -> dict[str, Any]:
        """Send what it needs and wait until it has set up: the plain values that its ``setup`` has set.

        Raises:
            SiseonError: what ``setup`` raised.
            BrokenChannel: it has died.
            NotInTime: see ``patience``.
        """
        own = self._arena
        facts = {
            "program": Program.of_this_process(),
            "recipe": self._recipe.stream,
            "plain": self._recipe.plain,
            "arena": None if own is None else own.number,
        }
        self._channel.send(Message("hello", facts, [], [own.descriptor] if own else []), patience)
        told = self._channel.receive(patience)
        if told.kind == "failed":
            raise _failure(told.facts, "setup raised")
        self._hear(told.facts["reports"])
        plain: dict[str, Any] = told.facts["plain"]
        return plain

    def call(
        self, items: Sequence[Any], deadline: float | None, patience: Patience, figures: Figures
    ) -> list[object]:
        """The outcomes of one batch: a value or a failure for each item.

        Raises:
            Unsendable: an item cannot be packed.
            Unreadable: a class of theirs is not there in the worker, or one of a result's not here.
            BrokenChannel: it has died, or has written what is not an answer.
            NotInTime: see ``patience``.
        """
        with Loans(self._memory, self._arena, self.name, self._kept) as loans:
            started = clock.now()
            try:
                parcel = self._parcels.pack(list(items), loans.place)
            except BaseException as error:  # noqa: BLE001 - whatever a user's object does when it is pickled
                raise Unsendable(describe(error)) from None
            gone = self._lent - self._memory.numbers()
            new = {number: arena for number, arena in loans.others.items() if number not in self._lent}
            gone -= loans.others.keys()
            facts = {
                "buffers": [one if isinstance(one, Ref) else None for one in parcel.buffers],
                "deadline": deadline,
                "rooms": loans.rooms(),
                "arenas": list(new),
                "gone": list(gone),
            }
            stream = np.frombuffer(parcel.stream, np.uint8)
            bodies = [stream, *(one for one in parcel.buffers if not isinstance(one, Ref))]
            figures.copied_bytes += parcel.copied_bytes + loans.copied_bytes
            self.full += loans.full
            descriptors = [arena.descriptor for arena in new.values()]
            try:
                self._channel.send(Message("run", facts, bodies, descriptors), patience)
                self._lent = self._lent - gone | new.keys()
                del parcel, bodies, stream
                answer = self._channel.receive(patience)
                if answer.kind != "done":
                    raise BrokenChannel(f"it answered {answer.kind!r}")
                outcomes = self._read(answer, loans, figures)
            except (BrokenChannel, NotInTime):
                self.kill()  # before the slots are given back: it may still look at them
                self.process.wait()
                raise
            transfer_s = clock.now() - started - answer.facts["compute_s"]
            figures.parts[TRANSFER] = figures.parts.get(TRANSFER, 0.0) + transfer_s
            return outcomes

    def _read(self, answer: Message, loans: Loans, figures: Figures) -> list[object]:
        facts = answer.facts
        try:
            self._hear(facts["reports"])
            if "unreadable" in facts:
                raise Unreadable(f"the worker cannot read the items: {facts['unreadable']}")
            try:
                loans.used(facts["used"])
            except ValueError as error:
                raise BrokenChannel(str(error)) from None
            for name, seconds in facts["parts"].items():
                figures.parts[name] = figures.parts.get(name, 0.0) + seconds
            figures.copied_bytes += facts["copied"]
            self.full += facts["full"]
            try:
                outcomes: Any = self._parcels.unpack(
                    answer.bodies[0].data, with_bodies(facts["buffers"], answer.bodies[1:]), loans.show
                )
            except BaseException as error:  # noqa: BLE001 - whatever unpickling raises
                raise Unreadable(f"the results cannot be read: {describe(error)}") from None
            return list(outcomes)
        finally:
            self._kept = loans.hand_over(facts["kept"])

    def _hear(self, told: Sequence[object]) -> None:
        for original, report in zip(self._recipe.originals, told, strict=False):
            if report is not None:
                original.hear(self.name, report)

    def begin_close(self, patience: Patience) -> None:
        """Tell it to tear down and end."""
        with suppress(BrokenChannel, NotInTime):  # told by ``closed``
            self._channel.send(Message("close", None), patience)

    def closed(self, patience: Patience) -> None:
        """Wait until it has torn down.

        Raises:
            SiseonError: what ``teardown`` raised.
            BrokenChannel: it has died.
            NotInTime: see ``patience``.
        """
        told = self._channel.receive(patience)
        if told.facts is not None:
            raise _failure(told.facts, "teardown raised")

    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, also one that is stopped; whoever waits for its answer is told."""
        self.process.kill()

    def dispose(self) -> None:
        """It has ended, or must: give back all that it held. Once, when nobody calls it any more."""
        self.process.kill()
        self.process.wait()
        self._listener.join()
        self._channel.close()
        os.close(self.words)
        os.close(self._lifeline)
        self._kept.clear()
        self._memory.drop(self._arena, self.name)
        self._arena = None
        for original in self._recipe.originals:
            original.hear(self.name, None)

    def wait(self) -> None:
        """Until it has ended, and what it has said was handed on."""
        self._listener.join()

    def end(self) -> str:
        """How it ended, in words."""
        code = self.process.wait()
        if code >= 0:
            return f"ended with status {code}"
        try:
            return f"was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"was ended by signal {-code}"


class Within:
    """Patience with a worker: until a moment, until it is dead, or until somebody has had enough."""

    def __init__(self, child: Child, until: float, *, closing: Event | None = None) -> None:
        """Args:
        child: whom one waits for.
        until: ``clock.now()`` value.
        closing: an event that ends the wait.
        """
        self._child = child
        self._until = until
        self._closing = closing
        self._dead_since: float | None = None

    def __call__(self) -> float:
        """Seconds to wait before asking again."""
        now = clock.now()
        if now >= self._until:
            raise NotInTime
        if self._closing is not None and self._closing.is_set():
            raise NotInTime
        if self._dead_since is None and not self._child.is_alive():
            self._dead_since = now  # what it has said before is still read
        if self._dead_since is not None and now - self._dead_since > LOOK_S:
            raise BrokenChannel("the process has ended")
        return max(0.001, min(LOOK_S, self._until - now))


def _failure(told: dict[str, Any], what: str) -> SiseonError:
    if not told["named"]:
        return StageFailed(f"{what} {told['message']}", hint="the log has the traceback")
    kind = ContractViolation if told["violation"] else SiseonError
    return kind(told["message"], code=told["code"], hint=told["hint"])
