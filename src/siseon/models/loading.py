"""How the network of a card comes into memory, here and in worker processes: from which files, and on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from siseon.contracts import FailureCode, ModelError
from siseon.models.arena import MAX_BYTES
from siseon.models.card import InputSpec, ModelCard, WeightFile
from siseon.models.catalogue import built_in_cards
from siseon.models.find import Located, absent, locate
from siseon.models.patience import Patience
from siseon.models.resident import measured
from siseon.models.runtime import RUN_S, OnnxSession, Sides

READS = "text-recognize"
"""The task whose networks are run as they were published; to read one for changes takes 13 ms of a first answer."""
ENGINES = "tensorrt"
"""Folder of the cache in which TensorRT keeps what it has compiled."""


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """A network in memory."""

    session: OnnxSession
    files: tuple[Located, ...]
    resident_bytes: int
    first_runs: Counter[Hashable] = field(default_factory=Counter)
    """Before any request, by the sizes of what they were given."""


@dataclass(frozen=True, slots=True)
class Loading:
    """What a model is loaded with; a copy in a worker process takes it along."""

    search_path: Sequence[Path]
    cache_dir: Path
    threads: int
    """That compute one call."""
    providers: Sequence[str] | None
    """Where networks run, best first; None for all that are there."""
    home: Path | None = None
    """The only folder that its files are taken from, where it was registered with its files; then it computes in
    ``registered_bytes``, with all others of that kind."""
    run_s: float = RUN_S
    """Seconds after which a run is ended."""
    registered_bytes: int = MAX_BYTES
    warm_ups: int = 1
    """How often who loads it for a stage runs it before the first request; 0: never, for who has one request and no
    more."""
    one_arena: bool = False
    """It computes in that of all networks, see ``arena.py``."""

    def absent(self, card: ModelCard) -> list[WeightFile]:
        """The files of a card that lie nowhere now; those that do are not verified."""
        return absent(card, self.search_path, self.cache_dir, self.home)

    def load(self, card: ModelCard, patience: Patience) -> LoadedWeights:
        """Find, verify and load the weights of a card.

        Raises:
            ModelError: missing, wrong or damaged weights, with the command that mends it.
        """
        located = locate(card, self.search_path, self.cache_dir, self.home)
        network = next((found.path for found in located if found.path.suffix == ".onnx"), None)
        if network is None:
            raise ModelError(
                f"the card of {card.name!r} names no .onnx file", code=FailureCode.model_load_failed
            )
        make = partial(
            OnnxSession,
            network,
            threads=self.threads,
            providers=self.providers,
            open_sizes=card.input.open_sizes,
            sides=_sides(card.input),
            features=card.output.features,
            patience=patience,
            run_s=self.run_s,
            arena_bytes=None if self.home is None else self.registered_bytes,
            one_arena=self.one_arena,
            engines=self.cache_dir / ENGINES,
            known=self.home is None and _is_of_the_catalogue(card),
            as_it_is=card.task == READS,
        )
        # Networks are measured one after the other, and a lone request would wait for that.
        session, growth = measured(make) if self.warm_ups else (make(), 0)
        # Never less than the weights, where growth misses them: they lie on an accelerator, another model was
        # unloaded meanwhile, or the system tells no more than the peak (not Linux).
        return LoadedWeights(session, tuple(located), max(network.stat().st_size, growth))


def _sides(spec: InputSpec) -> Sides | None:
    if spec.open_sides is None or spec.height is None or spec.width is None:
        return None
    return Sides(spec.open_sides, spec.height, spec.width)


def _is_of_the_catalogue(card: ModelCard) -> bool:
    """Whether its files were found to be those that the catalogue names by their hashes."""
    return built_in_cards().get(card.name) == card and all(file.sha256 is not None for file in card.files)
