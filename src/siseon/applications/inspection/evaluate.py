"""How well a detector finds the objects of labelled photos: COCO average precision, measured by pycocotools.

Only detection runs: what the classifier says has no truth in COCO files. Labels are matched to the file's
categories by name, so that the gaps in COCO's category ids, or a file with other ids, need no table.

Published figures were measured on pixel values as they are stored: the training code of the networks ignores
colour profiles. siseon serves photos in sRGB. Both can be measured here, so that a figure can be compared with
the publication and the price of serving is known.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import DirectoryPath, FilePath

from siseon.applications.application import Evaluation, Table
from siseon.applications.decode import Decode
from siseon.applications.inspection.annotations import read_coco
from siseon.applications.inspection.options import InspectionOptions
from siseon.applications.inspection.stages import Detect
from siseon.applications.measuring import measure_all, notes_of
from siseon.contracts import DependencyMissing, Detections, Encoded, FailureCode, Image, InputError
from siseon.contracts.described import Described
from siseon.engine import Pipeline, Stage
from siseon.engine.machine import cores
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import read_file
from siseon.media.read import read
from siseon.models import ModelManager

SCORE = 0.01
"""Least score that counts: average precision integrates over all of them, lower ones change nothing."""

IOU = 0.65
"""Overlap that suppresses: the published figures of YOLOX were measured with it."""

MAX_DETECTIONS = 3000
"""More than any image gives at that score; pycocotools itself takes the best 100 of each class."""

IN_FLIGHT = 16
"""Images read and decoded at once."""

FIGURES = ("AP", "AP50", "AP75", "AP small", "AP medium", "AP large", "AR 1", "AR 10", "AR 100")
"""What pycocotools sums up, in its order; AP and AR are means over IoU 0.50 to 0.95."""


class DecodeAsStored(Stage[Encoded, Image]):
    """Decode to the stored values, whatever the colour profile says; the same checks come first."""

    name = "decode"

    def __init__(self, bounds: MediaBounds) -> None:
        self.bounds = bounds
        self.replicas = cores()

    def process(self, batch: Sequence[Encoded]) -> Sequence[Image]:
        """Decode each upload; raises what ``siseon.media.read`` raises, and ``corrupt_image``."""
        return [self._decode(upload) for upload in batch]

    def _decode(self, upload: Encoded) -> Image:
        read(upload.data, self.bounds)
        pixels = cv2.imdecode(np.frombuffer(upload.data, np.uint8), cv2.IMREAD_COLOR_RGB)
        if pixels is None:
            raise InputError(f"{upload.name} cannot be decoded", code=FailureCode.corrupt_image)
        return Image.from_array(np.asarray(pixels, np.uint8), upload.name)


class DetectionOnly(Pipeline[Encoded, Detections]):
    """The first half of an inspection, on photos as they are stored or as they are served."""

    def __init__(
        self,
        models: ModelManager,
        *,
        detector: str,
        score: float,
        iou: float,
        as_stored: bool,
        bounds: MediaBounds,
    ) -> None:
        self.decode = DecodeAsStored(bounds) if as_stored else Decode(bounds=bounds)
        self.detect = Detect(models[detector], score_threshold=score, iou=iou, max_detections=MAX_DETECTIONS)

    async def run(self, item: Encoded) -> Detections:
        """Detections in pixels of the original image."""
        image = await self.decode(item)
        found = await self.detect(image)
        return found.to(image.frame.root_frame)


class CocoTruth(Described):
    """What a detector is compared with."""

    coco: FilePath
    """COCO annotations (instances_*.json)."""
    images: DirectoryPath
    """Folder of the images that it names."""


async def evaluate(
    models: ModelManager,
    options: InspectionOptions,
    truth: CocoTruth,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """Average precision of the detector by COCO's rules, on the photos that can be read; the others are named in notes.

    Raises:
        SiseonError: see ``average_precision``.
    """
    unread: list[tuple[Mapping[str, Any], InputError]] = []
    figures = await average_precision(
        models,
        truth.coco,
        truth.images,
        detector=options.detector,
        bounds=bounds,
        progress=progress,
        unread=unread,
    )
    return Table(
        title=f"{options.detector} on {truth.coco}",
        heads=tuple(figures),
        rows=(tuple("–" if value < 0 else f"{value:.3f}" for value in figures.values()),),
        document={name: None if value < 0 else value for name, value in figures.items()},
        notes=notes_of([(entry["file_name"], failure) for entry, failure in unread]),
    )


async def average_precision(
    models: ModelManager,
    instances: Path,
    images: Path,
    *,
    detector: str = "yolox-nano",
    score: float = SCORE,
    iou: float = IOU,
    as_stored: bool = True,
    bounds: MediaBounds = DEFAULT_BOUNDS,
    progress: Callable[[], object] = lambda: None,
    unread: list[tuple[Mapping[str, Any], InputError]] | None = None,
) -> dict[str, float]:
    """Average precision and recall of a detector, by the names in ``FIGURES``, each in [0, 1], or -1 where
    no object of that size is labelled.

    Args:
        models: where the detector comes from.
        instances: COCO annotation file.
        images: folder of the images that it names.
        detector: name of a card with task ``detect``.
        score: least score of a detection that counts.
        iou: overlap above which the worse of two detections of a class is dropped.
        as_stored: measure on stored pixel values, as published figures are; False measures what is served.
        bounds: what is accepted of an image.
        progress: called after each image.
        unread: takes the entries whose images cannot be read, which then count in no figure.

    Raises:
        DependencyMissing: pycocotools is not installed.
        InputError: the file is no COCO annotation, no label of the detector is among its categories, or an image
            cannot be read: the first, or with ``unread`` when none can.
        SiseonError: the failure of the first image that could not be evaluated for another reason.
    """
    coco_class, _ = pycocotools()
    truth = read_coco(instances)
    if not truth["images"]:
        raise InputError(f"{instances} names no image")
    categories = coco_categories(truth, models[detector].labels.names, instances)
    pipeline = DetectionOnly(
        models, detector=detector, score=score, iou=iou, as_stored=as_stored, bounds=bounds
    )

    async def one(entry: Mapping[str, Any]) -> NDArray[np.float64]:
        upload = await asyncio.to_thread(read_file, images / entry["file_name"], bounds)
        return coco_rows((await pipeline(upload)).data, entry["id"], categories)

    rows = await measure_all(pipeline, truth["images"], one, progress, at_once=IN_FLIGHT, unread=unread)
    return coco_summary(_without(truth, unread or ()), np.concatenate(rows), coco_class)


def _without(truth: dict[str, Any], unread: Sequence[tuple[Mapping[str, Any], InputError]]) -> dict[str, Any]:
    """The truth of the images that were read: the objects of the others were not missed."""
    gone = {entry["id"] for entry, _ in unread}
    kept = {
        "images": [entry for entry in truth["images"] if entry["id"] not in gone],
        "annotations": [one for one in truth["annotations"] if one["image_id"] not in gone],
    }
    return {**truth, **kept}


def coco_rows(found: Detections, image_id: int, categories: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n, 7): image id, x, y, width, height, score, category id; labels without a category are left out."""
    xyxy = found.boxes.xyxy.astype(np.float64)
    rows = np.empty((len(found), 7))
    rows[:, 0] = image_id
    rows[:, 1:3] = xyxy[:, :2]
    rows[:, 3:5] = xyxy[:, 2:] - xyxy[:, :2]
    rows[:, 5] = found.scores
    rows[:, 6] = categories[found.class_ids]
    return rows[rows[:, 6] >= 0]


def coco_summary(truth: dict[str, Any], rows: NDArray[np.float64], coco_class: Any) -> dict[str, float]:
    """The ``FIGURES`` of rows made by ``coco_rows`` against a COCO document; -1 where it has no object of that size."""
    if not len(rows):
        return dict.fromkeys(FIGURES, 0.0)
    _, evaluation_class = pycocotools()
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools talks; the caller decides what is printed
        reference = coco_class()
        reference.dataset = {**truth, "annotations": _numbered(truth["annotations"])}
        reference.createIndex()
        evaluation = evaluation_class(reference, reference.loadRes(rows), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(FIGURES, map(float, evaluation.stats[: len(FIGURES)]), strict=True))


def _numbered(annotations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """From 1: pycocotools tells them apart by their ids, and takes 0 for an object that nothing was matched to."""
    return [{**one, "id": number} for number, one in enumerate(annotations, 1)]


def coco_categories(
    truth: Mapping[str, Any], labels: Sequence[str], instances: Path | str
) -> NDArray[np.int64]:
    """Category id of each class of the detector, -1 where the file has no category of that name."""
    ids = {category["name"]: category["id"] for category in truth["categories"]}
    found = np.array([ids.get(name, -1) for name in labels], dtype=np.int64)
    if (found < 0).all():
        raise InputError(
            f"{instances} has no category that the detector knows: its first are {list(ids)[:3]}"
        )
    return found


def pycocotools() -> tuple[Any, Any]:
    """Its ``COCO`` and ``COCOeval``.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise DependencyMissing(
            "COCO evaluation needs pycocotools", hint="pip install 'siseon[coco]'", stage="evaluate"
        ) from error
    return COCO, COCOeval


EVALUATION = Evaluation(
    summary="Average precision of a detector by COCO's rules (pycocotools, scores from 0.01, NMS IoU 0.65).",
    truth=CocoTruth,
    measure=evaluate,
    measured=("detector",),
)
