"""One batch after the other in the worker: the items out of shared memory, the results back into it.

The bad items of a batch are isolated here, beside the data and with the traceback at hand (see ``isolation.py``).
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from siseon.contracts import ContractViolation, SiseonError
from siseon.engine import clock
from siseon.engine.isolation import Trial
from siseon.engine.mistakes import describe, is_failure
from siseon.engine.placement.processes.arena import Grant, Ref, Room, read
from siseon.engine.placement.processes.arena import part as part_of
from siseon.engine.placement.processes.channel import Message
from siseon.engine.placement.processes.parcel import Parcel, Parcels
from siseon.engine.placement.processes.segment import Bytes, address, mapped
from siseon.engine.placement.processes.shown import Shown
from siseon.engine.placement.threads import Here
from siseon.engine.trace import Figures, current_figures

UNSENDABLE_HINT = "return plain values, arrays and dataclasses of them, or leave this stage in threads"


class Batches:
    """Answers the parent's messages of kind ``run``."""

    def __init__(
        self,
        here: Here,
        label: str,
        arenas: dict[int, Bytes],
        own: int | None,
        load_main: Callable[[], None],
    ) -> None:
        """``arenas``: by number, the worker's ``own`` among them."""
        self._here = here
        self._label = label
        self._arenas = arenas
        self._own = own
        self._parcels = Parcels(1, load_main)
        self._shown = Shown()

    def answer(self, message: Message) -> tuple[dict[str, Any], list[Bytes]]:
        """The facts and bodies of the answer. Nothing here looks at the items any more when it is given, but what
        the stage itself keeps: those slots are named, and stay taken."""
        facts = message.facts
        self._learn(facts, message.descriptors)
        grant = None
        if self._own is not None:
            rooms = [Room(*room) for room in facts["rooms"]]
            grant = Grant(self._arenas[self._own], self._own, rooms)
        figures = Figures()
        started = clock.now()
        try:
            buffers = with_bodies(facts["buffers"], message.bodies[1:])
            items = self._parcels.unpack(message.bodies[0].data, buffers, self._fetch)
        except BaseException as error:  # noqa: BLE001 - whatever unpickling raises
            return self._told({"unreadable": describe(error)}), []
        del buffers, message
        outcomes = self._run(items, facts["deadline"], figures)
        del items
        compute_s = clock.now() - started
        parcel, outcomes = self._packed(outcomes, grant)
        del outcomes
        bodies = [one for one in parcel.buffers if not isinstance(one, Ref)]
        facts = {
            "buffers": [one if isinstance(one, Ref) else None for one in parcel.buffers],
            "parts": figures.parts,
            "compute_s": compute_s,
            "copied": parcel.copied_bytes + sum(ref.size for ref in grant.refs)
            if grant
            else parcel.copied_bytes,
            "used": list(grant.refs) if grant else [],
            "full": grant.full if grant else len(bodies),
        }
        return self._told(facts), [np.frombuffer(parcel.stream, np.uint8), *bodies]

    def _told(self, facts: dict[str, Any]) -> dict[str, Any]:
        facts["kept"] = self._shown.kept()
        return facts

    def _learn(self, facts: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Arenas of others that come, and those that are gone."""
        for number, descriptor in zip(facts["arenas"], descriptors, strict=True):
            self._arenas[number] = mapped(descriptor, writable=False)
            os.close(descriptor)
        for number in facts["gone"]:
            self._arenas.pop(number, None)

    def _fetch(self, ref: Ref) -> Bytes:
        whole = self._shown.find(ref)
        if whole is None:
            if ref.arena not in self._arenas:
                raise ValueError(f"{ref} is of an arena that is not here")
            whole = read(self._arenas[ref.arena], ref)
            self._shown.add(ref, whole)
        return part_of(whole, ref)

    def _run(self, items: Any, deadline: float | None, figures: Figures) -> list[object]:
        trial = Trial(self._label, lambda some: self._here.run(some, deadline), items)
        token = current_figures.set(figures)
        try:
            raised = trial.whole()
            if raised is not None:
                for _ in trial.isolate(raised, lambda _: deadline is None or deadline > clock.now()):
                    pass
        finally:
            current_figures.reset(token)
        return trial.outcomes

    def _packed(self, outcomes: list[object], grant: Grant | None) -> tuple[Parcel, list[object]]:
        """The outcomes ready to be sent; in the place of one that cannot be is a failure that says so."""
        outcomes = [self._sound(one) if is_failure(one) else one for one in outcomes]
        try:
            return self._parcels.pack(outcomes, lambda data: self._place(data, grant)), outcomes
        except BaseException:  # noqa: BLE001 - told apart below, one by one
            outcomes = [self._sendable(one) for one in outcomes]
        if grant:
            grant.start_again()
        return self._parcels.pack(outcomes, lambda data: self._place(data, grant)), outcomes

    def _place(self, data: Bytes, grant: Grant | None) -> Ref | None:
        """A result that lies in an input is sent as what it is: a part of that."""
        ref = self._shown.around(address(data), len(data))
        if ref is not None or grant is None:
            return ref
        return grant.put(data)

    def _sendable(self, outcome: object) -> object:
        try:
            self._parcels.pack(outcome, _nowhere)
        except BaseException as error:  # noqa: BLE001 - whatever a user's object does when it is pickled
            return ContractViolation(
                f"the result, a {type(outcome).__name__}, cannot be sent to the parent: {describe(error)}",
                hint=UNSENDABLE_HINT,
            )
        return outcome

    def _sound(self, failure: SiseonError) -> SiseonError:
        """A failure that the parent can make again: one of a user's class that cannot be loses its class."""
        if type(failure).__module__.startswith("siseon.contracts"):
            return failure
        try:
            again = pickle.loads(pickle.dumps(failure))  # noqa: S301 - made in this line
        except BaseException:  # noqa: BLE001 - a class in a function, a constructor that wants more
            again = None
        if type(again) is type(failure):
            return failure
        return SiseonError(failure.message, code=failure.code, hint=failure.hint, stage=failure.stage)


def with_bodies(refs: Sequence[Ref | None], bodies: Sequence[Bytes]) -> list[Ref | Bytes]:
    """The buffers of a parcel: references, and in the places of None the bodies in their order."""
    left = iter(bodies)
    return [next(left) if ref is None else ref for ref in refs]


def _nowhere(data: Bytes) -> Ref:
    return Ref(0, 0, 0, 0, 0, 0)
