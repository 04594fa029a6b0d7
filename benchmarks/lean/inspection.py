"""A lean rival of ``inspection``: the same models, steps and answers, written for this one task without siseon.

Letterbox, YOLOX-Nano, suppression, crops, EfficientNet-Lite0 on each crop, JSON; no contracts, traces, queues,
deadlines, or failures per item. Run: ``python benchmarks/lean/inspection.py FOLDER [--processes] [--answers FILE]``
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from harness import Pixels, decode, main, session
from numpy.typing import NDArray

SIDE, CROP_SIDE = 416, 224
SCORE, IOU, MOST, LEAST_SIDE = 0.25, 0.65, 300, 32
PERSON, CERTAIN = 0, 0.5
"""The class that is not classified, and the least score of a name."""
PAD = 114
CROPS_A_CALL = 2
"""Measured: more at once leave the cache."""
LABELS = Path(__file__).parents[2] / "src/siseon/models/label_maps"

Found = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
"""Boxes (n, 4) xyxy in pixels of the picture, scores, classes."""


class Inspect:
    """The sessions, and what is computed once."""

    def __init__(self, models: Path) -> None:
        self.detector = session(models / "yolox_nano.onnx")
        self.classifier = session(models / "efficientnet_lite0.onnx")
        self.photo_labels = (LABELS / "coco80.txt").read_text().splitlines()
        self.crop_labels = (LABELS / "imagenet1k.txt").read_text().splitlines()
        self.points, self.steps = _grid()
        self.local = threading.local()

    def __call__(self, name: str, data: bytes) -> bytes:
        pixels = decode(data)
        boxes, scores, classes = self.detect(pixels)
        answer = {
            "image_id": name,
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "detections": [
                {"box": box, "score": score, "class_id": class_id, "class_name": self.photo_labels[class_id]}
                for box, score, class_id in zip(
                    boxes.tolist(), scores.tolist(), classes.tolist(), strict=True
                )
            ],
            "classifications": self.classify(pixels, boxes, classes),
        }
        return json.dumps(answer).encode()

    def detect(self, pixels: Pixels) -> Found:
        height, width = pixels.shape[:2]
        scale = min(SIDE / width, SIDE / height)
        inner_w, inner_h = int(width * scale + 1e-6), int(height * scale + 1e-6)
        blob = self._buffer("photo", 1, SIDE)
        blob[0, :, inner_h:] = PAD
        blob[0, :, :inner_h, inner_w:] = PAD
        for plane, values in enumerate(cv2.split(cv2.resize(pixels, (inner_w, inner_h)))):
            blob[0, 2 - plane, :inner_h, :inner_w] = values  # the network takes BGR
        rows = self.detector.run(None, {"images": blob})[0][0]
        likely = np.flatnonzero(rows[:, 4] >= SCORE)
        per_class = rows[likely, 4:5] * rows[likely, 5:]
        at, classes = np.nonzero(per_class >= SCORE)
        scores, chosen = per_class[at, classes], likely[at]
        centre = (rows[chosen, :2] + self.points[chosen]) * self.steps[chosen]
        size = np.exp(rows[chosen, 2:4]) * self.steps[chosen]
        boxes = np.concatenate([centre - size / 2, size], 1)
        kept = np.asarray(cv2.dnn.NMSBoxesBatched(boxes.astype(float), scores, classes, SCORE, IOU), int)[
            :MOST
        ]
        boxes, scores, classes = boxes[kept].reshape(-1, 4), scores[kept], classes[kept]
        boxes[:, 2:] += boxes[:, :2]
        inside = (boxes[:, 0] < inner_w - 0.01) & (boxes[:, 1] < inner_h - 0.01)
        boxes = boxes[inside] * np.array([width / inner_w, height / inner_h] * 2, np.float32)
        np.clip(boxes, 0, np.array([width, height] * 2, np.float32), out=boxes)
        return boxes, scores[inside], classes[inside]

    def classify(
        self, pixels: Pixels, boxes: NDArray[np.float32], classes: NDArray[np.int64]
    ) -> list[dict[str, Any]]:
        low, high = np.floor(boxes[:, :2]).astype(int), np.ceil(boxes[:, 2:]).astype(int)
        large = np.flatnonzero((high - low >= LEAST_SIDE).all(axis=1) & (classes != PERSON))
        corners = np.concatenate([low, high], 1)[large].tolist()
        found: list[tuple[int, float]] = []
        for start in range(0, len(corners), CROPS_A_CALL):
            part = corners[start : start + CROPS_A_CALL]
            blob = self._buffer("crops", CROPS_A_CALL, CROP_SIDE)[: len(part)]
            for target, (x1, y1, x2, y2) in zip(blob, part, strict=True):
                crop = cv2.resize(pixels[y1:y2, x1:x2], (CROP_SIDE, CROP_SIDE))
                for plane, values in zip(target, cv2.split(crop), strict=True):
                    np.subtract(values, np.float32(127), out=plane)
            blob *= np.float32(1 / 128)
            (logits,) = self.classifier.run(None, {"x": blob})
            weights = np.exp(logits - logits.max(1, keepdims=True))
            scores = weights.max(1) / weights.sum(1)
            found += zip(weights.argmax(1).tolist(), scores.tolist(), strict=True)
        return [
            {
                "detection_index": index,
                "class_id": class_id if score >= CERTAIN else None,
                "class_name": self.crop_labels[class_id] if score >= CERTAIN else "uncertain",
                "score": score,
            }
            for index, (class_id, score) in zip(large.tolist(), found, strict=True)
        ]

    def _buffer(self, name: str, count: int, side: int) -> NDArray[np.float32]:
        """A network's input that its thread fills again and again: half the time of ``cv2.dnn.blobFromImage``."""
        if not hasattr(self.local, name):
            setattr(self.local, name, np.empty((count, 3, side, side), np.float32))
        buffer: NDArray[np.float32] = getattr(self.local, name)
        return buffer


def _grid() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cell (n, 2) and stride (n, 1) of each row of the detector's output."""
    cells, steps = [], []
    for stride in (8, 16, 32):
        rows, columns = np.mgrid[0 : SIDE // stride, 0 : SIDE // stride]
        cells.append(np.stack([columns.ravel(), rows.ravel()], 1))
        steps.append(np.full((rows.size, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


if __name__ == "__main__":
    main(__doc__.splitlines()[0], Inspect)
