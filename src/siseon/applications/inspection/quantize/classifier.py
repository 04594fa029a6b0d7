"""An int8 classifier out of a float one: calibrated on crops of your own photos, used by the name of its card.

Static quantisation in ONNX's QDQ form: activations as unsigned 8 bits with ranges seen in calibration,
weights as unsigned 8 bits with one scale per output channel. What it gains and what it changes is measured by
``benchmarks/int8.py``; the table is in the README beside this file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from siseon.contracts import ContractViolation, Image
from siseon.models import Model, WeightFile
from siseon.models.card_toml import card_toml
from siseon.models.find import sha256_of
from siseon.models.preprocess import prepare
from siseon.models.quantize.quantizer import Quantizer

SUFFIX = "-int8"
"""Ends the name of a quantised model."""


def quantize_classifier(
    model: Model, images: Sequence[Image], folder: Path, *, name: str | None = None, signed: bool = False
) -> Path:
    """Quantise a classifier and write weights and card where a ``ModelManager`` finds them.

    Args:
        model: a classifier; it is loaded if it is not yet, and stays loaded.
        images: what it will see in use, crops of detections for example; a hundred are enough.
        folder: the new model goes into a folder of its own in here, which can be on the search path.
        name: of the new model; the float model's with ``-int8`` when absent.
        signed: weights that are faster with VNNI, and inexact without it; ``quantize_model`` measures which are.

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
    with tempfile.TemporaryDirectory() as scratch:
        source = next(found.path for found in model.files if found.path.suffix == ".onnx")
        quantizer = Quantizer(source, port, Path(scratch))
        quantizer.calibrate(prepare([image], model.card.input)[0] for image in images)
        quantizer.write(weights, range(len(quantizer.layers)), signed=signed)
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
