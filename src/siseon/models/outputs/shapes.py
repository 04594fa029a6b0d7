"""From a card's output specification to the masks of the objects that its decoder found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation
from siseon.models.card import OutputSpec
from siseon.models.outputs.candidates import Candidates
from siseon.models.outputs.masks import HALF, ShapeMap, boxed_shapes, prototype_shapes, whole_shapes


def shapes_of(
    outputs: Mapping[str, NDArray[np.generic]],
    spec: OutputSpec,
    index: int,
    found: Candidates,
    size: tuple[int, int],
) -> Iterator[ShapeMap] | None:
    """What the network says about the shape of each candidate of image ``index`` of the batch; None without masks.

    ``found``: candidates as the decoder gave them, or a selection of them. ``size``: (width, height) of the input.

    Raises:
        ContractViolation: masks that do not belong to the boxes.
    """
    masks = mask_output(outputs, spec)
    if masks is None or found.rows is None:
        return None
    try:
        match spec.decoder:
            case "yolov8":
                name = spec.boxes[0] if spec.boxes else None
                output = next(a for n, a in outputs.items() if (a.ndim == 3 if name is None else n == name))
                weights = output[index, -masks.shape[1] :, found.rows].astype(np.float32, copy=False)
                return prototype_shapes(masks[index], weights, found.xyxy, size)
            case "maskrcnn":
                shapes = masks[found.rows, 0]
                if shapes.shape[1:] == (size[1], size[0]):  # torchvision's exports paste them into the input
                    return whole_shapes(shapes - HALF, size)
                return boxed_shapes(shapes, found.xyxy)
            case _:
                return whole_shapes(masks[index, found.rows], size)
    except IndexError as error:
        raise ContractViolation(f"masks {masks.shape} do not belong to the boxes: {error}") from error


def mask_output(outputs: Mapping[str, NDArray[np.generic]], spec: OutputSpec) -> NDArray[np.float32] | None:
    """The output with prototypes or masks, float32: the one that the card names, else the only one with four axes.

    Raises:
        ContractViolation: the card names one that is absent or has not four axes.
    """
    if spec.decoder not in ("yolov8", "detr", "maskrcnn"):
        return None
    if spec.masks:
        named = outputs.get(spec.masks[0])
        if named is None or named.ndim != 4:
            raise ContractViolation(
                f"the card names masks {spec.masks[0]!r}: the network has no such output with four axes"
            )
        return named.astype(np.float32, copy=False)
    fours = [array for array in outputs.values() if array.ndim == 4]
    return fours[0].astype(np.float32, copy=False) if len(fours) == 1 else None
