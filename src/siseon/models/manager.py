"""All models of a process: found by name, loaded once, counted, unloaded when nothing runs in them."""

from __future__ import annotations

import difflib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Condition, Lock

from platformdirs import user_cache_path

from siseon.contracts import FailureCode, LabelMap, ModelError, ModelRef
from siseon.models.card import ModelCard, load_card
from siseon.models.catalogue import built_in_cards
from siseon.models.find import Located, locate, present
from siseon.models.labels import label_map
from siseon.models.resident import resident_bytes
from siseon.models.runtime import Array, OnnxSession
from siseon.models.stats import CallCounter, ModelStats


class Model:
    """Weights with a card. Made by a ModelManager; nothing is read from disk before ``load``."""

    def __init__(
        self,
        card: ModelCard,
        search_path: Sequence[Path],
        cache_dir: Path,
        threads: int,
        providers: Sequence[str] | None,
    ) -> None:
        self.card = card
        self._search_path = search_path
        self._cache_dir = cache_dir
        self._threads = threads
        self._providers = providers
        self._lock = Lock()
        self._idle = Condition()
        self._running = 0
        self._session: OnnxSession | None = None
        self._located: list[Located] = []
        self._counter = CallCounter()
        self._resident = 0

    def load(self) -> None:
        """Find, verify and load the weights; once, however often and from wherever it is called.

        Raises:
            ModelError: missing, wrong or damaged weights, with the command that mends it.
        """
        with self._lock:
            if self._session is not None:
                return
            before = resident_bytes()
            located = locate(self.card, self._search_path, self._cache_dir)
            network = next((found for found in located if found.path.suffix == ".onnx"), None)
            if network is None:
                raise ModelError(
                    f"the card of {self.card.name!r} names no .onnx file", code=FailureCode.model_load_failed
                )
            session = OnnxSession(
                network.path,
                threads=self._threads,
                providers=self._providers,
                open_sizes=self.card.input.open_sizes,
            )
            self._located, self._session = located, session
            # Memory that was freed earlier may be used again without growth: never less than the weights.
            self._resident = max(network.path.stat().st_size, resident_bytes() - before)

    def unload(self) -> None:
        """Wait for runs in flight, then free the weights. A later ``load`` brings them back."""
        with self._lock:
            with self._idle:
                self._idle.wait_for(lambda: not self._running)
                self._session = None
            self._resident = 0

    def warm_up(self, batches: Sequence[Mapping[str, Array]]) -> None:
        """Run each batch once, uncounted: allocations and kernel choices happen now, not on a request."""
        for feeds in batches:
            self.session.run(feeds)

    def run(self, feeds: Mapping[str, Array], *, items: int = 1) -> dict[str, Array]:
        """Run one batch; ``items`` is how many of the caller's items are in it.

        Raises:
            SiseonError: see ``OnnxSession.run``; ``model_load_failed`` when the model is not loaded.
        """
        with self._idle:
            session = self.session
            self._running += 1
        start = time.perf_counter()
        try:
            return session.run(feeds)
        finally:
            self._counter.add(time.perf_counter() - start, items)
            with self._idle:
                self._running -= 1
                if not self._running:
                    self._idle.notify_all()

    @property
    def session(self) -> OnnxSession:
        """The loaded network: its ports, providers and metadata."""
        if self._session is None:
            raise ModelError(
                f"model {self.card.name!r} is not loaded",
                code=FailureCode.model_load_failed,
                hint="call load() in the stage's setup()",
            )
        return self._session

    @property
    def input_name(self) -> str:
        """The name of the network's only input."""
        return self.session.inputs[0].name

    @property
    def loaded(self) -> bool:
        """Whether ``run`` is possible."""
        return self._session is not None

    @property
    def on_accelerator(self) -> bool:
        """Whether the loaded network runs elsewhere than on the CPU."""
        return self.session.providers[0] != "CPUExecutionProvider"

    @property
    def files(self) -> Sequence[Located]:
        """Where the loaded files lie, with their hashes; empty before ``load``."""
        return tuple(self._located)

    @property
    def ref(self) -> ModelRef:
        """Name, version and hash, as results carry them."""
        sha256 = self._located[0].sha256 if self._located else self.card.files[0].sha256 or ""
        return ModelRef(name=self.card.name, version=self.card.version, sha256=sha256)

    @property
    def labels(self) -> LabelMap:
        """The classes of the outputs."""
        return label_map(self.card)

    @property
    def stats(self) -> ModelStats:
        """Calls, items, times and memory since the start."""
        return self._counter.stats(self._resident)


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
        if name in self._models and self._models[name].loaded:
            taken = taken or "is loaded"
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
        self.check_name(card.name)
        known = self.cards
        with self._lock:
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
        """Unload everything."""
        for model in self._models.values():
            model.unload()

    def _folders(self, name: str) -> tuple[Path, ...]:
        """The search path, each folder together with a subfolder that holds the model's own card."""
        return tuple(part for folder in self.search_path for part in (folder, folder / name))


def _card_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "card.toml", *sorted(folder.glob("*/card.toml"))) if path.is_file()]
