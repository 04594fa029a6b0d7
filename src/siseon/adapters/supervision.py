"""Detections to and from ``supervision.Detections``, for the annotators, zones and trackers of that library.

Supervision takes seconds to import, so it is imported by the functions that need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siseon.contracts import ContractViolation, DependencyMissing, Detections, Frame, LabelMap, Mask

if TYPE_CHECKING:
    import supervision


def to_supervision(detections: Detections) -> supervision.Detections:
    """The same boxes (float32 xyxy), confidences, class ids, names (``data["class_name"]``) and masks.

    Raises:
        DependencyMissing: supervision is not installed.
    """
    try:
        import supervision as sv
    except ImportError:
        raise DependencyMissing(
            "supervision is not installed", hint="pip install 'siseon[supervision]'"
        ) from None
    masks = None
    if detections.masks is not None and len(detections):
        masks = np.stack([mask.pixels() for mask in detections.masks])
    names = [detections.labels[class_id] for class_id in detections.class_ids.tolist()]
    return sv.Detections(
        xyxy=detections.boxes.xyxy.copy(),
        confidence=detections.scores.copy(),
        class_id=detections.class_ids.copy(),
        mask=masks,
        data={"class_name": np.array(names, dtype=str)},
    )


def from_supervision(found: supervision.Detections, frame: Frame, labels: LabelMap) -> Detections:
    """Detections in ``frame``; the boxes are clamped to it.

    Raises:
        ContractViolation: no class ids, or values that break the rules of Detections.
    """
    if len(found) and found.class_id is None:
        raise ContractViolation(
            "class_id is missing: siseon's detections have a class", stage="from_supervision"
        )
    scores = np.ones(len(found), np.float32) if found.confidence is None else found.confidence
    masks = None
    if found.mask is not None:
        masks = tuple(Mask.encode(np.asarray(pixels, dtype=bool), frame) for pixels in found.mask)
    class_ids = np.empty(0, np.int64) if found.class_id is None else found.class_id
    return Detections.from_model(
        found.xyxy, scores, class_ids, frame, labels, stage="from_supervision", masks=masks
    )
