"""Detect and classify: every object of a photo, and what each of them is.

The seven steps of a request, by the names that its trace shows: decode, detect, crop, classify, aggregate,
validate, respond. An image that comes decoded skips the first; without crops the fourth has nothing to do.
Safety checks, where asked for, come after classify and before aggregate.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.inspection.contracts import InspectionResult
from siseon.applications.inspection.gallery import Recognise
from siseon.applications.inspection.naming import class_numbers, classification, crops_to_name
from siseon.applications.inspection.options import DEFAULTS, InspectionChoices, InspectionOptions
from siseon.applications.inspection.response_size import RESPONSE_BYTES, masks_within
from siseon.applications.inspection.stages import Classify, Detect
from siseon.applications.network import Allotment
from siseon.contracts import (
    ContractViolation,
    Detections,
    Image,
    SiseonError,
)
from siseon.engine import Pipeline, remaining, step, warn
from siseon.engine.trace import current_trace
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

if TYPE_CHECKING:
    from siseon.applications.safety import Safety, SafetyReport

ANSWER_S, ANSWER_SHARE = 0.02, 0.05
"""Of the time that is left, what classification leaves, so that an answer without it still comes: so many seconds and
such a share at least. On a busy machine 20 ms alone went by before the request was looked at again."""

CLASSIFY_SHARE = 0.5
"""Of the time that is left, what classification may take when safety checks come after it."""

PERSON = "person"
"""The detector's class whose crops are checked one by one for NSFW."""

PERSON_SIDE = 64
"""Pixels of the shorter side below which a person shows nothing that the whole picture would not."""

MOST_PEOPLE = 8
"""Persons of a picture that are checked, the largest first: a crowd must not take seconds."""

log = logging.getLogger("siseon.inspection")


class Inspection(Pipeline[Picture, InspectionResult]):
    """Detector, then classifier on each detection. Both are swapped by the name of another card."""

    def __init__(
        self,
        models: ModelManager,
        options: InspectionOptions = DEFAULTS,
        *,
        bounds: MediaBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Choose the models; nothing is loaded before the pipeline starts."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.detect = Detect(
            models[options.detector],
            score_threshold=options.score_threshold,
            iou=options.iou,
            allotment=Allotment(options.detect_batch, options.detect_replicas, options.detect_threads),
        )
        allotment = Allotment(options.classify_batch, options.classify_replicas, options.classify_threads)
        self.classify: Classify | Recognise = (
            Classify(models[options.classifier], allotment=allotment)
            if options.gallery is None
            else Recognise(models[options.embedder], Path(options.gallery), allotment=allotment)
        )
        self.classify.linger_ms = options.classify_window_ms
        wanted = {options.nsfw, options.faces, options.pii_text} != {"none"}
        self.safety: Safety | None = None
        if wanted:  # its networks bring more code than all the rest
            from siseon.applications.safety import Safety

            self.safety = Safety(models, options, bounds=bounds)

    async def run(self, item: Picture, *, choices: InspectionChoices | None = None) -> InspectionResult:
        """Inspect one image; what ``choices`` leave open the options say.

        Raises:
            SiseonError: the failure of a required step, with the step's name. The classifier is optional: when
                it fails or is late, the result is ``degraded`` and lacks classifications; so are safety checks
                that only ``flag``. ``safety_blocked`` is a picture that the policy keeps back.
        """
        started = time.perf_counter()
        wanted = self.options.chosen(choices)
        image = await self.decode.open(item)
        image_id = image.source or ANONYMOUS
        found = await self.detect(image)
        objects = _chosen(found, wanted)
        if not len(objects):
            log.info("no objects detected", extra={"image_id": image_id, "trace_id": _trace_id()})
        with _Named("crop"):
            crops = crops_to_name(image, objects, wanted)
        labels = await self.classify.map(crops, timeout=self._time_to_classify(), fallback=None)
        safety = await self._checked(image, found)  # a request that asks for less is not checked less
        with _Named("aggregate"):
            draft = _aggregate(image, image_id, objects)
            draft["classifications"] = [
                classification(crop.index, label, wanted)
                for crop, label in zip(crops, labels, strict=True)
                if label is not None
            ]
            draft["safety"] = safety
            draft["inference_ms"] = (time.perf_counter() - started) * 1000
        with _Named("validate"):
            result = InspectionResult.checked(draft)
        with _Named("respond"):
            _check_size(result.to_json())
        return result

    async def _checked(self, image: Image, objects: Detections) -> SafetyReport | None:
        if self.safety is None:
            return None
        return await self.safety.run(image, _people(image, objects) if self.safety.nsfw else ())

    def _time_to_classify(self) -> float | None:
        left, most = remaining(), self.options.classify_timeout
        if left is None:
            return most
        left = max(0.0, left - max(ANSWER_S, ANSWER_SHARE * left)) * (
            1.0 if self.safety is None else CLASSIFY_SHARE
        )
        return left if most is None else min(left, most)


def _chosen(objects: Detections, wanted: InspectionChoices) -> Detections:
    """The detections that one request asks for; they come best first."""
    if not wanted.min_score and not wanted.classes:
        return objects if wanted.max_objects is None else objects[: wanted.max_objects]
    keep = objects.scores >= wanted.min_score
    if wanted.classes:
        keep &= np.isin(objects.class_ids, class_numbers(wanted.classes, objects.labels))
    return objects[np.flatnonzero(keep)[: wanted.max_objects]]


def _people(image: Image, objects: Detections) -> list[Image]:
    """The largest persons of a picture."""
    classes = [class_id for class_id, name in enumerate(objects.labels.names) if name == PERSON]
    people = objects[np.isin(objects.class_ids, classes)]
    largest = np.argsort(-people.boxes.area, kind="stable")[:MOST_PEOPLE]
    return [crop.image for crop in people[largest].crops(image, min_side=PERSON_SIDE)]


def _aggregate(image: Image, image_id: str, objects: Detections) -> dict[str, Any]:
    """Plain values of an ``InspectionResult`` without names and time, in pixels of the original image."""
    root = image.frame.root_frame
    found = objects.to(root)
    masks: list[dict[str, object] | None] = [None] * len(found)
    if found.masks is not None:
        fitted = masks_within(found.masks)
        masks = [mask.to_wire() if mask else None for mask in fitted.masks]
        if fitted.simplified:
            warn(
                f"response_size: the masks of detections {fitted.simplified} are too large and were simplified"
            )
        if fitted.left_out:
            warn(
                f"response_size: the masks of detections {fitted.left_out} do not compress and were left out"
            )
    return {
        "image_id": image_id,
        "width": root.width,
        "height": root.height,
        "detections": [
            {
                "box": box,
                "score": score,
                "class_id": class_id,
                "class_name": found.labels[class_id],
                "mask": mask,
            }
            for box, score, class_id, mask in zip(
                found.boxes.xyxy.tolist(), found.scores.tolist(), found.class_ids.tolist(), masks, strict=True
            )
        ],
    }


def _check_size(body: bytes) -> None:
    if len(body) >= RESPONSE_BYTES:
        raise ContractViolation(
            f"the response has {len(body)} bytes, the limit is {RESPONSE_BYTES}",
            hint="raise the score threshold: so many objects are noise",
        )


class _Named(step):
    """A step of the trace whose failures carry its name."""

    __slots__ = ()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        super().__exit__(kind, error, _)
        if isinstance(error, SiseonError):
            raise error.at(self.name) from error.__cause__


def _trace_id() -> str | None:
    trace = current_trace.get()
    return trace.trace_id if trace else None
