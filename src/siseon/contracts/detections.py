"""What a detector found: boxes with scores, classes and perhaps masks, all of one length."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from siseon.contracts.boxes import Boxes, Index
from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame
from siseon.contracts.image import Image
from siseon.contracts.labels import LabelMap

if TYPE_CHECKING:
    from siseon.contracts.mask import Mask


@dataclass(frozen=True, slots=True)
class Crop:
    """The pixels under one box."""

    index: int
    """Of the box in its Detections."""
    picture: Image
    box: tuple[int, int, int, int] | None = None
    """The part of the picture that it is, x1, y1, x2, y2 within it; None: all of it."""

    @property
    def image(self) -> Image:
        """The part as an image of its own, which a reader who does not resize it wants; copied, see ``Image.crop``."""
        return self.picture if self.box is None else self.picture.crop(*self.box)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8, where they lie in the picture: not contiguous, and not to be written to."""
        if self.box is None:
            return self.picture.pixels
        x1, y1, x2, y2 = self.box
        return self.picture.pixels[y1:y2, x1:x2]

    @property
    def frame(self) -> Frame:
        """Of the part."""
        return self.picture.frame if self.box is None else self.picture.frame.crop(*self.box)

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return int(self.pixels.nbytes)

    def __reduce__(self) -> tuple[type[Crop], tuple[int, Image]]:
        """To another process goes the part alone."""
        return Crop, (self.index, self.image)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """N objects of one picture."""

    boxes: Boxes
    scores: NDArray[np.float32]
    """(N,) float32 in [0, 1]."""
    class_ids: NDArray[np.int64]
    """(N,) int64, indices into ``labels``."""
    labels: LabelMap
    masks: tuple[Mask, ...] | None = None
    """One a box, in the boxes' frame."""

    def __post_init__(self) -> None:
        _check(self.boxes, self.scores, self.class_ids, self.labels, self.masks, None)
        self.scores.setflags(write=False)
        self.class_ids.setflags(write=False)

    @classmethod
    def from_model(
        cls,
        xyxy: ArrayLike,
        scores: ArrayLike,
        class_ids: ArrayLike,
        frame: Frame,
        labels: LabelMap,
        *,
        stage: str,
        masks: tuple[Mask, ...] | None = None,
        box_format: Literal["xyxy"] = "xyxy",
    ) -> Detections:
        """Detections as a decoder gives them: boxes clamped to the frame, those outside it dropped.

        ``box_format`` is stated by the decoder, because a cx, cy, w, h box larger than its centre looks
        like a valid xyxy one: shapes alone cannot tell.

        Raises:
            ContractViolation: naming ``stage`` and the field.
        """
        if box_format != "xyxy":
            raise ContractViolation(
                f"boxes.format is {box_format!r}, must be 'xyxy'", hint="convert in the decoder", stage=stage
            )
        boxes, keep = Boxes.from_model(xyxy, frame, stage=stage)
        score_array = np.array(scores, dtype=np.float32).reshape(-1)
        class_array = np.array(class_ids, dtype=np.int64).reshape(-1)
        for name, length in (("scores", len(score_array)), ("class_ids", len(class_array))):
            if length != len(keep):
                raise ContractViolation(f"{name} has {length} entries for {len(keep)} boxes", stage=stage)
        if masks is not None:
            if len(masks) != len(keep):
                raise ContractViolation(f"masks has {len(masks)} entries for {len(keep)} boxes", stage=stage)
            masks = tuple(mask for mask, kept in zip(masks, keep, strict=True) if kept)
        score_array, class_array = score_array[keep], class_array[keep]
        _check(boxes, score_array, class_array, labels, masks, stage)
        return cls._of_valid(boxes, score_array, class_array, labels, masks)

    @classmethod
    def empty(cls, frame: Frame, labels: LabelMap) -> Detections:
        """Nothing found."""
        return cls(Boxes.empty(frame), np.empty(0, np.float32), np.empty(0, np.int64), labels)

    @property
    def frame(self) -> Frame:
        """The frame of the boxes."""
        return self.boxes.frame

    def to(self, frame: Frame) -> Detections:
        """The same detections in another frame.

        Raises:
            ContractViolation: no common root, or masks and a frame that is turned.
        """
        if frame is self.frame:
            return self
        masks = None if self.masks is None else tuple(mask.to(frame) for mask in self.masks)
        return self._of_valid(self.boxes.to(frame), self.scores, self.class_ids, self.labels, masks)

    def crops(self, image: Image, *, min_side: int = 0, without: Container[int] = ()) -> list[Crop]:
        """The pixels under each box, rounded outward to whole pixels; boxes with a side below are skipped.

        They are where they lie in the image, which a crop therefore keeps in memory.

        Args:
            image: in any frame with the same root.
            min_side: pixels of ``image``.
            without: class ids that are skipped too.
        """
        cut = []
        boxes = self.boxes.to(image.frame).xyxy.tolist()
        for index, (box, class_id) in enumerate(zip(boxes, self.class_ids.tolist(), strict=True)):
            x1, y1, x2, y2 = floor(box[0]), floor(box[1]), ceil(box[2]), ceil(box[3])
            if x2 - x1 >= min_side and y2 - y1 >= min_side and class_id not in without:
                cut.append(Crop(index, image, (x1, y1, x2, y2)))
        return cut

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: Index) -> Detections:
        masks = None
        if self.masks is not None:
            masks = tuple(self.masks[i] for i in np.arange(len(self))[index])
        return self._of_valid(
            self.boxes[index], self.scores[index], self.class_ids[index], self.labels, masks
        )

    @classmethod
    def _of_valid(
        cls,
        boxes: Boxes,
        scores: NDArray[np.float32],
        class_ids: NDArray[np.int64],
        labels: LabelMap,
        masks: tuple[Mask, ...] | None,
    ) -> Detections:
        """Detections of parts that are checked already, or taken from valid ones: not checked a second time."""
        scores.setflags(write=False)
        class_ids.setflags(write=False)
        found = object.__new__(cls)
        for name, value in zip(cls.__slots__, (boxes, scores, class_ids, labels, masks), strict=True):
            object.__setattr__(found, name, value)
        return found


def _check(
    boxes: Boxes,
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int64],
    labels: LabelMap,
    masks: tuple[Mask, ...] | None,
    stage: str | None,
) -> None:
    count = len(boxes)
    if scores.shape != (count,) or class_ids.shape != (count,):
        raise ContractViolation(
            f"scores {scores.shape} and class_ids {class_ids.shape} for {count} boxes", stage=stage
        )
    if scores.dtype != np.float32 or class_ids.dtype != np.int64:
        raise ContractViolation(
            f"scores are {scores.dtype}, class_ids {class_ids.dtype}; float32 and int64 needed"
        )
    if not count:
        return
    bad = ~((scores >= 0) & (scores <= 1))  # NaN compares false, so it is caught as well
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ContractViolation(
            f"scores[{row}] = {float(scores[row])} is outside [0, 1]",
            hint="are these logits? The decoder must apply sigmoid or softmax",
            stage=stage,
        )
    if class_ids.min() < 0 or class_ids.max() >= len(labels):
        row = int(np.flatnonzero((class_ids < 0) | (class_ids >= len(labels)))[0])
        raise ContractViolation(
            f"class_ids[{row}] = {int(class_ids[row])} is not in the label map of {len(labels)} classes",
            hint="the card's labels must fit the model's outputs",
            stage=stage,
        )
    if masks is not None and len(masks) != count:
        raise ContractViolation(f"masks has {len(masks)} entries for {count} boxes", stage=stage)
    if masks is not None and any(mask.size != (boxes.frame.height, boxes.frame.width) for mask in masks):
        raise ContractViolation(f"a mask's size differs from the {boxes.frame}", stage=stage)
