"""The unit of computation: a typed step whose calls from all requests meet in one queue, as batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Hashable, Iterable, Sequence
from typing import Any, Generic, Self, TypeVar, cast, overload

from siseon.contracts import ModelRef, SiseonError
from siseon.engine.call import MISSING, Missing
from siseon.engine.calling import Calling
from siseon.engine.copies import without
from siseon.engine.flow import Flow
from siseon.engine.lifecycle import DRAIN_S, Lease, LifeState
from siseon.engine.mistakes import is_failure
from siseon.engine.placement.seam import Placement, Recipe
from siseon.engine.placement.threads import THREADS
from siseon.engine.runtime import StageStatistics
from siseon.engine.user_values import label_of

In = TypeVar("In")
Out = TypeVar("Out")
F = TypeVar("F")


class Stage(ABC, Generic[In, Out]):
    """One typed step, ``process(batch) -> batch``.

    Subclass it, implement ``process`` and set what differs from the defaults below, on the class or on the
    instance before it starts. The life of a stage, always driven by its pipeline:

    1. ``setup`` once, beside the event loop: load weights, warm up. What it raises stops the start.
    2. ``process`` for each batch, in one of ``replicas`` threads at a time.
    3. ``teardown`` once, after the last batch. It does not run for a ``setup`` that raised.
    """

    name: str = ""
    """What pipelines call it that do not say otherwise; the attribute that holds it when empty."""
    max_batch: int = 1
    max_queue: int = 1024
    """Items of one flow that may wait; what happens beyond is the flow's ``policy``."""
    replicas: int = 1
    """Batches that run at the same time, each in a thread (the runtimes release the GIL)."""
    linger_ms: float = 0.0
    """How long a batch that is not full waits for more items, at most half of the time that the first one has.
    0: a free replica takes what is there."""
    max_cost: float | None = None
    """Bound on the sum of ``cost`` over a batch (a single item may exceed it)."""
    accelerated: bool = False
    """Whether it computes elsewhere than on these cores, where many requests at work make large batches;
    ``setup`` may set it."""
    start_timeout_s: float = 600.0
    """Seconds within which ``setup`` returns."""
    stop_timeout_s: float = 30.0
    """Seconds within which ``teardown`` returns."""
    stuck_after_s: float = 120.0
    """Seconds after which a worker process that has not answered a batch is killed and replaced; a thread cannot be."""
    placement: Placement = THREADS
    """Where it computes."""

    recipe: Recipe
    """How to make it again in another place."""
    __calling: Calling

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make the state that no subclass must forget to make; its name cannot meet one of the subclass's own."""
        self = super().__new__(cls)
        # Past a subclass's own __setattr__: a frozen dataclass forbids it.
        object.__setattr__(self, "recipe", Recipe(cls, args, kwargs))
        object.__setattr__(self, "_Stage__calling", Calling(self, self.__overrides))
        return self

    def __overrides(self, name: str) -> bool:
        return name in vars(self) or getattr(type(self), name) is not getattr(Stage, name)

    def __getstate__(self) -> object:
        """A copy is a stage of its own, not started."""
        return without(super().__getstate__(), "_Stage__calling")

    @abstractmethod
    def process(self, batch: Sequence[In]) -> Sequence[Out]:
        """Compute one result per item, in order. Called from ``replicas`` threads.

        An item that cannot be computed is best *returned* as a ``SiseonError`` in its place. If ``process``
        raises, parts of the batch run again to find the bad item: it must be repeatable.
        """

    def setup(self) -> None:
        """Load and warm up what ``process`` needs."""

    def teardown(self) -> None:
        """Give back what ``setup`` took."""

    def bucket(self, item: In) -> Hashable:
        """Only items with equal buckets share a batch (image sizes, line widths)."""
        return None

    def cost(self, item: In) -> float:
        """What the item adds to the batch's cost (pixels, say), bounded by ``max_cost``; at least 0."""
        return 1.0

    def serial(self, item: In) -> Hashable:
        """Items of one key that is not None run one at a time in the order in which they came, whatever the number
        of replicas: for stages that keep state between items, a tracker by its stream.

        Those of one call come in its order, those of different calls as each gets its place in the queue: what
        waits for room (``max_queue``, ``Flow.max_waiting``) has not come yet."""
        return None

    def models(self) -> Sequence[ModelRef]:
        """The models whose work is in this stage's results."""
        return ()

    @overload
    async def __call__(self, item: In, *, timeout: float | None = None, flow: Flow | None = None) -> Out: ...
    @overload
    async def __call__(
        self, item: In, *, timeout: float | None = None, fallback: F, flow: Flow | None = None
    ) -> Out | F: ...

    async def __call__(
        self,
        item: In,
        *,
        timeout: float | None = None,
        fallback: F | Missing = MISSING,
        flow: Flow | None = None,
    ) -> Out | F:
        """Run one item.

        Args:
            item: what ``process`` takes one of.
            timeout: seconds for this call, within the request's deadline.
            fallback: the answer if it fails or comes late; the result then says ``degraded``.
            flow: who asks; the request's own when absent.

        Raises:
            SiseonError: the item's failure; ``overloaded`` when the queue is full; ``deadline_exceeded``.
        """
        call = await self.__calling.run([item], timeout=timeout, fail_fast=True, flow=flow)
        if isinstance(call, SiseonError):
            outcome: object = call
        else:
            outcome = call.outcomes[0]
            if outcome is MISSING:
                outcome = self.__calling.late()
        if not is_failure(outcome):
            return cast(Out, outcome)
        if not isinstance(fallback, Missing):
            self.__calling.degrade(outcome)
            return fallback
        del item, call  # the frames of an exception keep their variables alive
        try:
            raise outcome
        finally:
            del outcome  # itself too

    @overload
    async def map(
        self, items: Iterable[In], *, timeout: float | None = None, flow: Flow | None = None
    ) -> list[Out]: ...
    @overload
    async def map(
        self, items: Iterable[In], *, timeout: float | None = None, fallback: F, flow: Flow | None = None
    ) -> list[Out | F]: ...

    async def map(
        self,
        items: Iterable[In],
        *,
        timeout: float | None = None,
        fallback: F | Missing = MISSING,
        flow: Flow | None = None,
    ) -> list[Out] | list[Out | F]:
        """Run many items at once and return their results in input order; no items, no work.

        Items for which the queue has no room are fed to it as room frees.

        Args:
            items: what to run; other requests' items share the batches.
            timeout: seconds for the whole call, within the request's deadline.
            fallback: stands in for each item that failed or came late; the result then says ``degraded``.
            flow: who asks; the request's own when absent.

        Raises:
            SiseonError: the first failure, unless there is a ``fallback``.
        """
        todo = list(items)
        if not todo:
            return []
        call = await self.__calling.run(
            todo, timeout=timeout, fail_fast=isinstance(fallback, Missing), flow=flow
        )
        if isinstance(call, SiseonError):  # not one item was accepted
            outcomes: list[object] = [call] * len(todo)
            failure: SiseonError | None = call
        else:
            outcomes = call.outcomes
            failure = call.failure
            if failure is None and call.left:
                failure = self.__calling.late()
        if failure is None:
            return cast(list[Out], outcomes)
        if isinstance(fallback, Missing):
            del items, todo, call, outcomes
            try:
                raise failure
            finally:
                del failure
        late = self.__calling.late()
        results: list[Out | F] = []
        for outcome in outcomes:
            failed = late if outcome is MISSING else outcome
            if is_failure(failed):
                self.__calling.degrade(failed)
                results.append(fallback)
            else:
                results.append(cast(Out, outcome))
        return results

    def stream(
        self, items: Iterable[In], *, timeout: float | None = None, flow: Flow | None = None
    ) -> AsyncIterator[tuple[int, Out | SiseonError]]:
        """Run many items and give the outcome of each as soon as it is there, with its index.

        What has not run is dropped when the reader leaves. Items that come late have ``deadline_exceeded``.

        Raises:
            SiseonError: not one item was accepted, or the request that asks has ended.
        """
        return self.__calling.stream(items, timeout=timeout, flow=flow)

    @property
    def label(self) -> str:
        """What it is called outside pipelines: ``name``, or the class's name."""
        return self.name or type(self).__name__

    @property
    def state(self) -> LifeState:
        """Where it is in its life."""
        return self.__calling.life.state

    async def acquire(self) -> Lease:
        """Hold the stage, starting it if nobody does; a stage shared by pipelines starts once.

        Raises:
            SiseonError: what ``setup`` raised, or a limit that is not one; ``stage_failed`` while a replica of an
                earlier run is still inside ``process``.
        """
        return await self.__calling.life.acquire()

    async def start(self) -> None:
        """Hold the stage until ``stop``; see ``acquire``."""
        try:
            await self.__calling.holds.start()
        except SiseonError as error:
            raise SiseonError.at(error, label_of(self)) from None

    async def stop(self, *, drain_s: float = DRAIN_S) -> None:
        """Give one ``start`` back; the last finishes what was accepted, in ``drain_s`` seconds at most, and tears down.

        Without a ``start`` to give back it waits for a stop that is under way.

        Raises:
            StageFailed: ``teardown`` raised; the stage is closed all the same.
        """
        try:
            await self.__calling.holds.stop(drain_s)
        except SiseonError as error:
            raise SiseonError.at(error, label_of(self)) from None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def statistics(self) -> StageStatistics:
        """Counters since the start: items by outcome, batches, what waits now; those of the last run once stopped."""
        return StageStatistics() if self.__calling.runtime is None else self.__calling.runtime.statistics()


AnyStage = Stage[Any, Any]
