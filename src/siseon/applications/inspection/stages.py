"""The two models of an inspection as stages: find the objects, name each of them.

Both take any card of their task: size, colours and normalisation come from its input specification, the
decoder from its output specification. How they are placed says ``siseon.applications.network``; the
measurements are in the README beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from siseon.applications.network import WHAT_SUITS, Allotment, Network
from siseon.contracts import (
    ContractViolation,
    Crop,
    Detections,
    Frame,
    Image,
    Label,
    LabelMap,
    ModelRef,
    Ranked,
)
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.outputs import Candidates, interpret_classes, interpret_detections, paint, shapes_of
from siseon.models.preprocess import prepare

CLASSIFY_BATCH = 2
"""Crops a call on a CPU: what surrounds it is paid once for both, and more leave the cache."""

OPEN_SIZE = 640
"""Width and height in pixels that a network gets whose card leaves them open."""

RANKED = 10
"""Classes that an answer may list."""

LEAST_OVERLAP = 1e-2
"""Pixels of the network's input by which a box must reach out of the letterbox's padding to be in the image."""


class Detect(Stage[Image, Detections]):
    """Find objects: fit into the network's input, infer, decode, suppress.

    The detections are in the frame of the image given, best score first.
    """

    name = "detect"

    def __init__(
        self,
        model: Model,
        *,
        score_threshold: float = 0.25,
        iou: float = 0.65,
        max_detections: int = 300,
        allotment: Allotment = WHAT_SUITS,
    ) -> None:
        """``score_threshold``: least score kept; ``iou``: overlap that suppresses; both in [0, 1]."""
        self.model = model
        self._network = Network(model, allotment=allotment)
        self.score_threshold = score_threshold
        self.iou = iou
        self.max_detections = max_detections
        self.replicas = allotment.replicas or cores()

    def setup(self) -> None:
        """Load the weights, place them, run them once."""
        self._network.set_up(self, lambda: self.process([blank(self.model)]))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The detector."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        """Detect on each image.

        Raises:
            ContractViolation: the network's answer is not a valid set of boxes, scores and classes.
        """
        card = self.model.card
        size = input_size(self.model)
        with part("preprocess"):
            pixels, frames = prepare(batch, card.input, size)
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(batch))
        with part("postprocess"):
            found = interpret_detections(
                outputs, card.output, size=size, score_threshold=self.score_threshold, iou=self.iou
            )
            seen = [
                self._seen(candidates, frame, image)
                for candidates, frame, image in zip(found, frames, batch, strict=True)
            ]
        shapes = [shapes_of(outputs, card.output, i, kept, size) for i, (_, kept) in enumerate(seen)]
        with part("masks") if any(shapes) else nullcontext():
            return [
                objects if shape is None else replace(objects, masks=paint(shape, objects.boxes, frame))
                for (objects, _), shape, frame in zip(seen, shapes, frames, strict=True)
            ]

    def _seen(self, found: Candidates, frame: Frame, image: Image) -> tuple[Detections, Candidates]:
        """Checked detections in the image's frame, and the candidates that they are."""
        best = found
        if len(found.scores) > self.max_detections:
            best = found.select(np.arange(self.max_detections))
        detections = Detections.from_model(*best[:3], frame, self.model.labels, stage=self.label)
        # What lies wholly in the padding shows nothing of the image.
        objects = detections[_reaches(detections.boxes.xyxy, frame.content)].to(image.frame)
        if best.rows is not None:  # by which masks are found
            best = best.select(np.flatnonzero(_reaches(best.xyxy, frame.content)))
        return objects, best


class Classify(Stage[Crop, Ranked]):
    """Name what a crop shows: stretched to the network's input, the class with the highest probability.

    The crop fills the input, whatever the card says of whole photos: a crop is framed on its object already.
    """

    name = "classify"

    def __init__(self, model: Model, *, allotment: Allotment = WHAT_SUITS) -> None:
        self.model = model
        self._network = Network(model, cpu_batch=CLASSIFY_BATCH, allotment=allotment)
        self.max_batch, self.replicas = allotment.batch or CLASSIFY_BATCH, allotment.replicas or cores()
        self._input = model.card.input.model_copy(update={"resize": "stretch"})

    def setup(self) -> None:
        """Load the weights, place them, run them once at the batch size of full load."""
        self._network.set_up(self, lambda: self.process([Crop(0, blank(self.model))] * self.max_batch))

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The classifier."""
        return (self.model.ref,)

    def process(self, batch: Sequence[Crop]) -> Sequence[Ranked]:
        """Name each crop.

        Raises:
            ContractViolation: the network's outputs do not fit the labels or are no numbers.
        """
        with part("preprocess"):
            pixels, _ = prepare(batch, self._input, input_size(self.model))
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(batch))
        with part("postprocess"):
            return ranked(interpret_classes(outputs, self.model.card.output), self.model.labels)


def ranked(scores: NDArray[np.float32], names: LabelMap) -> list[Ranked]:
    """The best class of each row of (n, classes) with those that come next.

    Raises:
        ContractViolation: another number of classes than names, or scores that are no numbers.
    """
    if scores.shape[1] != len(names):
        raise ContractViolation(
            f"logits have {scores.shape[1]} classes, the card's labels {len(names)}",
            hint="the card's labels must fit the model's outputs",
        )
    if not np.isfinite(scores.max(axis=1)).all():
        raise ContractViolation("logits are not finite", hint="the weights are damaged or overflow")
    best = scores.argmax(axis=1).tolist()
    return [
        Ranked(class_id, names[class_id], _probability(row[class_id]), Following(row, names))
        for row, class_id in zip(scores, best, strict=True)
    ]


class Following(Sequence[Label]):
    """The classes after the best one, ordered when somebody reads them: most requests ask for the best alone."""

    __slots__ = ("_names", "_scores")

    def __init__(self, scores: NDArray[np.float32], names: LabelMap) -> None:
        """``scores``: (classes,), finite."""
        self._scores = scores
        self._names = names

    def __len__(self) -> int:
        return min(RANKED, len(self._scores)) - 1

    def __eq__(self, other: object) -> bool:
        """As a tuple of the same labels, which it becomes on its way to another process."""
        if isinstance(other, Following | tuple):
            return tuple(self._ordered()) == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._ordered()))

    def __reduce__(self) -> tuple[type[tuple[Label, ...]], tuple[list[Label]]]:
        """To another process go these alone, not the names of all classes with every crop."""
        return tuple, (self._ordered(),)

    @overload
    def __getitem__(self, index: int) -> Label: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Label]: ...
    def __getitem__(self, index: int | slice) -> Label | Sequence[Label]:
        return self._ordered()[index]

    def __iter__(self) -> Iterator[Label]:
        return iter(self._ordered())

    def _ordered(self) -> list[Label]:
        """Of equal scores the first comes first."""
        scores = self._scores
        last = len(scores) - len(self) - 1
        least = np.partition(scores, last)[last]  # which takes a tenth of the time of ordering all
        among = np.flatnonzero(scores >= least)
        order = among[(-scores[among]).argsort(kind="stable")[1:RANKED]].tolist()
        return [Label(class_id=n, class_name=self._names[n], score=_probability(scores[n])) for n in order]


def _probability(score: np.float32) -> float:
    return min(1.0, max(0.0, float(score)))


def input_size(model: Model) -> tuple[int, int]:
    """(width, height) in pixels of the network's input."""
    return model.card.input.width or OPEN_SIZE, model.card.input.height or OPEN_SIZE


def blank(model: Model) -> Image:
    """A black picture of the size of the network's input."""
    width, height = input_size(model)
    return Image.from_array(np.zeros((height, width, 3), dtype=np.uint8))


def _reaches(xyxy: NDArray[np.float32], area: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """(N,) which boxes share more than ``LEAST_OVERLAP`` with the area in both directions."""
    x1, y1, x2, y2 = area
    across = np.minimum(xyxy[:, 2], x2) - np.maximum(xyxy[:, 0], x1)
    down = np.minimum(xyxy[:, 3], y2) - np.maximum(xyxy[:, 1], y1)
    return np.asarray((across > LEAST_OVERLAP) & (down > LEAST_OVERLAP))
