"""Memory that runs use again: the outputs of a network in the same arrays each time, and its inputs on a device.

The abstraction is one for host and device. On a CPU inputs are read where they lie and outputs are written into arrays
that are kept; on an accelerator inputs are copied into device memory that is kept, too. ONNX Runtime calls it I/O
binding. What is computed in between comes from the runtime's own arena either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime as ort

from siseon.models.ports import Array, Port

MISMATCH = ("computed output shape", "shape verification failed")
"""What the runtime, now and in its older versions, says where an output does not have the shape that its names promise;
nothing was written then."""


class Buffers:
    """Of one caller, who runs one network at a time: what a run answers is overwritten by the next one."""

    def __init__(self) -> None:
        self.made = 0
        """Arrays that were made."""
        self.reused = 0
        """Outputs that were written into an array that was there."""
        self._session: ort.InferenceSession | None = None
        self._binding: Any = None
        self._outputs: dict[str, Array] = {}
        self._inputs: dict[str, Any] = {}
        self._told_wrong = False
        """A promise about shapes was broken once: this network's outputs are no longer foretold."""

    def run(
        self,
        session: ort.InferenceSession,
        inputs: Sequence[Port],
        outputs: Sequence[Port],
        feeds: Mapping[str, Array],
        options: ort.RunOptions,
        *,
        device: str,
    ) -> list[Array]:
        """One run, its answers in the order of ``outputs``; ``device``: ``cpu`` or ``cuda``.

        Raises:
            Exception: what the runtime raises.
        """
        if any(port.kind is np.object_ for port in (*inputs, *outputs)):  # texts have no fixed length
            answers: list[Array] = session.run(None, dict(feeds), options)
            return answers
        if session is not self._session:
            self._session, self._binding = session, session.io_binding()
            self._outputs, self._inputs, self._told_wrong = {}, {}, False
        sizes = _sizes(inputs, feeds)
        given = {name: np.ascontiguousarray(array) for name, array in feeds.items()}  # read where they lie
        self._bind_inputs(given, device)
        foretold = {port.name: self._bind_output(port, sizes) for port in outputs}
        try:
            session.run_with_iobinding(self._binding, options)
        except Exception as error:
            if self._told_wrong or not any(words in str(error) for words in MISMATCH):
                raise
            self._told_wrong = True
            return self.run(session, inputs, outputs, feeds, options, device=device)
        self._binding.synchronize_outputs()
        found = self._binding.get_outputs()
        answers = []
        for port, value in zip(outputs, found, strict=True):
            array = foretold[port.name]
            answers.append(value.numpy() if array is None else array)
        return answers

    def _bind_inputs(self, feeds: Mapping[str, Array], device: str) -> None:
        for name, array in feeds.items():
            if device == "cpu":
                self._binding.bind_cpu_input(name, array)
                continue
            value = self._inputs.get(name)
            if value is None or tuple(value.shape()) != array.shape:
                value = self._inputs[name] = ort.OrtValue.ortvalue_from_numpy(array, device, 0)
                self.made += 1
            else:
                value.update_inplace(array)
            self._binding.bind_ortvalue_input(name, value)

    def _bind_output(self, port: Port, sizes: Mapping[str, int]) -> Array | None:
        """The array that the output will be in; None where the runtime makes one."""
        shape = None if self._told_wrong else _foretold(port, sizes)
        if shape is None:
            self._binding.bind_output(port.name, "cpu")
            return None
        array = self._outputs.get(port.name)
        if array is None or array.shape != shape:
            array = self._outputs[port.name] = np.empty(shape, port.kind)
            self.made += 1
        else:
            self.reused += 1
        self._binding.bind_output(port.name, "cpu", 0, port.kind, shape, array.ctypes.data)
        return array


def _sizes(inputs: Sequence[Port], feeds: Mapping[str, Array]) -> dict[str, int]:
    """The sizes that the inputs give to dimensions with a name."""
    return {
        name: size
        for port in inputs
        for name, size in zip(port.shape, feeds[port.name].shape, strict=True)
        if isinstance(name, str)
    }


def _foretold(port: Port, sizes: Mapping[str, int]) -> tuple[int, ...] | None:
    """The shape that an output will have, as far as its names tell; None where they do not, or it is empty."""
    shape = [size if isinstance(size, int) else sizes.get(size or "", 0) for size in port.shape]
    return tuple(shape) if all(shape) else None
