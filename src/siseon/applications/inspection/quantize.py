"""An int8 classifier out of a float one: calibrated on crops of your own photos, used by the name of its card.

Static quantisation in ONNX's QDQ form: activations as unsigned 8 bits with ranges seen in calibration,
weights as unsigned 8 bits with one scale per output channel. What it gains and what it changes is measured by
``benchmarks/int8.py``; the table is in the README beside this file.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation, DependencyMissing, Image
from siseon.models import Model, WeightFile
from siseon.models.card_toml import card_toml
from siseon.models.find import sha256_of
from siseon.models.preprocess import prepare

SUFFIX = "-int8"
"""Ends the name of a quantised model."""


def quantize_classifier(
    model: Model, images: Sequence[Image], folder: Path, *, name: str | None = None
) -> Path:
    """Quantise a classifier and write weights and card where a ``ModelManager`` finds them.

    Args:
        model: a classifier; it is loaded if it is not yet, and stays loaded.
        images: what it will see in use, crops of detections for example; a hundred are enough.
        folder: the new model goes into a folder of its own in here, which can be on the search path.
        name: of the new model; the float model's with ``-int8`` when absent.

    Returns:
        The path of the new ``card.toml``.

    Raises:
        DependencyMissing: the package onnx is not installed.
        ContractViolation: no images, or the model is not a classifier.
        ModelError: the float weights cannot be loaded.
    """
    if model.card.task != "classify" or not images:
        raise ContractViolation(
            f"{model.card.name!r} ({model.card.task}) and {len(images)} images: a classifier and at least one "
            "calibration image are needed"
        )
    with model.acquire():
        port = model.input_name
    name = name or model.card.name + SUFFIX
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    weights = home / f"{name}.onnx"
    batches = (prepare([image], model.card.input)[0] for image in images)
    _quantize(_network(model), weights, port, batches)
    card = model.card.model_copy(
        update={
            "name": name,
            "description": f"{model.card.description}; int8 (QDQ), calibrated on {len(images)} images",
            "origin": f"quantised from {model.ref.name} {model.ref.version}, sha256 {model.ref.sha256}",
            "files": (WeightFile(name=weights.name, sha256=sha256_of(weights), size=weights.stat().st_size),),
        }
    )
    path = home / "card.toml"
    path.write_text(card_toml(card), encoding="utf-8")
    return path


def _network(model: Model) -> Path:
    return next(found.path for found in model.files if found.path.suffix == ".onnx")


def _quantize(source: Path, target: Path, port: str, batches: Iterator[NDArray[np.float32]]) -> None:
    try:
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as error:
        raise DependencyMissing(
            "quantising needs the package onnx", hint="pip install 'siseon[quantize]'"
        ) from error
    with tempfile.TemporaryDirectory() as scratch, _quiet():
        # Folds constants and batch norms first: what is gone needs no quantisation.
        folded = Path(scratch) / "folded.onnx"
        quant_pre_process(source, folded, skip_symbolic_shape=True)
        quantize_static(
            folded,
            target,
            _calibration(port, batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            # Signed weights are exact only with VNNI: AVX2 adds two u8 × s8 products in 16 bits, which overflow.
            weight_type=QuantType.QUInt8,
        )


def _calibration(port: str, batches: Iterator[NDArray[np.float32]]) -> Any:
    """ONNX Runtime's reader: a dict of arrays at a time, then None. Built late, since its base class is."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            batch = next(batches, None)
            return None if batch is None else {port: batch}

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """ONNX Runtime's quantiser warns on the root logger of what is done here anyway (pre-processing)."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
