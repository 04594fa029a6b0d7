"""Models at run time: load, warm, run, count and unload them while the service answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.hosting.host import Host
from siseon.hosting.infer import Infer
from siseon.models import Model, ModelCard, ModelHold
from siseon.models.blank import blank_feeds
from siseon.models.resident import give_back, resident_bytes

log = logging.getLogger("siseon.models")


@dataclass(frozen=True, slots=True)
class Unloaded:
    """What an unload gave back."""

    name: str
    resident_before: int
    resident_after: int
    """Bytes of the whole process, measured."""

    @property
    def freed_bytes(self) -> int:
        """What the process shrank by."""
        return self.resident_before - self.resident_after


class Repository:
    """The models that are loaded in this service, those of its pipelines included."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._running: dict[Model, Infer] = {}
        self._held: dict[Model, ModelHold] = {}
        """Models that clients have loaded: they stay until a client unloads them, whatever the pipelines do."""
        self._change = asyncio.Lock()

    async def __aenter__(self) -> Repository:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.host.models.patience.end_all()  # the drain is over; an endless run would wait for another one
        for stage in self._running.values():
            await stage.stop()
        self._running.clear()
        for hold in self._held.values():
            hold.end()

    def model(self, name: str, version: str | None = None) -> Model:
        """The model of that name, in that version; without one see ``ModelManager``.

        Raises:
            ModelError: ``model_not_found``.
        """
        if not version:
            return self.host.models[name]
        versions = self.host.models.versions(name)
        for model in versions:
            if model.card.version == version:
                return model
        raise ModelError(
            f"model {name!r} has no version {version[:40]!r}",
            code=FailureCode.model_not_found,
            hint=f"there is {', '.join(model.card.version for model in versions)}",
        )

    def users(self, model: Model) -> list[str]:
        """The pipelines that use a model."""
        return [
            served.name
            for served in self.host.served.values()
            if model in self.host.models_of(served.pipeline)
        ]

    async def stage(self, model: Model) -> Infer:
        """The loaded model as a stage.

        Raises:
            ModelError: ``model_not_loaded``: no request loads a model; ``model_not_ready`` on its way in or out.
        """
        if model.state == "unloaded":
            raise _not_loaded(model)
        _ = model.session  # says what else it is, if it is not loaded
        running = self._running.get(model)
        if running is not None:
            return running
        made = Infer(model)
        await made.start()
        there = self._running.setdefault(model, made) if model.loaded else None
        if there is not made:  # another request was faster, or an unload
            await made.stop()
        if there is None:
            raise _not_loaded(model)
        return there

    async def loaded(self) -> list[Infer]:
        """All that are loaded, as stages."""
        found: list[Infer] = []
        for model in self.host.models.all():
            try:
                found.append(await self.stage(model))
            except ModelError:  # it is not loaded, or not any more
                continue
        return found

    async def load(self, model: Model, warm_up: int | None = None) -> Infer:
        """Load a model and run it ``warm_up`` times on zeros; requests go on meanwhile. It stays until ``unload``, or
        until as many are loaded as may be and it is the one that was used longest ago.

        Raises:
            ModelError: missing, wrong or damaged weights, or a network that cannot run; it is not kept then.
        """
        async with self._change:
            await self._make_room(model)
            hold = self._held.setdefault(model, ModelHold(model.acquire))
            try:
                await self.host.background.run(hold.begin)
                await self.warm_up(model, warm_up or model.warm_ups)
            except BaseException:  # whatever it was: what could not be warmed up is not kept
                del self._held[model]
                await asyncio.shield(self.host.background.run(partial(_drop, model, hold)))
                raise
        return await self.stage(model)

    async def warm_up(self, model: Model, iterations: int) -> None:
        """Run a loaded model on zeros, uncounted.

        Raises:
            ModelError: it is not loaded, or the network cannot run.
        """
        feeds = blank_feeds(model)
        await self.host.background.run(lambda: model.warm_up([feeds] * iterations))

    async def unload(self, model: Model) -> Unloaded:
        """Wait for runs in flight, free the weights, and measure what that gave back.

        Runs meet ``model_not_ready`` meanwhile. What ``load`` held is given up, even if the unload fails.

        Raises:
            ModelError: ``model_in_use``: a pipeline has just taken it (a swap, say).
            InputError: ``model_in_use``: a pipeline uses it.
        """
        name = model.card.name
        self._check_unused(model)
        async with self._change:
            self._let_go(model)
            await self._stop(model)
            before = resident_bytes()
            await asyncio.to_thread(model.unload)
            await self._stop(model)  # a request has found it loaded a moment ago
            await asyncio.to_thread(give_back)
            return Unloaded(name, before, resident_bytes())

    async def _make_room(self, coming: Model) -> None:
        """Unload what clients have loaded and used longest ago, until one more may be loaded."""
        most = self.host.settings.max_loaded_models
        if most is None:
            return
        others = [model for model in self._held if model is not coming and not self.users(model)]
        others.sort(key=lambda model: self._running[model].used_at if model in self._running else 0.0)
        for model in others[: max(0, len(others) - most + 1)]:
            log.info(
                "unloaded the model that was used longest ago",
                extra={"model": model.card.name, "for": coming.card.name, "limit": most},
            )
            self._let_go(model)
            await self._stop(model)
            await asyncio.to_thread(model.unload_if_unused)  # not if a pipeline has just taken it

    async def register(self, card: ModelCard, text: bytes, files: Mapping[str, bytes]) -> Model:
        """Keep a model that came with its files; not loaded yet.

        Raises:
            InputError, ModelError: see ``ModelManager.register``; ``model_exists`` also for the name of a pipeline,
                which is asked under the same address.
        """
        if card.name in self.host.served:
            raise ModelError(
                f"{card.name!r} is the name of a pipeline",
                code=FailureCode.model_exists,
                hint="give the card another name",
            )
        return await asyncio.to_thread(self.host.models.register, card, text, files)

    async def delete(self, models: Sequence[Model]) -> None:
        """Forget registered models and remove their files; all of them or, while one is in use, none.

        Raises:
            InputError: ``model_in_use``: a pipeline uses one, even while its workers start again.
            ModelError: see ``ModelManager.delete``.
        """
        async with self._change:
            for model in models:
                self._check_unused(model)
            await asyncio.to_thread(self.host.models.delete, models)
            for model in models:
                self._let_go(model)
                await self._stop(model)

    def _check_unused(self, model: Model) -> None:
        users = self.users(model)
        if users:
            raise InputError(
                f"model {model.card.name!r} is at work in pipeline {', '.join(users)}",
                code=FailureCode.model_in_use,
                hint=f"swap it for another first: PATCH /v1/pipelines/{users[0]}",
            )

    def _let_go(self, model: Model) -> None:
        hold = self._held.pop(model, None)
        if hold is not None:
            hold.end()

    async def _stop(self, model: Model) -> None:
        stage = self._running.pop(model, None)
        if stage is not None:
            stage.unloading = True
            await stage.stop()


def _drop(model: Model, hold: ModelHold) -> None:
    """Behind the load that it ends, which nothing interrupts. Blocks."""
    hold.end()
    model.unload_if_unused()


def _not_loaded(model: Model) -> ModelError:
    name = model.card.name
    return ModelError(
        f"model {name!r} is not loaded",
        code=FailureCode.model_not_loaded,
        hint=f"POST /v2/repository/models/{name}/load, or /v1/models/{name}/versions/{model.card.version}/load",
    )
