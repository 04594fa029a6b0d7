"""Detections to and from COCO results: ``{"image_id", "category_id", "bbox": [x, y, w, h], "score"}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from siseon.contracts.detections import Detections
from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame
from siseon.contracts.labels import LabelMap
from siseon.contracts.mask import Mask

CocoResult = Mapping[str, object]


def to_coco(detections: Detections, image_id: int, category_ids: Sequence[int]) -> list[dict[str, object]]:
    """COCO results of one image, in pixels of its root frame.

    Args:
        detections: in any frame of the image; with masks only in the root frame.
        image_id: the image's id in the annotation file.
        category_ids: the file's category id of each class, in the order of the labels.

    Raises:
        ContractViolation: not one category id a class.
    """
    if len(category_ids) != len(detections.labels):
        raise ContractViolation(f"{len(category_ids)} category ids for {len(detections.labels)} classes")
    found = detections.to(detections.frame.root_frame)
    results: list[dict[str, object]] = []
    rows = zip(found.boxes.xyxy.tolist(), found.scores.tolist(), found.class_ids.tolist(), strict=True)
    for index, ((x1, y1, x2, y2), score, class_id) in enumerate(rows):
        result: dict[str, object] = {
            "image_id": image_id,
            "category_id": int(category_ids[class_id]),
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "score": score,
        }
        if found.masks is not None:
            result["segmentation"] = found.masks[index].to_wire()
        results.append(result)
    return results


def from_coco(
    results: Iterable[CocoResult], frame: Frame, labels: LabelMap, category_ids: Sequence[int]
) -> Detections:
    """Detections of one image out of its COCO results; ``frame`` is the image's root frame.

    Raises:
        ContractViolation: a category id that is not listed, masks on some results only, or values that break
            the rules of Detections.
    """
    rows = list(results)
    class_of = {category: index for index, category in enumerate(category_ids)}
    xyxy, scores, classes, masks = [], [], [], []
    for row in rows:
        category, box = row.get("category_id"), row.get("bbox")
        if category not in class_of:
            raise ContractViolation(f"category_id {category} is none of the {len(class_of)} categories")
        if not isinstance(box, list | tuple) or len(box) != 4:
            raise ContractViolation(f"bbox is {box!r}, needs [x, y, width, height]")
        score = row.get("score", 1.0)
        if not isinstance(score, int | float):
            raise ContractViolation(f"score is {score!r}, needs a number")
        x, y, width, height = box
        xyxy.append([x, y, x + width, y + height])
        scores.append(score)
        classes.append(class_of[category])
        if isinstance(segmentation := row.get("segmentation"), Mapping):
            masks.append(Mask.from_wire(dict(segmentation), frame))
    if masks and len(masks) != len(rows):
        raise ContractViolation(f"{len(masks)} of {len(rows)} results have a mask: all or none")
    kept = tuple(masks) if masks else None
    return Detections.from_model(xyxy, scores, classes, frame, labels, stage="from_coco", masks=kept)
