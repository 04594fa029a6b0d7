"""All models of a process, found by name; each is one object, however often it is asked for."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from platformdirs import user_cache_path

from siseon.contracts import FailureCode, ModelError
from siseon.models.card import ModelCard, load_card
from siseon.models.catalogue import built_in_cards
from siseon.models.find import present
from siseon.models.model import Model

log = logging.getLogger("siseon.models")


class ModelManager:
    """The models that this process knows: the catalogue, and the cards found on the search path."""

    def __init__(
        self,
        *,
        search_path: Sequence[Path] = (),
        cache_dir: Path | None = None,
        threads: int = 1,
        providers: Sequence[str] | None = None,
        cards: Sequence[ModelCard] = (),
    ) -> None:
        """``threads`` is per call: stages run several calls at once in their replicas.

        A card on the search path (``FOLDER/card.toml``, ``FOLDER/NAME/card.toml``) replaces one of the catalogue
        with the same name, and ``cards`` replace both.
        """
        self.search_path = tuple(Path(folder) for folder in search_path)
        self.cache_dir = cache_dir or user_cache_path("siseon") / "models"
        self._threads = threads
        self._providers = providers
        self._extra = tuple(cards)
        self._cards: dict[str, ModelCard] | None = None
        self._models: dict[str, Model] = {}
        self._lock = Lock()

    @property
    def cards(self) -> Mapping[str, ModelCard]:
        """All known cards by name.

        Raises:
            ModelError: a card on the search path is damaged.
        """
        if self._cards is None:
            found = [load_card(path) for folder in self.search_path for path in _card_files(folder)]
            self._cards = built_in_cards() | {card.name: card for card in (*reversed(found), *self._extra)}
        return self._cards

    def __getitem__(self, name: str) -> Model:
        """The model of that name, one object however often it is asked for; not loaded yet.

        Raises:
            ModelError: ``model_not_found``.
        """
        if name not in self.cards:
            close = difflib.get_close_matches(name, self.cards, n=3)
            near = f"did you mean {' or '.join(close)}? " if close else ""
            raise ModelError(
                f"there is no model called {name!r}",
                code=FailureCode.model_not_found,
                hint=f"{near}`siseon models list` shows all of them",
            )
        with self._lock:
            if name not in self._models:
                card = self.cards[name]
                folders = self._folders(name)
                self._models[name] = Model(card, folders, self.cache_dir, self._threads, self._providers)
            return self._models[name]

    def check_name(self, name: str) -> None:
        """Whether a new model may be called so.

        Raises:
            ModelError: ``model_load_failed``: a model of that name is loaded, or is one of the catalogue.
        """
        taken = "is a model of the catalogue" if name in built_in_cards() else ""
        if name in self._models and self._models[name].state != "unloaded":
            taken = taken or f"is {self._models[name].state}"
        if taken:
            raise ModelError(
                f"{name!r} {taken}",
                code=FailureCode.model_load_failed,
                hint="give the card another name, or unload the model first",
            )

    def register(self, card: ModelCard, folder: Path) -> Model:
        """Make a model known whose files lie in ``folder`` / its name; not loaded yet.

        Raises:
            ModelError: see ``check_name``.
        """
        known = self.cards
        with self._lock:
            self.check_name(card.name)
            self._models.pop(card.name, None)
            self._cards = {**known, card.name: card}
            if folder not in self.search_path:
                self.search_path = (*self.search_path, folder)
        return self[card.name]

    def list(self) -> list[tuple[ModelCard, Path | None]]:
        """Every known card and where its weights lie (not verified), None when they are missing."""
        return [
            (card, present(card, self._folders(name), self.cache_dir)) for name, card in self.cards.items()
        ]

    def close(self) -> None:
        """Unload everything but what is still in use: a stage that is stuck holds its model, and the log says so."""
        for model in list(self._models.values()):
            if not model.unload_if_unused():
                log.warning("model %s is still in use and stays loaded", model.card.name)

    def _folders(self, name: str) -> tuple[Path, ...]:
        """The search path, each folder together with a subfolder that holds the model's own card."""
        return tuple(part for folder in self.search_path for part in (folder, folder / name))


def _card_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "card.toml", *sorted(folder.glob("*/card.toml"))) if path.is_file()]
