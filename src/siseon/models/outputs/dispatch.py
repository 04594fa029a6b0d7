"""From a card's output specification to the decoder that reads it: the one table of names to functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation
from siseon.models.card import OutputSpec
from siseon.models.outputs.blazeface import interpret_blazeface
from siseon.models.outputs.candidates import Candidates
from siseon.models.outputs.centerface import interpret_centerface
from siseon.models.outputs.classify import probabilities
from siseon.models.outputs.detr import interpret_detr
from siseon.models.outputs.maskrcnn import interpret_maskrcnn
from siseon.models.outputs.movenet import interpret_movenet
from siseon.models.outputs.nanodet import STRIDES as NANODET_STRIDES
from siseon.models.outputs.nanodet import interpret_nanodet
from siseon.models.outputs.shapes import mask_output
from siseon.models.outputs.ultraface import interpret_ultraface
from siseon.models.outputs.yolov8 import STRIDES as YOLOV8_STRIDES
from siseon.models.outputs.yolov8 import interpret_yolov8
from siseon.models.outputs.yolox import STRIDES as YOLOX_STRIDES
from siseon.models.outputs.yolox import interpret_yolox

Outputs = Mapping[str, NDArray[np.generic]]
"""Arrays by output name, as a session returns them."""


def interpret_detections(
    outputs: Outputs, spec: OutputSpec, *, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    """Candidate boxes of each image of a batch, best first, in pixels of the network's input.

    ``size``: (width, height) of that input. ``iou`` is the overlap above which the worse of two boxes of a
    class is dropped; the boxes-and-logits family needs no such rule and ignores it.

    Raises:
        ContractViolation: outputs that the card promises are absent or have other shapes, or no detector.
    """
    try:
        match spec.decoder:
            case "yolox":
                return _yolox(outputs, spec, size, score_threshold, iou)
            case "yolov8":
                return _yolov8(outputs, spec, size, score_threshold, iou)
            case "nanodet":
                return _nanodet(outputs, spec, size, score_threshold, iou)
            case "detr":
                return _detr(outputs, spec, size, score_threshold)
            case "maskrcnn":
                return [_maskrcnn(outputs, spec, score_threshold)]
            case "centerface":
                return _centerface(outputs, spec, score_threshold, iou)
            case "blazeface":
                return _blazeface(outputs, spec, size, score_threshold, iou)
            case "ultraface":
                return _ultraface(outputs, spec, size, score_threshold, iou)
            case other:
                raise ValueError(f"decoder {other!r} finds no boxes: this is not the card of a detector")
    except ValueError as error:
        raise ContractViolation(str(error)) from error


def interpret_classes(outputs: Outputs, spec: OutputSpec) -> NDArray[np.float32]:
    """(n, classes) probabilities of a classifier's batch.

    Raises:
        ContractViolation: the output is absent, has another shape, or the card is not a classifier's.
    """
    if spec.decoder != "logits":
        raise ContractViolation(
            f"decoder {spec.decoder!r} names no classes: this is not the card of a classifier"
        )
    (logits,) = _named(outputs, spec.scores) if spec.scores else list(outputs.values())[:1]
    if logits.ndim != 2:
        raise ContractViolation(f"logits have shape {logits.shape}, a classifier gives (n, classes)")
    return probabilities(_floats(logits), spec.activation)[:, spec.first_class :]


def interpret_poses(outputs: Outputs, spec: OutputSpec, *, size: tuple[int, int]) -> NDArray[np.float32]:
    """(n, 17, 3) x, y in pixels of the network's input, and score, of the points of the one body in each image.

    ``size``: (width, height) of that input.

    Raises:
        ContractViolation: the output is absent, has another shape, or the card is not one of poses.
    """
    if spec.decoder != "movenet":
        raise ContractViolation(
            f"decoder {spec.decoder!r} finds no bodies: this is not the card of a pose network"
        )
    try:
        return interpret_movenet(_floats(next(iter(outputs.values()))), width=size[0], height=size[1])
    except ValueError as error:
        raise ContractViolation(str(error)) from error


def _yolox(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    (output,) = _named(outputs, spec.boxes) if spec.boxes else list(outputs.values())[:1]
    return interpret_yolox(
        _floats(output),
        width=size[0],
        height=size[1],
        strides=spec.strides or YOLOX_STRIDES,
        decoded=spec.decoded,
        score_threshold=score_threshold,
        iou=iou,
    )


def _yolov8(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    (output,) = _named(outputs, spec.boxes) if spec.boxes else _of_rank(outputs, 3)
    prototypes = mask_output(outputs, spec)
    return interpret_yolov8(
        _floats(output),
        width=size[0],
        height=size[1],
        strides=spec.strides or YOLOV8_STRIDES,
        coefficients=0 if prototypes is None else prototypes.shape[1],
        score_threshold=score_threshold,
        iou=iou,
    )


def _nanodet(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    return interpret_nanodet(
        [_floats(array) for array in _named(outputs, spec.scores)],
        [_floats(array) for array in _named(outputs, spec.boxes)],
        width=size[0],
        height=size[1],
        strides=spec.strides or NANODET_STRIDES,
        score_threshold=score_threshold,
        iou=iou,
    )


def _detr(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float
) -> list[Candidates]:
    logits, boxes = _logits_and_boxes(outputs, spec)
    return interpret_detr(
        logits,
        boxes,
        width=size[0],
        height=size[1],
        activation=spec.activation,
        first_class=spec.first_class,
        score_threshold=score_threshold,
    )


def _maskrcnn(outputs: Outputs, spec: OutputSpec, score_threshold: float) -> Candidates:
    """By the card's names; without them the classes are the whole numbers, and the boxes have two axes."""
    if spec.boxes and spec.classes and spec.scores:
        boxes, classes, scores = _named(outputs, (*spec.boxes, *spec.classes, *spec.scores))
    else:
        (boxes,), flat = _of_rank(outputs, 2), _of_rank(outputs, 1, count=2)
        classes, scores = sorted(flat, key=lambda array: array.dtype.kind == "f")
    return interpret_maskrcnn(
        _floats(boxes),
        classes.astype(np.int64, copy=False),
        _floats(scores),
        first_class=spec.first_class,
        score_threshold=score_threshold,
    )


def _centerface(outputs: Outputs, spec: OutputSpec, score_threshold: float, iou: float) -> list[Candidates]:
    names = (*spec.scores, *spec.boxes)
    if len(names) != 3:
        raise ValueError(
            f"the card names outputs {list(names)}: centerface has a heatmap, scales and offsets"
        )
    heatmap, scales, offsets = (_floats(array) for array in _named(outputs, names))
    return interpret_centerface(heatmap, scales, offsets, score_threshold=score_threshold, iou=iou)


def _blazeface(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    if size[0] != size[1]:
        raise ValueError(f"BlazeFace takes squares, the card's input is {size[0]}x{size[1]}")
    return interpret_blazeface(
        [_floats(array) for array in _named(outputs, spec.scores)],
        [_floats(array) for array in _named(outputs, spec.boxes)],
        side=size[0],
        score_threshold=score_threshold,
        iou=iou,
    )


def _ultraface(
    outputs: Outputs, spec: OutputSpec, size: tuple[int, int], score_threshold: float, iou: float
) -> list[Candidates]:
    (scores,), (boxes,) = _named(outputs, spec.scores), _named(outputs, spec.boxes)
    return interpret_ultraface(
        _floats(scores),
        _floats(boxes),
        width=size[0],
        height=size[1],
        score_threshold=score_threshold,
        iou=iou,
    )


def _logits_and_boxes(outputs: Outputs, spec: OutputSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """By the card's names; without them the output whose last axis has four entries holds the boxes."""
    if spec.scores and spec.boxes:
        (logits,), (boxes,) = _named(outputs, spec.scores), _named(outputs, spec.boxes)
        return _floats(logits), _floats(boxes)
    fours = [name for name, array in outputs.items() if array.ndim == 3 and array.shape[-1] == 4]
    others = [name for name, array in outputs.items() if array.ndim == 3 and array.shape[-1] != 4]
    if len(fours) != 1 or len(others) != 1:
        shapes = {name: array.shape for name, array in outputs.items()}
        raise ValueError(f"logits and boxes cannot be told apart in {shapes}: name both in the card's output")
    return _floats(outputs[others[0]]), _floats(outputs[fours[0]])


def _named(outputs: Outputs, names: Sequence[str]) -> list[NDArray[np.generic]]:
    absent = [name for name in names if name not in outputs]
    if absent or not names:
        raise ValueError(f"the card names outputs {list(names)}, the network has {list(outputs)}")
    return [outputs[name] for name in names]


def _of_rank(outputs: Outputs, rank: int, *, count: int = 1) -> list[NDArray[np.generic]]:
    """The outputs with ``rank`` axes, of which there must be ``count``."""
    fitting = [array for array in outputs.values() if array.ndim == rank]
    if len(fitting) != count:
        shapes = {name: array.shape for name, array in outputs.items()}
        raise ValueError(
            f"the outputs cannot be told apart in {shapes}: name boxes, scores and classes in the card's output"
        )
    return fitting


def _floats(array: NDArray[np.generic]) -> NDArray[np.float32]:
    """float32, without a copy where it is already."""
    return array.astype(np.float32, copy=False)
