"""ONNX Runtime's static quantisation, calibrated once and then written with any choice of layers.

QDQ form: activations as unsigned 8 bits with the ranges seen in calibration, weights of 8 bits with one scale for each
output channel. Signed weights are exact with VNNI only, for AVX2 adds two u8 × s8 products in 16 bits, which overflow;
unsigned ones are exact everywhere, and can be twenty times slower: which it is has to be measured where they will run.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from siseon.models.quantize.network import Layer, fold, named

ERRORS_ONLY, WARNINGS = 3, 2
"""Severities of ONNX Runtime's own words on stderr; the second is its default."""


class Quantizer:
    """A network that can be written in int8, layer by layer."""

    def __init__(self, network: bytes | Path, port: str, scratch: Path) -> None:
        """``port``: name of the network's only input; ``scratch``: folder for what lies about meanwhile.

        Raises:
            InputError, ModelError, DependencyMissing: see ``fold``.
        """
        source = network if isinstance(network, Path) else scratch / "network.onnx"
        if isinstance(network, bytes):
            source.write_bytes(network)
        self._folded, self._port, self._scratch = scratch / "folded.onnx", port, scratch
        self._ranges: Any = None
        with _quiet():
            self.layers: list[Layer] = fold(source, self._folded)

    def calibrate(self, batches: Iterator[NDArray[np.float32]]) -> None:
        """Run it on pictures, prepared one by one, and keep the range of every tensor.

        Raises:
            ModelError: it cannot be run so.
        """
        with named(self._folded.name), _quiet(), tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            from onnxruntime.quantization.calibrate import CalibrationMethod, create_calibrator

            calibrator = create_calibrator(
                self._folded,
                _operators(),
                augmented_model_path=str(Path(folder) / "augmented.onnx"),
                calibrate_method=CalibrationMethod.MinMax,
            )
            calibrator.collect_data(_reader(self._port, batches))
            self._ranges = calibrator.compute_data()

    def write(self, target: Path, layers: Collection[int], *, signed: bool = True) -> None:
        """Write the network with these of its layers, one at least, in int8 and all others in float.

        ``signed``: of the weights.

        Raises:
            ModelError: it cannot be quantised so.
        """
        nodes = [name for index in sorted(layers) for name in self.layers[index].nodes]
        assert nodes and self._ranges is not None  # noqa: S101, PT018 - none would mean all
        with named(self._folded.name), _quiet():
            import onnx
            from onnxruntime.quantization import QuantType
            from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

            quantizer = QDQQuantizer(
                onnx.load(self._folded),
                True,  # weights per channel
                False,  # all of their 8 bits
                QuantType.QInt8 if signed else QuantType.QUInt8,
                QuantType.QUInt8,
                self._ranges,
                nodes,
                [],
                _operators(),
                {},
            )
            quantizer.quantize_model()
            quantizer.model.save_model_to_file(str(target), False)


def _operators() -> list[str]:
    """All that ONNX Runtime knows to quantise."""
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    return sorted({*QDQRegistry, *QLinearOpsRegistry})


def _reader(port: str, batches: Iterator[NDArray[np.float32]]) -> Any:
    """ONNX Runtime's reader: a dict of arrays at a time, then None. Built late, since its base class is."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            batch = next(batches, None)
            return None if batch is None else {port: batch}

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantiser warns on the root logger, and its sessions on stderr, of what is done here anyway."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    ort.set_default_logger_severity(ERRORS_ONLY)
    try:
        yield
    finally:
        ort.set_default_logger_severity(WARNINGS)
        root.setLevel(before)
