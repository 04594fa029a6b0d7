"""From settings to a pipeline, for all who run one: what is set once holds everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siseon.applications.application import AnyApplication
from siseon.applications.guarded import failures_named
from siseon.applications.options import Choices, stated
from siseon.applications.places import put_in_place
from siseon.contracts import ModelError
from siseon.engine import Pipeline
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.models import ModelManager
from siseon.models.own import own_card
from siseon.models.providers import NAMES
from siseon.settings import Settings

if TYPE_CHECKING:
    from siseon.media.adopt import Picture


def build(
    name: str, application: AnyApplication, settings: Settings, options: Choices, models: ModelManager
) -> Pipeline[Picture, Any]:
    """The pipeline of that name, not started, within the settings' bounds and limits, its stages in their places.

    Raises:
        ModelError: ``model_not_found``.
        StageFailed: the application cannot make it.
        InputError: ``placement`` names a pipeline or a stage that there is not.
    """
    with failures_named(f"making the pipeline {name!r}"):
        pipeline = application.kind(models, options, bounds=bounds(settings))
    pipeline.max_in_flight = settings.max_in_flight
    if settings.max_at_work is not None:
        pipeline.max_at_work = settings.max_at_work
    put_in_place(name, pipeline, settings)
    return pipeline


def options(
    name: str, application: AnyApplication, settings: Settings, values: Mapping[str, object]
) -> Choices:
    """The application's options: ``values``, then what ``siseon.toml`` says of it, then the defaults.

    Raises:
        InputError: an unknown name, or a value that cannot be used.
    """
    wanted: type[Choices] = application.options
    return stated(wanted, {**settings.options_of(name), **values})


def expect(name: str, application: AnyApplication, options: Choices, names: Sequence[str]) -> None:
    """Let the application look at the names of all pictures of a run, before it begins.

    Raises:
        SiseonError: it could not tell them apart; ``stage_failed`` for what else it raises.
    """
    if application.expect is not None:
        with failures_named(f"expect of {name!r}"):
            application.expect(options, names)


def manager(
    settings: Settings,
    on_damaged: Callable[[ModelError], object] | None = None,
    registered: Path | None = None,
    *,
    lone: bool = False,
    closed: bool = False,
) -> ModelManager:
    """The models that the settings name, and those that clients of a service have registered.

    ``on_damaged``: hears of cards that cannot be used, in place of an exception. ``registered``: another folder of
    registered models. ``lone``: for one request and no more, which would wait for the first runs of the networks, and
    has all cores for each call unless ``threads`` are stated. ``closed``: no models come while the process runs.

    Raises:
        InputError, ModelError: ``own_network`` cannot be used.
    """
    own = settings.own_network
    beside = () if own is None else (own if own.is_dir() else own.parent,)
    return ModelManager(
        search_path=(*settings.model_path, *beside),
        providers=[NAMES[name] for name in settings.providers] or None,
        cards=() if own is None else (own_card(own),),
        cache_dir=settings.cache_dir / "models",
        registered=registered or settings.registered,
        threads=cores() if lone and "threads" not in settings.model_fields_set else settings.threads,
        run_s=settings.run_timeout_s,
        registered_bytes=settings.registered_bytes,
        warm_ups=0 if lone else settings.warm_up,
        one_arena=closed,
        on_damaged=on_damaged,
    )


def bounds(settings: Settings) -> MediaBounds:
    """What is accepted of one picture."""
    return MediaBounds(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels)
