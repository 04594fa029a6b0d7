"""Propose the card of a network that somebody brings: what its ports tell, and the rest from a card of its family.

The network is loaded and run once on a grey picture: sizes, layout and batch come from its input, the number of classes
from its answer, the names of classes from the file's own metadata. How colours are arranged and normalised stands in no
file: it is taken from the model that the new one is like, and said so.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation, Image, InputError
from siseon.models.card import NOT_STATED, InputSpec, ModelCard, OutputSpec, WeightFile
from siseon.models.find import sha256_of
from siseon.models.outputs import interpret_classes, interpret_detections
from siseon.models.outputs.shapes import mask_output
from siseon.models.ports import Port
from siseon.models.preprocess import prepare
from siseon.models.runtime import OnnxSession

OPEN_SIDE = 640
"""Pixels of an input whose size the network leaves open and the card it is like does not give."""

MAX_NAMES_TEXT = 1_000_000
"""Characters of class names in a file's metadata that are read."""

Outputs = Mapping[str, NDArray[np.generic]]


def propose_card(
    file: Path, like: ModelCard, *, name: str, licence: str = NOT_STATED, labels: Sequence[str] = ()
) -> ModelCard:
    """The card of the network in ``file``, which is a model of the family of ``like``.

    Args:
        file: an ONNX network; it is loaded and run once.
        like: card of a detector or classifier of the same family: it gives colours, normalisation and decoder.
        name: of the new model.
        licence: SPDX expression of the weights.
        labels: names of the classes, for a network that does not carry them and whose are not those of ``like``.

    Raises:
        InputError: the network's input or answer is not of that family, or the classes have no names.
        ModelError: the file cannot be loaded.
    """
    if like.task not in ("detect", "classify"):
        raise InputError(
            f"{like.name!r} is a model of the task {like.task}: a card is proposed for detectors and classifiers"
        )
    session = OnnxSession(file)
    spec = _input(session.inputs, like.input)
    outputs = session.run({session.inputs[0].name: _grey(spec)})
    output = _output(outputs, like.output)
    count = _classes(outputs, output, spec, like)
    return ModelCard(
        name=name,
        version="1",
        task=like.task,
        description=f"brought by hand, of the family of {like.name}",
        licence=licence,
        origin="not stated",
        files=(WeightFile(name=file.name, sha256=sha256_of(file), size=file.stat().st_size),),
        input=spec,
        output=output,
        labels=_labels(labels, count, session.metadata, like),
    )


def _input(ports: Sequence[Port], like: InputSpec) -> InputSpec:
    """The specification with the layout, size and batch of the network's only input."""
    if len(ports) != 1 or len(ports[0].shape) not in (3, 4) or ports[0].dtype != "tensor(float)":
        stated = ", ".join(f"{port.name} {port.dtype} {list(port.shape)}" for port in ports)
        raise InputError(
            f"the network takes {stated}: one float32 picture is needed",
            hint="export it without its own pre-processing, in float32",
        )
    shape = ports[0].shape
    layout = "CHW" if len(shape) == 3 else "NHWC" if shape[3] == 3 else "NCHW"
    height, width = shape[1:3] if layout == "NHWC" else shape[-2:]
    known = isinstance(height, int) and isinstance(width, int)
    return InputSpec.model_validate(
        {
            **like.model_dump(),
            "layout": layout,
            "width": width if known else like.width or OPEN_SIDE,
            "height": height if known else like.height or OPEN_SIDE,
            "dynamic_batch": layout != "CHW" and not isinstance(shape[0], int),
            "open_sizes": False,
        }
    )


def _grey(spec: InputSpec) -> NDArray[np.float32]:
    pixels = np.full((spec.height or OPEN_SIDE, spec.width or OPEN_SIDE, 3), 114, np.uint8)
    return prepare([Image.from_array(pixels)], spec)[0]


def _output(outputs: Outputs, like: OutputSpec) -> OutputSpec:
    """The specification without names of outputs that this network does not have: they are then told by shape."""
    fields = ("scores", "boxes", "classes", "masks")
    gone = {field: () for field in fields if not set(getattr(like, field)) <= set(outputs)}
    return like.model_copy(update=gone)


def _classes(outputs: Outputs, output: OutputSpec, spec: InputSpec, like: ModelCard) -> int | None:
    """How many classes the answer tells apart, None where the answer does not say; checks that the decoder reads it."""
    size = (spec.width or OPEN_SIDE, spec.height or OPEN_SIDE)
    try:
        if like.task == "classify":
            return int(interpret_classes(outputs, output).shape[1])
        interpret_detections(outputs, output, size=size, score_threshold=0.5, iou=0.5)
    except ContractViolation as error:
        answers = {name: list(array.shape) for name, array in outputs.items()}
        raise InputError(
            f"the network is not of the family of {like.name!r}: {error.message}",
            hint=f"it answers {answers}; try --like with yolox-nano, nanodet-m-416, dfine-n, rfdetr-seg-nano, "
            "mask-rcnn-r50-int8 or yolov8n",
        ) from None
    return _count(outputs, output)


def _count(outputs: Outputs, output: OutputSpec) -> int | None:
    """Classes in the answer of a detector, which its decoder has read."""
    shapes: list[tuple[int, ...]] = [array.shape for array in outputs.values() if array.ndim == 3]
    match output.decoder:
        case "yolox":
            return shapes[0][2] - 5
        case "yolov8":
            masks = mask_output(outputs, output)
            return shapes[0][1] - 4 - (0 if masks is None else int(masks.shape[1]))
        case "nanodet":
            return int(outputs[output.scores[0]].shape[2])
        case "detr":
            boxless = [shape for shape in shapes if shape[2] != 4] or shapes
            logits = int(outputs[output.scores[0]].shape[2]) if output.scores else boxless[0][2]
            return logits - output.first_class - (output.activation == "softmax")
        case _:
            return None


def _labels(
    given: Sequence[str], count: int | None, metadata: Mapping[str, str], like: ModelCard
) -> str | tuple[str, ...]:
    from siseon.models.labels import label_map

    own = tuple(given) or names_in(metadata)
    if own:
        if count is not None and len(own) != count:
            raise InputError(f"{len(own)} names for a network of {count} classes")
        return own
    if count is not None and len(label_map(like)) != count:
        raise InputError(
            f"the network has {count} classes, {like.name!r} {len(label_map(like))}: their names are not known",
            hint="give a file with one name a line: --labels FILE",
        )
    return like.labels


def names_in(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Class names that an export carries as ``names``: ``{0: 'person', 1: 'bicycle'}``; empty where there are none."""
    text = metadata.get("names", "")
    if not text or len(text) > MAX_NAMES_TEXT:
        return ()
    try:
        names = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ()
    if isinstance(names, dict) and sorted(names) == list(range(len(names))):
        names = [names[index] for index in range(len(names))]
    return tuple(map(str, names)) if isinstance(names, list | tuple) else ()
