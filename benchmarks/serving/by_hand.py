"""Detect and classify by hand over ONNX Runtime: the code that a team puts behind each peer's handler.

The peers share it, so that they differ in how they serve and in nothing else. Weights, resizing and decoding of
the networks' outputs are siseon's, so that every server does the same arithmetic; nothing of its engine is used.
Pictures are (H, W, 3) uint8 RGB arrays, boxes x1, y1, x2, y2 in pixels of the picture.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from siseon.contracts import Image
from siseon.media.decode import decode as decode_upload
from siseon.models.catalogue import built_in_cards
from siseon.models.find import locate
from siseon.models.labels import label_map
from siseon.models.outputs import interpret_classes, interpret_detections
from siseon.models.preprocess import prepare
from siseon.settings import Settings

DETECTOR, CLASSIFIER = "yolox-nano", "efficientnet-lite0"
SCORE_THRESHOLD, IOU, MIN_SIDE, CERTAIN = 0.25, 0.65, 32, 0.5
"""siseon's defaults: least score, overlap that suppresses, least side of a crop in pixels, least score of a name."""

PERSON = 0
"""COCO's number of the class that is not classified: ImageNet has none for people."""

PADDING_PX = 1e-2
"""A box must reach this far out of the letterbox's padding to be in the picture."""

CROPS_ALONE, CROPS_SHARED = 2, 8
"""Crops a call of the classifier: one compute thread is fastest with two, several threads need more
to share."""

Pixels = NDArray[np.uint8]

cv2.setNumThreads(1)  # a process a core already, as in ours


@dataclass(frozen=True)
class Objects:
    """What the detector found in one picture, best first."""

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]


Label = tuple[int, float]
"""Class id and probability."""

Answer = dict[str, object]


class Network:
    """An ONNX Runtime session with its card."""

    def __init__(self, name: str, threads: int) -> None:
        settings = Settings()
        self.card = built_in_cards()[name]
        (weights,) = locate(self.card, settings.model_path, settings.cache_dir)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait would take the core from the other worker.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")  # its threads inherit it
        self._session = ort.InferenceSession(str(weights.path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._outputs = [port.name for port in self._session.get_outputs()]

    def run(self, batch: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
        return dict(zip(self._outputs, self._session.run(None, {self._input: batch}), strict=True))


class Detector:
    """YOLOX-Nano on a batch of pictures of any sizes."""

    def __init__(self, threads: int = 1) -> None:
        self._network = Network(DETECTOR, threads)
        self([np.zeros((480, 640, 3), np.uint8)])

    def __call__(self, pictures: Sequence[Pixels]) -> list[Objects]:
        card = self._network.card
        images = [Image.from_array(pixels) for pixels in pictures]
        batch, frames = prepare(images, card.input)
        found = interpret_detections(
            self._network.run(batch),
            card.output,
            size=(batch.shape[3], batch.shape[2]),
            score_threshold=SCORE_THRESHOLD,
            iou=IOU,
        )
        objects = []
        for candidates, frame, pixels in zip(found, frames, pictures, strict=True):
            left, top, right, bottom = frame.content
            boxes = candidates.xyxy
            across = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
            down = np.minimum(boxes[:, 3], bottom) - np.maximum(boxes[:, 1], top)
            inside = (across > PADDING_PX) & (down > PADDING_PX)
            height, width = pixels.shape[:2]
            scale = np.array([width / (right - left), height / (bottom - top)] * 2)
            shifted = np.clip(boxes[inside], 0, batch.shape[2]) - np.array([left, top] * 2)
            xyxy = np.clip(shifted * scale, 0, [width, height] * 2).astype(np.float32)
            objects.append(Objects(xyxy, candidates.scores[inside], candidates.class_ids[inside]))
        return objects


class Classifier:
    """EfficientNet-Lite0 on crops of any sizes."""

    def __init__(self, threads: int = 1) -> None:
        self._network = Network(CLASSIFIER, threads)
        self._spec = self._network.card.input.model_copy(update={"resize": "stretch"})
        self._batch = CROPS_ALONE if threads == 1 else CROPS_SHARED
        self([np.zeros((224, 224, 3), np.uint8)] * self._batch)

    def __call__(self, crops: Sequence[Pixels]) -> list[Label]:
        labels: list[Label] = []
        for start in range(0, len(crops), self._batch):
            images = [Image.from_array(crop) for crop in crops[start : start + self._batch]]
            batch, _ = prepare(images, self._spec)
            scores = interpret_classes(self._network.run(batch), self._network.card.output)
            best = scores.argmax(axis=1)
            labels += zip(best.tolist(), scores[np.arange(len(best)), best].tolist(), strict=True)
        return labels


class Inspector:
    """Both networks in one process: uploads in, answers out."""

    def __init__(self, threads: int = 1) -> None:
        self.detector, self.classifier = Detector(threads), Classifier(threads)

    def __call__(self, uploads: Sequence[bytes]) -> list[Answer]:
        start = time.perf_counter()
        pictures = [decode(upload) for upload in uploads]
        found = self.detector(pictures)
        cut = [crops(pixels, objects) for pixels, objects in zip(pictures, found, strict=True)]
        labels = iter(self.classifier([crop for parts in cut for crop in parts.values()]))
        return [
            answer(pixels, objects, {index: next(labels) for index in parts}, start)
            for pixels, objects, parts in zip(pictures, found, cut, strict=True)
        ]


def decode(upload: bytes) -> Pixels:
    """Upright pixels in sRGB, as ours has them: a server that spares that work answers something else."""
    return decode_upload(upload).pixels


def crops(pixels: Pixels, objects: Objects) -> dict[int, Pixels]:
    """The part of the picture under each box that is to be classified, by the box's index: large enough, no person."""
    parts = {}
    low, high = np.floor(objects.xyxy[:, :2]).astype(int), np.ceil(objects.xyxy[:, 2:]).astype(int)
    for index, ((x1, y1), (x2, y2)) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        if min(x2 - x1, y2 - y1) >= MIN_SIDE and objects.class_ids[index] != PERSON:
            parts[index] = np.ascontiguousarray(pixels[y1:y2, x1:x2])
    return parts


def answer(pixels: Pixels, objects: Objects, labels: dict[int, Label], start: float) -> Answer:
    """The JSON of ``InspectionResult``, as a plain dictionary; ``start`` by ``time.perf_counter``."""
    return {
        "image_id": "upload",
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "detections": [
            {
                "box": box,
                "score": score,
                "class_id": class_id,
                "class_name": _names(DETECTOR)[class_id],
                "mask": None,
            }
            for box, score, class_id in zip(
                objects.xyxy.tolist(), objects.scores.tolist(), objects.class_ids.tolist(), strict=True
            )
        ],
        "classifications": [
            {
                "detection_index": index,
                "class_id": class_id if score >= CERTAIN else None,
                "class_name": _names(CLASSIFIER)[class_id] if score >= CERTAIN else "uncertain",
                "score": score,
            }
            for index, (class_id, score) in labels.items()
        ],
        "inference_ms": (time.perf_counter() - start) * 1000,
    }


@cache
def _names(model: str) -> tuple[str, ...]:
    return label_map(built_in_cards()[model]).names
