"""What a service serves: pipelines that start, answer, change their models while they run, and drain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Literal

from pydantic import JsonValue

from siseon.applications.build import build, manager, options
from siseon.applications.options import Choices, stated
from siseon.applications.registry import find, not_among
from siseon.contracts import (
    CapacityError,
    FailureCode,
    ModelError,
    Result,
    SiseonError,
)
from siseon.engine import Batch, Flow, Pipeline, Trace
from siseon.hosting.background import Background
from siseon.hosting.changes import Changes
from siseon.hosting.flight import Flight
from siseon.hosting.own import OwnNetwork
from siseon.hosting.served import Served, call
from siseon.models import Model, ModelManager
from siseon.models.expected import expect
from siseon.models.own import own_card
from siseon.settings import Settings

State = Literal["new", "starting", "ready", "draining", "stopped"]


class Host:
    """All pipelines of a service and the models they share."""

    def __init__(self, settings: Settings, *, models: ModelManager | None = None) -> None:
        """``models`` replace those that the settings name.

        Raises:
            InputError: ``pipeline_not_found``, or an option that a pipeline does not take; no ``own_network``.
        """
        self.settings = settings
        self.models = models or manager(settings)
        self.background = Background()
        self.state: State = "new"
        self.on_trace: list[Callable[[str, Trace], None]] = []
        """Called with a pipeline's name and the trace of every ended request."""
        self.on_batch: list[Callable[[str, Pipeline[Any, Any], Batch], None]] = []
        """Called with a pipeline's name, the pipeline that has or had it, and every batch that ran."""
        self.served = {name: self._serve(name) for name in settings.pipelines}
        own = settings.own_network
        self._own = [] if own is None else [OwnNetwork(self.models[own_card(own).name])]
        self._over = False
        """Whether it has been told to drain or to stop, after which it does not start again."""
        self._life = asyncio.Lock()
        """A start or a stop ends before the next begins."""
        self._swap = asyncio.Lock()
        # What a swap replaces answers all that it has: no request has more time than that.
        self._changes = Changes(self.background, max(settings.drain_s, settings.request_timeout_s))
        self.up = asyncio.Event()
        """Set when it has become ready."""
        self.door = Flight()
        """Requests that were let in and are not answered yet, wherever they are."""

    def _serve(self, name: str) -> Served:
        application = find(name)
        served = Served(name, application, options(name, application, self.settings, {}), self.settings)
        served.pipeline = self._built(served, served.options)
        return served

    async def start(self) -> None:
        """Load and warm everything; the host is ready afterwards. One that is ready stays as it is.

        Raises:
            SiseonError: a model that cannot be loaded. What had started is stopped; so it is whatever else is raised,
                and when the caller is cancelled. It may be started again.
            CapacityError: ``shutting_down``: it has been told to drain or to stop, which is for good.
        """
        async with self._life:
            if self.state == "ready":
                return
            self._check_goes_on()
            self.state = "starting"
            try:
                await self._load()
            except BaseException:  # also when nobody waits for it any more
                self.state = "stopped"
                raise
            for served in self.served.values():
                at_work = served.pipeline.at_work_limit
                if at_work < self.settings.max_in_flight:
                    served.admission.few = at_work
            self.state = "ready"
            self.up.set()

    async def _load(self) -> None:
        pipelines = [served.pipeline for served in self.served.values()]
        expect(model for pipeline in pipelines for model in self.models_of(pipeline))
        own = [self.background.run(one.load) for one in self._own]
        starts = [*(pipeline.start() for pipeline in pipelines), *own]
        try:
            outcomes = await asyncio.gather(*starts, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
            self._check_goes_on()
        except BaseException:
            # Behind a load, which nothing interrupts.
            ends = [self.background.run(one.end) for one in self._own]
            await asyncio.gather(*(pipeline.stop() for pipeline in pipelines), *ends, return_exceptions=True)
            raise

    async def drain(self) -> None:
        """Take nothing new, and wait until what was accepted is answered (at most ``drain_s`` seconds)."""
        self._take_no_more()
        try:
            async with asyncio.timeout(self.settings.drain_s):
                await self.door.over()
                for served in self.served.values():
                    await served.admission.flight.over()
        except TimeoutError:
            self.models.patience.end_all()  # what waits for them is answered, with a failure

    async def stop(self) -> None:
        """Stop the pipelines and free the models, when a start, swaps and loans that are under way have ended. What was
        lent has been given back before."""
        self._take_no_more()
        async with self._life:
            await self._changes.over()
            await self._stop()

    def _take_no_more(self) -> None:
        self._over = True
        if self.state != "stopped":
            self.state = "draining"

    async def _stop(self) -> None:
        stops = [served.pipeline.stop(drain_s=self.settings.drain_s) for served in self.served.values()]
        outcomes = await asyncio.gather(*stops, return_exceptions=True)
        self.models.patience.end_all()  # a network with an endless loop would hold the process
        await asyncio.to_thread(self.background.close)
        for one in self._own:
            one.end()
        await asyncio.to_thread(self.models.close)
        self.state = "stopped"
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    @contextmanager
    def accepted(self) -> Iterator[None]:
        """A request that was let in: a drain waits until it has been answered.

        Raises:
            CapacityError: ``model_not_ready`` while models load, ``shutting_down`` later.
        """
        self._check_ready()
        self.door.add(1)
        try:
            yield
        finally:
            self.door.add(-1)

    def _check_ready(self) -> None:
        if self.state in ("new", "starting"):
            raise CapacityError(
                "the models are still loading",
                code=FailureCode.model_not_ready,
                hint="wait until /readyz says 200",
            )
        if self.state != "ready":
            raise _shutting_down()

    def _check_goes_on(self) -> None:
        if self._over:
            raise _shutting_down()

    def __getitem__(self, name: str) -> Served:
        """The pipeline of that name.

        Raises:
            InputError: ``pipeline_not_found``.
        """
        if name not in self.served:
            raise not_among(name, list(self.served), "no pipeline {} is served here", "served")
        return self.served[name]

    async def work(
        self,
        name: str | Pipeline[Any, Any],
        item: object,
        *,
        trace: Trace,
        timeout: float,
        flow: Flow,
        choices: Choices,
    ) -> Result[Any]:
        """Run one item of a job or a stream: nobody is at the door, since whoever sends it has counted what is under
        way. ``name``: of a pipeline that is served, or one that was lent.

        Raises:
            SiseonError: the item's named failure.
        """
        pipeline, told = (self[name].pipeline, name) if isinstance(name, str) else (name, type(name).__name__)
        return await call(pipeline, item, name=told, trace=trace, timeout=timeout, flow=flow, choices=choices)

    async def lend(self, name: str, options: Choices, *, replicas: int) -> Pipeline[Any, Any]:
        """One more pipeline of an application that is served, with options of its own, loaded and warm.

        Of a stage it has ``replicas`` at most, and its requests take turns with those of the one that is served:
        however many are lent, no more are at work. Its figures are told with those of that one. Who has it gives it
        back.

        Raises:
            InputError: ``pipeline_not_found``.
            SiseonError: what stops it from starting.
            CapacityError: the host is not ready.
        """
        served = self[name]
        self._check_ready()
        with self._changes.one():
            pipeline = self._built(served, options)
            pipeline.take_turns_with(lambda: served.pipeline)
            for stage in pipeline.stages().values():
                stage.replicas = min(stage.replicas, replicas)
            await self._changes.begin(pipeline, self.models_of(pipeline))
        return pipeline

    async def take_back(self, pipeline: Pipeline[Any, Any]) -> None:
        """Stop one that was lent, and unload the models that nobody else uses."""
        await self._changes.end(pipeline, self.models_of(pipeline))

    async def swap(self, name: str, changes: Mapping[str, JsonValue]) -> None:
        """Replace a pipeline by one with other options (other models, say) without losing a request.

        The new one loads and warms while the old one answers; then new requests go to the new one, and the old
        one stops when its last request is done. Models that nobody uses any more are unloaded.

        Raises:
            InputError: an option that the pipeline does not take.
            ModelError: the new model cannot be loaded, or does not do in that place; the old pipeline goes on.
            CapacityError: the host is not ready.
        """
        served = self[name]
        self._check_ready()
        with self._changes.one():
            async with self._swap:
                self._check_ready()  # others came before, and a drain or a stop may have
                stated_now = served.options.model_dump(exclude_unset=True)
                options = stated(served.application.options, {**stated_now, **changes})
                new = self._built(served, options)
                # Found now: once a pipeline lets go of its models, others may delete them.
                old_models = self.models_of(served.pipeline)
                try:
                    await self._changes.begin(new, self.models_of(new))
                except SiseonError as error:
                    if error.code.http_status == 500:
                        raise _unfit(name, error) from error
                    raise
                old, served.pipeline, served.options = served.pipeline, new, options
                with suppress(
                    SiseonError
                ):  # the new one serves: what the old one met is for the log, which has it
                    await self._changes.end(old, old_models)

    def models_of(self, pipeline: Pipeline[Any, Any]) -> list[Model]:
        """The models that the pipeline's stages use, as far as they are this host's: a stage may have others of its
        own, the language packs of the system for example."""
        refs = [ref for stage in pipeline.stages().values() for ref in stage.models()]
        return list({self.models.of(ref): None for ref in refs if ref.name in self.models.cards})

    def _built(self, served: Served, options: Choices) -> Pipeline[Any, Any]:
        pipeline = build(served.name, served.application, self.settings, options, self.models)
        pipeline.on_trace = lambda trace: self._tell_trace(served.name, trace)
        pipeline.on_batch = lambda batch: self._tell_batch(served.name, pipeline, batch)
        return pipeline

    def _tell_trace(self, name: str, trace: Trace) -> None:
        for listener in self.on_trace:
            listener(name, trace)

    def _tell_batch(self, name: str, pipeline: Pipeline[Any, Any], batch: Batch) -> None:
        for listener in self.on_batch:
            listener(name, pipeline, batch)


def _unfit(name: str, error: SiseonError) -> ModelError:
    """What new stages say of a model is a fault of who has chosen it, not of the service."""
    return ModelError(
        f"pipeline {name!r} cannot start with these models: {error.message}",
        code=FailureCode.model_load_failed,
        hint=error.hint or "the card must say what the network takes and answers, and the pipeline take that",
        stage=error.stage,
    )


def _shutting_down() -> CapacityError:
    return CapacityError(
        "the service is shutting down",
        code=FailureCode.shutting_down,
        hint="send the request again: another instance or the restarted one will take it",
    )
