"""What goes into a network and what comes out: names, shapes and element types."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

DTYPES: dict[str, type[np.generic]] = {
    "tensor(bool)": np.bool_,
    "tensor(float16)": np.float16,
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int8)": np.int8,
    "tensor(int16)": np.int16,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8,
    "tensor(uint16)": np.uint16,
    "tensor(uint32)": np.uint32,
    "tensor(uint64)": np.uint64,
    "tensor(string)": np.object_,
}
"""Element types that numpy has, by ONNX Runtime's name. bfloat16, 8-bit floats, sequences and maps it has not."""


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a network; None or a name stands for a dimension that is open."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str
    """ONNX Runtime's name, ``tensor(float)`` for example."""

    def within(self, height: int, width: int) -> Port:
        """Of one whose sides the network leaves open: those that it is used with."""
        batch, channels, *_ = self.shape
        return Port(self.name, (batch, channels, height, width), self.dtype)

    @property
    def kind(self) -> type[np.generic]:
        """The element type as numpy has it."""
        return DTYPES[self.dtype]
