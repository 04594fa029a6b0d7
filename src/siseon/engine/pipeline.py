"""A chain of stages and rules as ordinary async Python, with one deadline and one trace a request."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar, cast

from siseon.contracts import Result, SiseonError
from siseon.engine.context import current_request
from siseon.engine.copies import without
from siseon.engine.find import stages_of
from siseon.engine.flow import INTERACTIVE, Flow
from siseon.engine.lifecycle import DRAIN_S, Lease, LifeState
from siseon.engine.serving import Serving
from siseon.engine.stage import AnyStage
from siseon.engine.trace import Batch, Trace

In = TypeVar("In")
Out = TypeVar("Out")


class Pipeline(ABC, Generic[In, Out]):
    """Stages as attributes and one ``async def run``: Python decides, stages compute.

    ``async with pipeline`` loads and warms every stage; ``await pipeline(item)`` runs one request; leaving
    the block finishes what was accepted. Pipelines may be attributes of pipelines.
    """

    max_in_flight: int = 1024
    """Requests of one flow that may run or wait for their turn; what happens beyond is the flow's ``policy``."""
    max_at_work: int | None = None
    """Requests that compute at once, the others wait for their turn. None: two for a core (sixteen while each is
    done within two milliseconds), and no limit where a stage is ``accelerated``. Raise it for a pipeline that mostly
    waits for others (the network, a disk)."""
    on_trace: Callable[[Trace], None] | None = None
    """Called in the event loop with the trace of every ended request."""
    on_batch: Callable[[Batch], None] | None = None
    """Called in the event loop after every batch that held items of its requests."""

    __serving: Serving

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make the state that no subclass must forget to make; its name cannot meet one of the subclass's own."""
        self = super().__new__(cls)
        object.__setattr__(self, "_Pipeline__serving", Serving(self))  # past a subclass's own __setattr__
        return self

    def __getstate__(self) -> object:
        """A copy is a pipeline of its own, not started."""
        return without(super().__getstate__(), "_Pipeline__serving")

    @abstractmethod
    async def run(self, item: In) -> Out:
        """The pipeline itself. An implementation may add keyword parameters with defaults: one request's choices."""

    async def __call__(
        self,
        item: In,
        *,
        timeout: float | None = None,
        flow: Flow = INTERACTIVE,
        trace: Trace | None = None,
        parameters: Mapping[str, object] = MappingProxyType({}),
    ) -> Result[Out]:
        """Run one request. Within the run of another pipeline it joins that request: one deadline, one trace.

        Args:
            item: what ``run`` takes.
            timeout: seconds until the request's one deadline, the wait for its turn included; every stage gets what
                is left of it.
            flow: on whose behalf; requests of all flows have their turns by weight.
            trace: an empty one that carries the ids by which a caller knows the request; made when absent.
            parameters: keyword arguments of ``run``, for pipelines that have some; the caller has checked them.

        Raises:
            SiseonError: the request's one named failure.
        """
        outer = current_request.get()
        run = partial(self.run, item, **parameters) if parameters else partial(self.run, item)
        if outer is not None and not outer.ended:
            return await self.__serving.join(outer, run, timeout)
        result = await self.__serving.serve(run, flow, timeout, Trace() if trace is None else trace)
        if isinstance(result, SiseonError):
            del item, parameters, run  # the frames of an exception keep their variables alive
            try:
                raise result
            finally:
                del result  # itself too
        return cast("Result[Out]", result)

    def stages(self) -> dict[str, AnyStage]:
        """The stages by the names that this pipeline has for them; see ``find.stages_of``.

        Raises:
            ContractViolation: two stages have one name.
        """
        return stages_of(self, Pipeline)

    @property
    def state(self) -> LifeState:
        """Where it is in its life."""
        return self.__serving.life.state

    @property
    def at_work_limit(self) -> int:
        """Requests that compute at once, as decided when it was opened; see ``max_at_work`` for quick ones."""
        return self.__serving.turns.limit

    def take_turns_with(self, other: Callable[[], Pipeline[Any, Any]]) -> None:
        """Count its requests among those of another pipeline, and have one limit for both.

        ``other``: asked for each request, since that one may be replaced; open as long as this one is.
        """
        self.__serving.turns_with = lambda: other().__serving.turns

    async def acquire(self) -> Lease:
        """Hold the pipeline, starting it if nobody does.

        Raises:
            SiseonError: what stopped the start of a stage; those that had started are stopped.
        """
        return await self.__serving.life.acquire()

    async def start(self) -> None:
        """Hold the pipeline until ``stop``; see ``acquire``."""
        await self.__serving.holds.start()

    async def stop(self, *, drain_s: float = DRAIN_S) -> None:
        """Give one ``start`` back. The last one ends the pipeline: it takes no new requests, finishes those in flight
        (at most ``drain_s`` seconds; what is left then fails with ``shutting_down``) and stops the stages.

        Without a ``start`` to give back it waits for a stop that is under way.

        Raises:
            StageFailed: a ``teardown`` raised; everything is closed all the same.
        """
        await self.__serving.holds.stop(drain_s)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
