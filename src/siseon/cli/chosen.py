"""From words on the command line to a pipeline, within the settings of this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from siseon.applications.application import AnyApplication
from siseon.applications.build import bounds, build, manager, options
from siseon.applications.options import Choices
from siseon.applications.registry import find
from siseon.cli.extras import need
from siseon.cli.program import is_the_program
from siseon.cli.stated import stated_settings
from siseon.cli.wrong import of_the_command
from siseon.contracts import InputError, ModelError
from siseon.engine import Pipeline
from siseon.engine.envelope import models_of
from siseon.media.bounds import MediaBounds
from siseon.media.film import EVERY_S
from siseon.models import ModelManager
from siseon.models.expected import expect

if TYPE_CHECKING:
    from siseon.cli.inputs import Sources
    from siseon.media.adopt import Picture

MARK = 12
"""Hexadecimal digits of the digest."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An application, and a pipeline of it that has not started."""

    name: str
    application: AnyApplication
    options: Choices
    pipeline: Pipeline[Picture, Any]
    models: ModelManager
    bounds: MediaBounds
    mark: str
    """Of the application and its options, but for those of its conclusion: results of the same mark are of one run."""

    def expect_weights(self) -> None:
        """Before the pipeline is started.

        Raises:
            ModelError: ``model_not_found``, with all that are missing.
        """
        refs = models_of(self.pipeline.stages().values())
        expect(self.models.of(ref) for ref in refs if ref.name in self.models.cards)

    def sources(self, words: Sequence[str], every_s: float = EVERY_S) -> Sources:
        """What the words of a command mean to this application: pictures, those of videos every so many seconds, or
        parts of videos. Blocks."""
        from siseon.cli.inputs import Sources

        parts = self.application.parts
        return Sources.of(words, every_s, parts and partial(parts, self.options, self.bounds))


@of_the_command()
def chosen(name: str, words: Sequence[str] = (), *, lone: bool = False) -> Chosen:
    """The application of that name with the options that ``name=value`` words and ``siseon.toml`` state.

    ``lone``: for one picture and no more.

    Raises:
        InputError: there is no such application, an unknown option, or a value that cannot be used.
        DependencyMissing: a library that it cannot run without.
    """
    application, settings = find(name), stated_settings()
    need(*application.extras)
    stated = options(name, application, settings, pairs(words))
    models = manager(settings, lone=lone, closed=is_the_program())
    pipeline = build(name, application, settings, stated, models)
    lasting = stated.model_dump_json(exclude=set(application.afterwards))  # secrets are masked in it
    told = f"{name} {lasting}".encode()
    mark = hashlib.sha256(told).hexdigest()[:MARK]
    return Chosen(name, application, stated, pipeline, models, bounds(settings), mark)


def models(on_damaged: Callable[[ModelError], object] | None = None) -> ModelManager:
    """The models of this machine; ``on_damaged``: hears of cards that cannot be used, in place of an exception."""
    return manager(stated_settings(), on_damaged)


@of_the_command()
def pairs(words: Sequence[str]) -> dict[str, str]:
    """``name=value`` words by name.

    Raises:
        InputError: a word without an equals sign.
    """
    values = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise InputError(f"--set {word!r}: expected NAME=VALUE", hint="--set min_score=0.5, for example")
        values[name.replace("-", "_")] = text
    return values
