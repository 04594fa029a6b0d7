"""ONNX Runtime behind one small class: providers by availability, threads on purpose, failures by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import onnxruntime as ort

from siseon.contracts import ContractViolation, FailureCode, ModelError
from siseon.models import arena, denormals
from siseon.models.buffers import Buffers
from siseon.models.denormals import Flushed
from siseon.models.features import with_output
from siseon.models.foreign import ERRORS, first_line, refused_at_load
from siseon.models.network_file import check_network
from siseon.models.open_sizes import with_open_sizes
from siseon.models.patience import Patience
from siseon.models.ports import DTYPES, Array, Port
from siseon.models.providers import ACCELERATORS, choose_providers, options_of
from siseon.models.rewrite import CHANGES, Change, rewritten
from siseon.models.rewrite.graph import MARK
from siseon.models.rewrite.sides import with_open_sides

LOAD_S = 300.0
"""Seconds that a session may take to be made: the largest networks need tens, from a slow disk minutes."""
RUN_S = 60.0
"""Seconds that one run may take before it is ended: a network may hold an endless loop."""
SIDES = (2, 3)
"""The axes of height and width."""


class Sides(NamedTuple):
    """Of an input that takes smaller ones too, see ``InputSpec.open_sides``."""

    step: int
    height: int
    width: int


class OnnxSession:
    """A network ready to run, safe to share between threads."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        providers: Sequence[str] | None = None,
        open_sizes: bool = False,
        sides: Sides | None = None,
        features: str = "",
        patience: Patience | None = None,
        run_s: float = RUN_S,
        arena_bytes: int | None = None,
        one_arena: bool = False,
        engines: Path | None = None,
        known: bool = False,
        as_it_is: bool = False,
    ) -> None:
        """Load ``path``; ``threads`` compute one call together (replicas each bring their own call).

        ``open_sizes``, ``sides``, ``features``: see the card's input and output specification; ``patience`` ends a
        load after ``LOAD_S`` seconds and a run after ``run_s``; ``arena_bytes``: of the arena that it computes in with
        all others of which nobody knows what they want (see ``arena.py``), or None: it takes what it wants, on a CPU
        with ``one_arena`` in that of all; ``engines``: folder in which TensorRT keeps what it has compiled; ``known``:
        its bytes are those of a network that needs not be looked through (see ``network_file.py``); ``as_it_is``: it is
        run as it was published.

        Raises:
            ModelError: ``model_load_failed``; inputs or outputs of a kind that numpy has not are named.
            DependencyMissing: ``open_sizes`` or ``features`` without the package that can change a network.
        """
        self._patience = patience or Patience()
        self._run_s = run_s
        self._arena_bytes = arena_bytes
        ort.disable_telemetry_events()  # a foreign library of ours reports to nobody
        options = _options(threads)
        with refused_at_load(path):
            nodes = 0 if known else check_network(path)
            without = [] if arena_bytes is None else arena.share(options, arena_bytes, nodes)
            chosen = choose_providers(providers)
            on_cpu = chosen == ["CPUExecutionProvider"]
            if on_cpu and one_arena and arena_bytes is None:
                arena.share_without_end(options)
            changes = () if as_it_is else CHANGES if sides is None else (*CHANGES, with_open_sides)
            network = as_run(path, open_sizes, features, on_cpu=on_cpu, changes=changes)
            with self._patience.at_most(LOAD_S, partial(_cancel_load, options)), Flushed():
                self._session = ort.InferenceSession(
                    network,
                    options,
                    providers=chosen,
                    provider_options=[options_of(name, path, engines, threads) for name in chosen],
                    disabled_optimizers=without,
                )
        self.inputs = tuple(Port(i.name, tuple(i.shape), i.type) for i in self._session.get_inputs())
        self.step: int | None = None
        """Pixels of which a smaller side may be a multiple; None: the network takes its own sides only."""
        if sides is not None and any(str(side).startswith(MARK) for side in self.inputs[0].shape):
            self.step = sides.step
            self.inputs = tuple(port.within(sides.height, sides.width) for port in self.inputs)
        self.outputs = tuple(Port(o.name, tuple(o.shape), o.type) for o in self._session.get_outputs())
        self._input_names = [port.name for port in self.inputs]
        self._output_names = [port.name for port in self.outputs]
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        _check_types((*self.inputs, *self.outputs), path.name)

    def run(
        self,
        feeds: Mapping[str, Array],
        buffers: Buffers | None = None,
        *,
        keep: bool = True,
        at_most_s: float = math.inf,
    ) -> dict[str, Array]:
        """Run once; arrays by input name in, arrays by output name out.

        With ``buffers`` the answers lie in them until the next run that is given the same. ``keep``: what it is
        computed in stays for the next run. ``at_most_s``: it is ended earlier than others.

        Raises:
            ContractViolation: an input is missing, unknown, or has a shape that the network does not take.
            ModelError: ``network_failed``: the runtime failed, or the run took too long and was ended.
        """
        self._check(feeds)
        options = ort.RunOptions()
        if self._arena_bytes is not None or not keep:
            arena.give_back_after(options)
        try:
            with self._patience.at_most(min(self._run_s, at_most_s), partial(_end_run, options)), Flushed():
                values = self._values(feeds, buffers, options)
        except UnicodeDecodeError as error:
            raise ModelError(
                f"the network failed: it answers text that is not UTF-8 ({error.reason})",
                code=FailureCode.network_failed,
            ) from error
        except ERRORS as error:
            raise self._failure(error, ended=options.terminate) from error
        return dict(zip(self._output_names, values, strict=True))

    def _values(
        self, feeds: Mapping[str, Array], buffers: Buffers | None, options: ort.RunOptions
    ) -> list[Array]:
        if buffers is None:
            values: list[Array] = self._session.run(None, dict(feeds), options)
            return values
        device = "cuda" if self.providers[0] in ACCELERATORS else "cpu"
        return buffers.run(self._session, self.inputs, self.outputs, feeds, options, device=device)

    def _failure(self, error: Exception, *, ended: bool) -> ModelError:
        reason, hint = first_line(error), None
        if ended:
            reason, hint = "it was ended", f"a run may take {self._run_s:g} s: SISEON_RUN_TIMEOUT_S"
        elif self._arena_bytes is not None and arena.REFUSED in str(error):
            reason = f"it wants more memory than there is: {self._arena_bytes >> 20} MiB for all registered networks"
            hint = "send it less at once, or raise SISEON_REGISTERED_BYTES"
        return ModelError(f"the network failed: {reason}", code=FailureCode.network_failed, hint=hint)

    def _check(self, feeds: Mapping[str, Array]) -> None:
        names = self._input_names
        if len(feeds) != len(names) or any(name not in feeds for name in names):
            raise ContractViolation(f"the network takes {sorted(names)}, was given {sorted(feeds)}")
        for port in self.inputs:
            shape = feeds[port.name].shape
            fits = len(shape) == len(port.shape) and all(
                not isinstance(want, int) or want == have or (axis in SIDES and self._may_be(have, want))
                for axis, (want, have) in enumerate(zip(port.shape, shape, strict=True))
            )
            if not fits:
                raise ContractViolation(
                    f"input {port.name!r} has shape {shape}, the network takes {port.shape}"
                )

    def _may_be(self, side: int, most: int) -> bool:
        return self.step is not None and 0 < side <= most and side % self.step == 0


def as_run(
    path: Path, open_sizes: bool, features: str, *, on_cpu: bool, changes: Sequence[Change] = CHANGES
) -> bytes | str:
    """What the runtime loads: the file, or the network in it as it is to run."""
    if open_sizes:
        return with_open_sizes(path)
    if features:
        return with_output(path, features)
    return (rewritten(path, changes) if on_cpu and changes else None) or str(path)


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: what matters of warnings is checked here by name
    # Spinning threads win microseconds alone and cost other replicas the core.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry(*denormals.OPTION)
    return options


def _check_types(ports: Iterable[Port], file: str) -> None:
    for port in ports:
        if port.dtype not in DTYPES:
            raise ModelError(
                f"{file}: {port.name!r} is a {port.dtype}, which is not supported",
                code=FailureCode.model_load_failed,
                hint=f"export the network with one of: {', '.join(DTYPES)}",
            )


def _end_run(options: ort.RunOptions) -> None:
    options.terminate = True


def _cancel_load(options: ort.SessionOptions) -> None:
    """Before 1.21 nothing ends a load."""
    cancel = getattr(options, "set_load_cancellation_flag", None)
    if cancel is not None:
        cancel(True)
