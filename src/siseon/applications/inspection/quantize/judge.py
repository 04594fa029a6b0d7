"""How good a network's answers to photos are: against labels, or against the float network's own answers.

Detectors: average precision by COCO's rules. Without labels, what the float network finds with the usual score stands
for the truth, and boxes count from an overlap of one half on (AP50), all classes in one: a class that is seen once
would else weigh as much as one that is seen in every photo. The float network has 1 by that rule, whatever it misses.
Classifiers: the share of photos with the right class. Without labels the right one is what the float network says, on
those photos of which it is sure.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siseon.applications.inspection.evaluate import (
    IOU,
    MAX_DETECTIONS,
    SCORE,
    coco_categories,
    coco_rows,
    coco_summary,
    pycocotools,
)
from siseon.applications.inspection.quantize.photos import Photo, Photos
from siseon.applications.inspection.stages import Detect, input_size
from siseon.contracts import Detections, InputError
from siseon.models import InputSpec, Model
from siseon.models.outputs import interpret_classes
from siseon.models.preprocess import prepare

SURE = 0.5
"""Probability from which the float network's class counts as sure."""
LEAST_SURE = 10
"""Photos of a half of which it must be."""
FOUND = 0.25
"""Score from which the float network's boxes stand for the truth: what an inspection gives out."""
LABELLED_LOSS = 0.01
UNLABELLED_LOSS = {"detect": 0.05, "classify": 0.01}
"""What may be lost, unless somebody says otherwise."""

Seen = Callable[[], object]
"""Hears of each photo."""


class Judge(ABC):
    """Gives a network a mark in [0, 1] for its answers to photos."""

    what: str
    """The mark's name."""
    labelled: bool

    @abstractmethod
    def mark(self, model: Model, photos: Sequence[Photo], seen: Seen = lambda: None) -> float:
        """The mark of a network; it is loaded if it is not yet."""


def judge_of(model: Model, photos: Photos, seen: Seen) -> Judge:
    """The judge of the task of ``model``, which is the float network.

    Raises:
        DependencyMissing: a detector without pycocotools.
        InputError: these photos say nothing: there is nothing to find in them, of too few is the float network sure,
            or no label is of a class of the network.
    """
    return (
        OfDetectors(model, photos, seen)
        if model.card.task == "detect"
        else OfClassifiers(model, photos, seen)
    )


class OfDetectors(Judge):
    """Average precision."""

    def __init__(self, model: Model, photos: Photos, seen: Seen) -> None:
        self._coco_class, _ = pycocotools()
        self.labelled = photos.coco is not None
        self.what = "AP" if self.labelled else "AP50 against the float network"
        names = model.labels.names
        if photos.coco is not None:
            self._truth = photos.coco
            self._categories = coco_categories(photos.coco, names, "the file of labels")
        else:
            self._categories = np.arange(1, len(names) + 1)
            self._truth = self._told_by(model, (*photos.calibration, *photos.held_out), seen)
        for half in (photos.calibration, photos.held_out):
            if not self._of(half)["annotations"]:
                raise InputError(
                    "there is nothing to find in these photos",
                    hint="give photos of what the network is to find",
                )

    def mark(self, model: Model, photos: Sequence[Photo], seen: Seen = lambda: None) -> float:
        """Average precision; of labels, from an overlap of 0.5 to 0.95, of the float network's boxes, of 0.5."""
        found = _found(model, photos, SCORE, seen)
        rows = [
            coco_rows(each, photo.number, self._categories) for each, photo in zip(found, photos, strict=True)
        ]
        if self.labelled:
            return coco_summary(self._of(photos), np.concatenate(rows), self._coco_class)["AP"]
        return coco_summary(*pooled(self._of(photos), np.concatenate(rows)), self._coco_class)["AP50"]

    def _of(self, photos: Sequence[Photo]) -> dict[str, Any]:
        """The truth of some of them."""
        ids = {photo.number for photo in photos}
        return {
            **self._truth,
            "images": [entry for entry in self._truth["images"] if entry["id"] in ids],
            "annotations": [entry for entry in self._truth["annotations"] if entry["image_id"] in ids],
        }

    def _told_by(self, model: Model, photos: Sequence[Photo], seen: Seen) -> dict[str, Any]:
        annotations: list[dict[str, Any]] = []
        for photo, found in zip(photos, _found(model, photos, FOUND, seen), strict=True):
            for row in coco_rows(found, photo.number, self._categories).tolist():
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": photo.number,
                        "category_id": int(row[6]),
                        "bbox": row[1:5],
                        "area": row[3] * row[4],
                        "iscrowd": 0,
                    }
                )
        return {
            "images": [{"id": photo.number} for photo in photos],
            "annotations": annotations,
            "categories": [{"id": int(number)} for number in self._categories],
        }


def pooled(truth: dict[str, Any], rows: NDArray[np.float64]) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """The same with one category: what is of another class in a photo is as if in another photo."""
    step = max(entry["id"] for entry in truth["categories"]) + 1
    annotations = [
        {**entry, "image_id": entry["image_id"] * step + entry["category_id"], "category_id": 1}
        for entry in truth["annotations"]
    ]
    rows = rows.copy()
    rows[:, 0] = rows[:, 0] * step + rows[:, 6]
    rows[:, 6] = 1
    places = {entry["image_id"] for entry in annotations} | set(map(int, rows[:, 0]))
    images = [{"id": place} for place in sorted(places)]
    return {"images": images, "annotations": annotations, "categories": [{"id": 1}]}, rows


def _found(model: Model, photos: Sequence[Photo], score: float, seen: Seen) -> list[Detections]:
    detect = Detect(model, score_threshold=score, iou=IOU, max_detections=MAX_DETECTIONS)
    detect.setup()
    try:
        found = []
        for photo in photos:
            found.append(detect.process([photo.image])[0].to(photo.image.frame.root_frame))
            seen()
        return found
    finally:
        detect.teardown()


class OfClassifiers(Judge):
    """The share of right classes."""

    def __init__(self, model: Model, photos: Photos, seen: Seen) -> None:
        self._spec = photos.spec
        self.labelled = photos.labelled
        self.what = "top-1" if self.labelled else "top-1 as the float network, where it is sure"
        self._right: dict[int, int] = {}  # by the identity of the photo: one that is not in it does not count
        for half in (photos.calibration, photos.held_out):
            scores = None if self.labelled else classes(model, half, self._spec, seen)
            for index, photo in enumerate(half):
                if scores is None:
                    assert photo.label is not None  # noqa: S101 - that is what labelled means
                    self._right[id(photo)] = photo.label
                elif scores[index].max() >= SURE:
                    self._right[id(photo)] = int(scores[index].argmax())
            sure = sum(id(photo) in self._right for photo in half)
            if sure < LEAST_SURE:
                raise InputError(
                    f"the float network is sure of {sure} of {len(half)} photos, of {LEAST_SURE} at least it must be",
                    hint="give more photos of what it knows, or folders named after its classes",
                )

    def mark(self, model: Model, photos: Sequence[Photo], seen: Seen = lambda: None) -> float:
        """The share of those that count."""
        counted = [photo for photo in photos if id(photo) in self._right]
        best = classes(model, counted, self._spec, seen).argmax(axis=1)
        return float(
            np.mean([self._right[id(photo)] == one for photo, one in zip(counted, best, strict=True)])
        )


def classes(model: Model, photos: Sequence[Photo], spec: InputSpec, seen: Seen) -> NDArray[np.float32]:
    """(n, classes) probabilities."""
    rows = []
    with model.acquire():
        for photo in photos:
            pixels, _ = prepare([photo.image], spec, input_size(model))
            rows.append(interpret_classes(model.run({model.input_name: pixels}), model.card.output))
            seen()
    return np.concatenate(rows)
