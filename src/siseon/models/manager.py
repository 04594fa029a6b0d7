"""All models of a process, found by name; each is one object, however often it is asked for."""

from __future__ import annotations

import difflib
import logging
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import cast

from platformdirs import user_cache_path

from siseon.contracts import FailureCode, InputError, ModelError, ModelRef
from siseon.models.arena import MAX_BYTES
from siseon.models.card import ModelCard, load_card
from siseon.models.catalogue import built_in_cards
from siseon.models.find import present, unreadable
from siseon.models.loading import Loading
from siseon.models.model import Model
from siseon.models.patience import Patience
from siseon.models.registered import CARD, Registered, version_order
from siseon.models.runtime import RUN_S

log = logging.getLogger("siseon.models")

MOST_OF_A_NAME = 80
"""Characters of a name that nobody knows that are compared and told back."""


class ModelManager:
    """The models that this process knows: the catalogue, the cards on the search path, and those registered."""

    def __init__(
        self,
        *,
        search_path: Sequence[Path] = (),
        cache_dir: Path | None = None,
        registered: Path | None = None,
        threads: int = 1,
        providers: Sequence[str] | None = None,
        cards: Sequence[ModelCard] = (),
        run_s: float = RUN_S,
        registered_bytes: int = MAX_BYTES,
        warm_ups: int = 1,
        one_arena: bool = False,
        on_damaged: Callable[[ModelError], object] | None = None,
    ) -> None:
        """``threads`` is per call: stages run several calls at once in their replicas.

        A card on the search path (``FOLDER/card.toml``, ``FOLDER/NAME/card.toml``) replaces one of the catalogue
        with the same name, and ``cards`` replace both. ``registered`` is the folder of the models that come at run
        time, each version beside the others, and ``registered_bytes`` what all of these may compute in; ``run_s``
        seconds after which a run is ended; ``warm_ups``: how often a stage's network is run when it is loaded; 0 where
        a lone request would wait for it; ``one_arena``: of a process to which no models come, whose networks compute in
        one place then, unless some are known that came before (see ``arena.py``).
        ``on_damaged`` hears of each card and folder of the search path that cannot be read, and the others are there;
        without it the first one is raised, since the catalogue's model of that name would be taken instead.
        """
        self.search_path = tuple(Path(folder) for folder in search_path)
        self.cache_dir = cache_dir or user_cache_path("siseon") / "models"
        self.registered = Registered(registered) if registered is not None else None
        self.warm_ups = warm_ups
        self._loading = Loading(
            self.search_path,
            self.cache_dir,
            threads,
            providers,
            run_s=run_s,
            registered_bytes=registered_bytes,
            warm_ups=warm_ups,
            one_arena=one_arena,
        )
        self._extra = tuple(cards)
        self._on_damaged = on_damaged
        self.patience = Patience()
        """With the loads and runs of all models; ``end_all`` when the process goes."""
        self._cards: Mapping[str, ModelCard] | None = None
        self._versions: dict[str, dict[str, ModelCard]] = {}
        """Cards of registered models by name and version, oldest version first."""
        self._models: dict[str, Model] = {}
        """By name; by name and version (``name@version``) those that were registered."""
        self._lock = RLock()

    @property
    def cards(self) -> Mapping[str, ModelCard]:
        """All known cards by name; of a registered model that of its newest version.

        Raises:
            ModelError: a card on the search path is damaged; a registered one is left out with a warning instead.
        """
        with self._lock:
            fixed = self._fixed()
            newest = {name: next(reversed(kept.values())) for name, kept in self._versions.items()}
            return {**newest, **fixed}

    def __getitem__(self, name: str) -> Model:
        """The model of that name, one object however often it is asked for; not loaded yet.

        ``name@version`` is that version of a registered model; the name alone its newest version that is loaded,
        and the newest of all where none is: a version that is registered takes no traffic before it is loaded.

        Raises:
            ModelError: ``model_not_found``.
        """
        with self._lock:
            fixed = self._fixed()
            base, at, version = name.partition("@")
            versions = self._versions.get(base, {})
            if versions and not at:
                models = [self._made(card) for card in reversed(versions.values())]
                return next((model for model in models if model.loaded), models[0])
            if version in versions:
                return self._made(versions[version])
            if not at and base in fixed:
                return self._made(fixed[base])
            if versions:
                hint = f"versions of {base}: {', '.join(versions)}"
            else:
                close = difflib.get_close_matches(name[:MOST_OF_A_NAME], self.cards, n=3)
                hint = f"did you mean {' or '.join(close)}? " if close else ""
                hint += "`siseon models list` shows all of them"
            raise ModelError(
                f"there is no model called {name[:MOST_OF_A_NAME]!r}",
                code=FailureCode.model_not_found,
                hint=hint,
            )

    def of(self, ref: ModelRef) -> Model:
        """The model that a result or a stage names, in the version that it names.

        Raises:
            ModelError: ``model_not_found``.
        """
        with self._lock:
            return self[f"{ref.name}@{ref.version}" if ref.name in self._versions else ref.name]

    def versions(self, name: str) -> Sequence[Model]:
        """All versions of a model, the newest first; one where it was not registered.

        Raises:
            ModelError: ``model_not_found``.
        """
        with self._lock:
            model = self[name]
            cards = self._versions.get(name, {})
            return [self._made(card) for card in reversed(cards.values())] or [model]

    def register(self, card: ModelCard, text: bytes, files: Mapping[str, bytes]) -> Model:
        """Keep a model that came with its files; not loaded yet.

        Raises:
            InputError, ModelError: see ``Registered.store``; ``model_exists`` also for a name of the catalogue or the
                search path.
        """
        if self.registered is None:
            raise InputError("models cannot be registered here", hint="serve with a SISEON_CACHE_DIR")
        with self._lock:
            if card.name in self._fixed():
                raise ModelError(
                    f"{card.name!r} is a model of the catalogue or of SISEON_MODEL_PATH",
                    code=FailureCode.model_exists,
                    hint="give the card another name",
                )
        self.registered.store(card, text, files)
        with self._lock:
            self._keep(card)
            return self[f"{card.name}@{card.version}"]

    def delete(self, models: Sequence[Model]) -> None:
        """Forget registered versions and remove their files; where one is in use, none.

        Who holds one of these objects cannot load it any more: the next that is registered in its place has other
        files, and is another object.

        Raises:
            ModelError: ``model_in_use``, ``model_not_found``: see ``Model.retire``; ``model_exists``: one was not
                registered, so it is not this service's to delete; ``storage_failed``: it and those after it stay.
        """
        retired: list[Model] = []
        try:
            for model in models:
                _check_registered(model)
                model.retire()
                retired.append(model)
            while retired:
                self._delete(retired[0])
                del retired[0]
        finally:
            for model in retired:
                model.restore()

    def _delete(self, model: Model) -> None:
        """The name goes first: while it is known its files must be there."""
        card = model.card
        with self._lock:
            del self._models[_key(card)]
            kept = self._versions[card.name]
            del kept[card.version]
            if not kept:
                del self._versions[card.name]
        assert self.registered is not None  # noqa: S101 - it has a home there
        try:
            self.registered.delete(card)
        except ModelError:
            with self._lock:
                self._keep(card)
                self._models[_key(card)] = model
            raise

    def all(self) -> Sequence[Model]:
        """All versions of all models, as they are known at one moment."""
        with self._lock:
            return [model for name in self.cards for model in self.versions(name)]

    def list(self) -> list[tuple[ModelCard, Path | None]]:
        """Every known card and where its weights lie (not verified), None when they are missing."""
        return [
            (card, present(card, self._folders(name), self.cache_dir, self._home(card)))
            for name, card in self.cards.items()
        ]

    def close(self) -> None:
        """Unload everything but what is still in use: a stage that is stuck holds its model, and the log says so."""
        for model in list(self._models.values()):
            if not model.unload_if_unused():
                log.warning("model %s is still in use and stays loaded", model.card.name)

    def _fixed(self) -> Mapping[str, ModelCard]:
        """The cards that stay as they are; read once, and those of registered models with them."""
        if self._cards is None:
            found = [card for folder in self.search_path for card in self._in_folder(folder)]
            own = {card.name: card for card in (*reversed(found), *self._extra)}
            self._cards = ChainMap(own, cast("dict[str, ModelCard]", built_in_cards()))
            for card in self.registered.cards() if self.registered is not None else ():
                if card.name in self._cards:
                    log.warning("a registered model is hidden by one of that name: %s", card.name)
                else:
                    self._keep(card)
        return self._cards

    def _in_folder(self, folder: Path) -> Iterator[ModelCard]:
        try:
            paths = [
                path for path in (folder / CARD, *sorted(folder.glob(f"[!.]*/{CARD}"))) if path.is_file()
            ]
        except OSError as error:
            self._damaged(unreadable(error.filename or folder, error))
            return
        for path in paths:
            try:
                yield load_card(path)
            except ModelError as error:
                self._damaged(error)

    def _damaged(self, error: ModelError) -> None:
        if self._on_damaged is None:
            raise error
        self._on_damaged(error)

    def _keep(self, card: ModelCard) -> None:
        versions = {**self._versions.get(card.name, {}), card.version: card}
        self._versions[card.name] = dict(sorted(versions.items(), key=lambda pair: version_order(pair[0])))

    def _made(self, card: ModelCard) -> Model:
        home = self._home(card)
        key = card.name if home is None else _key(card)
        if key not in self._models:
            loading = replace(
                self._loading,
                search_path=self._folders(card.name),
                home=home,
                one_arena=self._loading.one_arena and not self._versions,
            )
            self._models[key] = Model(card, loading, self.patience)
        return self._models[key]

    def _home(self, card: ModelCard) -> Path | None:
        if self.registered is None or self._versions.get(card.name, {}).get(card.version) is not card:
            return None
        return self.registered.home(card)

    def _folders(self, name: str) -> tuple[Path, ...]:
        """The search path, each folder together with a subfolder that holds the model's own card."""
        return tuple(part for folder in self.search_path for part in (folder, folder / name))


def _check_registered(model: Model) -> None:
    if model.home is None:
        raise ModelError(
            f"model {model.card.name!r} was not registered: its files are not deleted",
            code=FailureCode.model_exists,
            hint="only what POST /v1/models has brought can be deleted",
        )


def _key(card: ModelCard) -> str:
    return f"{card.name}@{card.version}"
