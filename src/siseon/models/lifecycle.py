"""When weights come into memory and when they go: a state machine that knows nothing of networks.

::

    unloaded ── acquire ──> loading ── loaded ──> loaded ── unload, nobody holds a lease ──> unloading
        ^                      │                    ^                                            │
        ├──── load raised ─────┘                    └──────── a run did not end in time ─────────┤
        ├──────────────────────── runs in flight have ended, memory is freed ────────────────────┘
        └─ retire ──> gone: nothing brings it back but ``restore``, by the one who has retired it

A lease keeps the weights for as long as somebody means to run; a run keeps them for one batch. So a run that was
let in always ends before the weights go, and one that holds a lease is always let in.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, RLock
from typing import Generic, Literal, TypeVar

from siseon.contracts import FailureCode, ModelError
from siseon.models.lease import ModelLease

T = TypeVar("T")

State = Literal["unloaded", "loading", "loaded", "unloading", "gone"]

RUNS_END_S = 60.0
"""How long an unload waits for runs in flight. One takes seconds at most: after a minute it is stuck."""


class LifeCycle(Generic[T]):
    """What ``load`` makes, the leases on it and the runs in it. All methods may be called from any thread."""

    def __init__(self, name: str, load: Callable[[], T], *, runs_end_s: float = RUNS_END_S) -> None:
        """``name``: of the model, for failures."""
        self.name = name
        self._load = load
        self._runs_end_s = runs_end_s
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._state: State = "unloaded"
        self._value: T | None = None
        self._leases: set[ModelLease] = set()
        self._running = 0
        self._waiting = 0
        """Users to be, who wait for another thread's load: an unload leaves it to them, or they could wait for ever."""

    @property
    def state(self) -> State:
        """Where it stands now; another thread may have moved it on when the caller looks."""
        return self._state

    @property
    def loaded(self) -> T | None:
        """What is loaded and may be run now; else None."""
        with self._changed:
            return self._value if self._state == "loaded" else None

    def get(self) -> T:
        """What is loaded and may be run now.

        Raises:
            ModelError: ``model_not_loaded``; ``model_not_ready`` while it loads or unloads; ``model_not_found``: gone.
        """
        with self._changed:
            if self._state == "loaded" and self._value is not None:
                return self._value
            self._check_there()
            if self._state == "unloaded":
                raise ModelError(
                    f"model {self.name!r} is not loaded",
                    code=FailureCode.model_not_loaded,
                    hint="load it first; a stage does so with acquire() in setup(), until its release in teardown()",
                )
            raise ModelError(
                f"model {self.name!r} is {self._state}",
                code=FailureCode.model_not_ready,
                hint="try again in a moment",
            )

    def acquire(self, wait_s: float) -> ModelLease:
        """Load what is not loaded, and count a user.

        One thread loads, others wait for it. If its load raises, the next of them tries again, so that each is told
        why by an exception of its own. A load that has begun is not bounded by ``wait_s``.

        Raises:
            ModelError: ``model_not_ready``: another thread's load or unload took more than ``wait_s`` seconds;
                ``model_not_found``: it is gone.
            Exception: what ``load`` raises.
        """
        with self._changed:
            if not self._is_settled(wait_s):
                raise ModelError(
                    f"model {self.name!r} is still {self._state} after {wait_s:g} s",
                    code=FailureCode.model_not_ready,
                    hint="try again later",
                )
            self._check_there()
            if self._state == "loaded":
                return self._lease()
            self._state = "loading"
        try:
            value = self._load()
        except BaseException:
            self._become("unloaded", None)
            raise
        with self._changed:  # loaded and leased at once: no unload can come between
            self._become("loaded", value)
            return self._lease()

    def unload(self, wait_s: float) -> None:
        """Let no new run in, wait for those in flight, and drop what was loaded. Nothing to do is done.

        Raises:
            ModelError: ``model_in_use``: leases are held, or it is being loaded for somebody, still after ``wait_s``
                seconds (runs go on, and new users may come meanwhile); or a run in flight does not end.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._state != "unloading", self._runs_end_s)  # by another thread
            if not self._changed.wait_for(self._is_unused, wait_s):
                users = len(self._leases) or 1  # the one it is being loaded for
                raise self._in_use(f"has {users} user{'s' if users > 1 else ''}")
            if self._state in ("unloaded", "gone"):
                return
            self._state = "unloading"
            ended = False
            try:
                ended = self._changed.wait_for(lambda: not self._running, self._runs_end_s)
            finally:
                self._become("unloaded" if ended else "loaded", None if ended else self._value)
            if not ended:
                raise self._in_use(f"has runs that did not end within {self._runs_end_s:g} s")

    def retire(self) -> None:
        """Let nobody load it any more: whoever has found it by its name before its files went finds it gone.

        Raises:
            ModelError: ``model_in_use``: it is loaded, on its way in or out, or somebody waits for it;
                ``model_not_found``: it is gone already.
        """
        with self._changed:
            self._check_there()
            if self._state != "unloaded" or self._waiting:
                state = "about to be loaded" if self._state == "unloaded" else self._state
                raise self._in_use(f"is {state}")
            self._become("gone", None)

    def restore(self) -> None:
        """Take a ``retire`` back."""
        self._become("unloaded", None)

    def running(self) -> Run[T]:
        """A block in which what is loaded stays, for one run.

        Raises:
            ModelError: at its beginning, see ``get``; never while a lease is held.
        """
        return Run(self)

    def enter(self) -> T:
        """A run begins; ``leave`` ends it."""
        with self._lock:
            value = self._value
            if value is None or self._state != "loaded":
                value = self.get()
            self._running += 1
        return value

    def leave(self) -> None:
        """A run is over."""
        with self._lock:
            self._running -= 1
            if not self._running and self._state == "unloading":  # nobody else waits for runs
                self._changed.notify_all()

    def _is_unused(self) -> bool:
        return self._state in ("unloaded", "gone") or (
            self._state == "loaded" and not self._leases and not self._waiting
        )

    def _is_settled(self, wait_s: float) -> bool:
        """Wait, as one that the next unload respects, until no thread loads or unloads; whether that came in time."""
        self._waiting += 1
        try:
            return self._changed.wait_for(lambda: self._state not in ("loading", "unloading"), wait_s)
        finally:
            self._waiting -= 1
            self._changed.notify_all()

    def _check_there(self) -> None:
        if self._state == "gone":
            raise ModelError(
                f"model {self.name!r} was deleted",
                code=FailureCode.model_not_found,
                hint="ask for it by its name again: another one may have been registered in its place",
            )

    def _become(self, state: State, value: T | None) -> None:
        with self._changed:
            self._state, self._value = state, value
            self._changed.notify_all()

    def _lease(self) -> ModelLease:
        lease = ModelLease(self._release)
        self._leases.add(lease)
        return lease

    def _release(self, lease: ModelLease) -> None:
        with self._changed:
            self._leases.discard(lease)
            self._changed.notify_all()

    def _in_use(self, why: str) -> ModelError:
        return ModelError(
            f"model {self.name!r} {why}",
            code=FailureCode.model_in_use,
            hint="stop what uses it, or swap it for another model first",
        )


class Run(Generic[T]):
    """What ``running`` gives: a class, because a generator's block takes longer, at every run of a network."""

    __slots__ = ("_life",)

    def __init__(self, life: LifeCycle[T]) -> None:
        self._life = life

    def __enter__(self) -> T:
        return self._life.enter()

    def __exit__(self, *_: object) -> None:
        self._life.leave()
