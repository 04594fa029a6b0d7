"""Networks that somebody brings by their path: with a card beside them, or for tensors alone."""

from __future__ import annotations

from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.models.card import NOT_STATED, ModelCard, OutputSpec, WeightFile, is_model_name, load_card
from siseon.models.registered import CARD

ENGINES = (".engine", ".trt", ".plan")
"""Suffixes of what TensorRT has compiled."""


def own_card(path: Path, name: str | None = None) -> ModelCard:
    """The card of the network at ``path``, an ONNX file or a folder with its card.

    Without a card it is one for tensors, called ``name`` or like its file.

    Raises:
        InputError: an engine of TensorRT, no ONNX file, or a name that no model may have.
        ModelError: the card cannot be used.
    """
    if path.suffix in ENGINES:
        raise InputError(
            f"{path} is an engine of TensorRT, which runs only on the GPU and version that it was compiled for",
            hint="give the ONNX file that it was made of; with SISEON_PROVIDERS=tensorrt,cuda,cpu it is compiled here",
        )
    card = (path if path.is_dir() else path.parent) / CARD
    if card.is_file():
        found = load_card(card)
        if path.is_dir() or path.name in [file.name for file in found.files]:
            return found if name is None else found.model_copy(update={"name": _checked(plain(name))})
    if not path.is_file():
        raise InputError(
            f"{path} is neither a network nor a folder with one and its {CARD}",
            code=FailureCode.file_unreadable,
            hint="name an .onnx file",
        )
    if path.suffix != ".onnx":
        raise InputError(f"{path} is not an .onnx file", hint="export the network as ONNX")
    return tensors_card(_checked(plain(path.stem if name is None else name)), path.name)


def tensors_card(name: str, file: str) -> ModelCard:
    """Of a network that takes tensors and answers tensors."""
    return ModelCard(
        name=name,
        version="1",
        task="tensors",
        licence=NOT_STATED,
        files=(WeightFile(name=file),),
        output=OutputSpec(decoder="none"),
    )


def plain(name: str) -> str:
    """A name in the letters of models' names: ``Gauge_Detector`` is ``gauge-detector``."""
    return name.lower().replace("_", "-").replace(" ", "-")


def _checked(name: str) -> str:
    if not is_model_name(name):
        raise InputError(
            f"{name[:80]!r} is not a model's name: small letters, digits, dots and hyphens, 64 at most",
            hint="give it another name",
        )
    return name
