"""ONNX Runtime behind one small class: providers by availability, threads on purpose, failures by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from siseon.contracts import ContractViolation, FailureCode, ModelError, StageFailed
from siseon.models.open_sizes import with_open_sizes

Array = NDArray[np.generic]

PREFERRED = ("CUDAExecutionProvider", "OpenVINOExecutionProvider", "CPUExecutionProvider")
"""TensorRT is used only when asked for: it compiles for minutes at the first load."""

# The one map of foreign errors at this edge: everything that the binding can raise, by what it means to us.
LOAD_ERRORS = (
    ort_errors.NoSuchFile,
    ort_errors.NoModel,
    ort_errors.InvalidProtobuf,
    ort_errors.InvalidGraph,
    ort_errors.ModelLoaded,
    ort_errors.ModelLoadCanceled,
    ort_errors.NotImplemented,
    ort_errors.EPFail,
    ort_errors.EngineError,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.RuntimeException,
    ort_errors.ModelRequiresCompilation,
    ort_errors.NotFound,
    ort_errors.DeviceReset,
)


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a network; None or a name stands for a dimension that is open."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str
    """ONNX Runtime's name, ``tensor(float)`` for example."""


def choose_providers(wanted: Sequence[str] | None = None) -> list[str]:
    """The execution providers to use, best first, out of those that this installation has.

    Raises:
        ModelError: a provider was asked for that is not there.
    """
    available = ort.get_available_providers()
    if wanted is None:
        return [name for name in PREFERRED if name in available]
    absent = [name for name in wanted if name not in available]
    if absent:
        raise ModelError(
            f"execution provider {absent[0]} is not available here (there are: {', '.join(available)})",
            code=FailureCode.model_load_failed,
            hint="install the ONNX Runtime build for it, onnxruntime-gpu for example, or leave the choice open",
        )
    return list(wanted)


class OnnxSession:
    """A network ready to run, safe to share between threads."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        providers: Sequence[str] | None = None,
        open_sizes: bool = False,
    ) -> None:
        """Load ``path``; ``threads`` compute one call together (replicas each bring their own call).

        ``open_sizes``: see the card's input specification.

        Raises:
            ModelError: ``model_load_failed``.
            DependencyMissing: ``open_sizes`` without the package that can change a network.
        """
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors: what matters of warnings is checked here by name
        # Spinning threads win microseconds alone and cost other replicas the core.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            network = with_open_sizes(path) if open_sizes else str(path)
            self._session = ort.InferenceSession(network, options, providers=choose_providers(providers))
        except LOAD_ERRORS as error:
            raise ModelError(
                f"{path.name} can not be loaded: {_first_line(error)}",
                code=FailureCode.model_load_failed,
                hint="the file is damaged or needs a newer onnxruntime; compare its hash with `siseon models verify`",
            ) from error
        self.inputs = tuple(Port(i.name, tuple(i.shape), i.type) for i in self._session.get_inputs())
        self.outputs = tuple(Port(o.name, tuple(o.shape), o.type) for o in self._session.get_outputs())
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once; arrays by input name in, arrays by output name out.

        Raises:
            ContractViolation: an input is missing, unknown, or has a shape that the network does not take.
            StageFailed: the runtime failed.
        """
        self._check(feeds)
        try:
            values = self._session.run(None, dict(feeds))
        except LOAD_ERRORS as error:
            raise StageFailed(f"the network failed: {_first_line(error)}") from error
        return dict(zip((port.name for port in self.outputs), values, strict=True))

    def _check(self, feeds: Mapping[str, Array]) -> None:
        names = {port.name for port in self.inputs}
        if names != set(feeds):
            raise ContractViolation(f"the network takes {sorted(names)}, was given {sorted(feeds)}")
        for port in self.inputs:
            shape = feeds[port.name].shape
            fits = len(shape) == len(port.shape) and all(
                not isinstance(want, int) or want == have
                for want, have in zip(port.shape, shape, strict=True)
            )
            if not fits:
                raise ContractViolation(
                    f"input {port.name!r} has shape {shape}, the network takes {port.shape}"
                )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
