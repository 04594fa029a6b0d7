"""One model: its card, its weights while somebody needs them, and what it has done."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from siseon.contracts import FailureCode, LabelMap, ModelError, ModelRef, SiseonError
from siseon.models.buffers import Buffers
from siseon.models.card import ModelCard, WeightFile
from siseon.models.copies import CopyReport, InWorker
from siseon.models.find import Located
from siseon.models.labels import label_map
from siseon.models.lease import ModelLease
from siseon.models.lifecycle import LifeCycle, State
from siseon.models.loading import LoadedWeights, Loading
from siseon.models.patience import Patience
from siseon.models.ports import Array
from siseon.models.providers import ACCELERATORS
from siseon.models.resident import give_back
from siseon.models.rest import REST_S, Rest
from siseon.models.runtime import OnnxSession
from siseon.models.stats import CallCounter, ModelStats

ACQUIRE_WAIT_S = 300.0
"""How long an ``acquire`` waits for another thread that loads: hundreds of megabytes from a slow disk take minutes."""


class Model:
    """Weights with a card. Made by a ModelManager; nothing is read from disk before ``acquire`` or ``load``.

    Sent to a worker process it is made there again from its card and folders, and loads weights of its own. The copy
    reports to this object, whose figures are those of all copies, and which is in use while one of them has weights.
    """

    def __init__(self, card: ModelCard, loading: Loading, patience: Patience | None = None) -> None:
        """``patience`` ends loads and runs that take too long; without one it has its own."""
        self.card = card
        self._loading = loading
        self._patience = patience or Patience()
        self._life = LifeCycle(card.name, self._open)
        self._files: tuple[Located, ...] = ()
        self._counter = CallCounter()
        self._rest = Rest()
        self._in_workers: dict[str, InWorker] = {}
        self._told: InWorker | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """In a worker runs that take too long are ended by a patience of its own."""
        return Model, (self.card, self._loading)

    @property
    def home(self) -> Path | None:
        """The folder that it was registered in; None for others."""
        return self._loading.home

    @property
    def warm_ups(self) -> int:
        """How often who loads it for a stage runs it before the first request."""
        return self._loading.warm_ups

    def report(self) -> CopyReport | None:
        """What has become of this copy since its last report; None for nothing."""
        loaded = self._life.loaded
        weights = None
        if loaded is not None:
            weights = InWorker(loaded.session.providers, self._files, loaded.resident_bytes)
        calls = self._counter.take_untold()
        if not calls and weights == self._told:
            return None
        self._told = weights
        return CopyReport(calls, weights)

    def idle(self) -> None:
        """Give back, in a worker that has nothing to do, what this copy computed in and what the allocator has free."""
        self.rest()
        give_back()

    def hear(self, worker: str, report: object) -> None:
        """What the copy in a worker reports; None when the worker has ended."""
        weights = report.weights if isinstance(report, CopyReport) else None
        if isinstance(report, CopyReport):
            for seconds, items in report.calls:
                self._counter.add(seconds, items)
        if weights is None:
            self._in_workers.pop(worker, None)
            return
        self._in_workers[worker] = weights
        self._files = self._files or weights.files

    @property
    def workers(self) -> int:
        """Worker processes that have weights of it loaded."""
        return len(self._in_workers)

    def acquire(self, *, wait_s: float = ACQUIRE_WAIT_S) -> ModelLease:
        """Load the weights unless they are loaded, and count a user: until its release nothing unloads them.

        Blocks while weights load; called in a stage's ``setup``, which runs off the event loop.

        Raises:
            ModelError: missing, wrong or damaged weights, with the command that mends it; ``model_not_ready`` when
                another thread's load or unload takes more than ``wait_s`` seconds.
        """
        return self._life.acquire(wait_s)

    def load(self) -> None:
        """Find, verify and load the weights; once, however often and from wherever it is called.

        They may be unloaded at any time after: what must keep them calls ``acquire``.

        Raises:
            ModelError: see ``acquire``.
        """
        self.acquire().release()

    def absent(self) -> list[WeightFile]:
        """Its files that lie nowhere now; those that do are not verified."""
        return self._loading.absent(self.card)

    @property
    def threads(self) -> int:
        """That compute one call."""
        return self._loading.threads

    def use_threads(self, threads: int | None) -> None:
        """Let one call use so many threads from the next load on; None leaves it as it is.

        Raises:
            ModelError: ``model_in_use``: the weights are loaded with another number, for somebody else.
        """
        if threads is None or threads == self.threads:
            return
        if self.state != "unloaded":
            raise ModelError(
                f"model {self.card.name!r} is loaded for {self.threads} threads, not {threads}",
                code=FailureCode.model_in_use,
                hint="state the same number wherever the model is used, or give one of them a card of its own",
            )
        self._loading = replace(self._loading, threads=threads)

    def unload(self, *, wait_s: float = 0.0) -> None:
        """Wait for runs in flight, then free the weights; ``acquire`` brings them back. Nothing loaded, nothing done.

        Runs are let in until no lease is held, and meet ``model_not_ready`` from then on.

        Raises:
            ModelError: ``model_in_use``: leases are still held after ``wait_s`` seconds, a run does not end, or worker
                processes use it.
        """
        self._check_workers()
        self._life.unload(wait_s)

    def retire(self) -> None:
        """Let nobody load it any more, because it is deleted.

        Raises:
            ModelError: ``model_in_use``: it is loaded, here or in a worker process, or on its way in or out;
                ``model_not_found``: it is gone already.
        """
        self._check_workers()
        self._life.retire()

    def restore(self) -> None:
        """Take a ``retire`` back: it could not be deleted."""
        self._life.restore()

    def unload_if_unused(self) -> bool:
        """``unload``, unless somebody holds a lease; whether the weights are gone. No acquire can come between."""
        try:
            self.unload()
        except ModelError as error:
            if error.code is not FailureCode.model_in_use:
                raise
            return False
        return True

    def warm_up(self, batches: Sequence[Mapping[str, Array]]) -> None:
        """Run each batch once, uncounted: allocations and kernel choices happen now, not on a request."""
        for feeds in batches if self.warm_ups else ():
            with self._life.running() as weights:
                weights.session.run(feeds)

    def first_run(self, feeds: Mapping[str, Array]) -> None:
        """Of a stage that has just loaded it: ``warm_up``, unless it has been run with these sizes as often as
        ``warm_ups`` says, by another stage."""
        with self._life.running() as weights:
            sizes = frozenset((name, array.shape) for name, array in feeds.items())
            done = weights.first_runs[sizes]
            weights.first_runs[sizes] += 1
        if done < self.warm_ups:
            self.warm_up([feeds])

    def run(
        self, feeds: Mapping[str, Array], *, items: int = 1, buffers: Buffers | None = None
    ) -> dict[str, Array]:
        """Run one batch; ``items`` is how many of the caller's items are in it. With ``buffers``, which belong to one
        caller, the answers lie in them until that caller's next run.

        Raises:
            SiseonError: see ``OnnxSession.run``. Never while a lease is held: ``model_not_loaded``, and
                ``model_not_ready`` while the weights come or go.
        """
        with self._life.running() as weights:
            start = time.perf_counter()
            try:
                answers = weights.session.run(feeds, buffers)
            finally:
                self._counter.add(time.perf_counter() - start, items)
            self._rest.ran(feeds)
            return answers

    def rest(self) -> bool:
        """Give back what runs are computed in, where there was none since this was last called; whether it was done.

        Of the copy in this process; registered networks, and those on an accelerator, have nothing to give back.
        """
        weights = self._life.loaded
        if weights is None or self.home is not None or weights.session.providers[0] in ACCELERATORS:
            return False
        try:
            feeds = self._rest.due()
            if feeds is None:
                return False
            with self._life.running() as weights:
                weights.session.run(feeds, keep=False, at_most_s=REST_S)
        except (SiseonError, MemoryError):
            if self.loaded:  # else it was unloaded a moment ago
                self._rest.refused()
            return False
        return True

    @property
    def session(self) -> OnnxSession:
        """The loaded network: its ports, providers and metadata.

        Raises:
            ModelError: ``model_not_loaded``, or ``model_not_ready`` while it loads or unloads.
        """
        return self._life.get().session

    @property
    def input_name(self) -> str:
        """The name of the network's only input."""
        return self.session.inputs[0].name

    @property
    def state(self) -> State:
        """Whether the weights are in memory, or on their way in or out."""
        return self._life.state

    @property
    def loaded(self) -> bool:
        """Whether ``run`` is possible, in this process."""
        return self.state == "loaded"

    @property
    def providers(self) -> tuple[str, ...]:
        """Where the network runs, ONNX Runtime's names, best first; empty while it is not loaded."""
        weights = self._life.loaded
        if weights:
            return weights.session.providers
        return next((one.providers for one in list(self._in_workers.values())), ())

    @property
    def on_accelerator(self) -> bool:
        """Whether the network is loaded and runs elsewhere than on the cores."""
        return any(name in ACCELERATORS for name in self.providers[:1])

    @property
    def files(self) -> Sequence[Located]:
        """Where the files lay when they were loaded last, with their hashes; empty before the first load."""
        return self._files

    @property
    def ref(self) -> ModelRef:
        """Name, version and hash, as results carry them."""
        sha256 = self._files[0].sha256 if self._files else self.card.files[0].sha256 or ""
        return ModelRef(name=self.card.name, version=self.card.version, sha256=sha256)

    @property
    def labels(self) -> LabelMap:
        """The classes of the outputs."""
        return label_map(self.card)

    @property
    def stats(self) -> ModelStats:
        """Calls, items, times and memory since the start, those of copies in workers included."""
        weights = self._life.loaded
        elsewhere = sum(one.resident_bytes for one in list(self._in_workers.values()))
        return self._counter.stats((weights.resident_bytes if weights else 0) + elsewhere)

    def _check_workers(self) -> None:
        if self._in_workers:
            raise ModelError(
                f"model {self.card.name!r} is used by {len(self._in_workers)} worker processes",
                code=FailureCode.model_in_use,
                hint="stop what uses it, or swap it for another model first",
            )

    def _open(self) -> LoadedWeights:
        weights = self._loading.load(self.card, self._patience)
        self._files = weights.files
        return weights
