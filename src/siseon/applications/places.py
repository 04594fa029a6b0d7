"""Where the stages of a pipeline compute, as the settings say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from siseon.applications.registry import names
from siseon.contracts import InputError
from siseon.engine import Pipeline
from siseon.settings import Place, Settings


def put_in_place(name: str, pipeline: Pipeline[Any, Any], settings: Settings) -> None:
    """Give each stage of the pipeline of that name its placement; those in processes share memory.

    Raises:
        InputError: the settings name a pipeline or a stage that there is not.
    """
    wanted = _wanted(name, settings)
    stages = pipeline.stages()
    if not isinstance(wanted, Mapping):
        wanted = dict.fromkeys(stages, wanted)
    for called in wanted:
        if called not in stages:
            raise InputError(
                f"placement: pipeline {name!r} has no stage {called!r}", hint=f"it has {', '.join(stages)}"
            )
    apart = [stages[called] for called, place in wanted.items() if place == "processes"]
    if apart:
        from siseon.engine.placement.processes import Processes

        processes = Processes()
        for stage in apart:
            stage.placement = processes


def _wanted(name: str, settings: Settings) -> Place | Mapping[str, Place]:
    placement = settings.placement
    if not isinstance(placement, Mapping):
        return placement
    unknown = sorted(placement.keys() - set(names()))
    if unknown:
        raise InputError(
            f"placement: there is no pipeline called {unknown[0]!r}", hint=f"pipelines: {', '.join(names())}"
        )
    return placement.get(name, "threads")
