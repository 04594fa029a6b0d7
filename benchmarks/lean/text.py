"""A lean rival of ``text``: the same models, steps and answers, written for this one task without siseon.

Blank margins cut off, PP-OCRv6 detector (weights of the rapidocr wheel), DB post-processing, pieces of columns
joined, perspective crops, columns turned and softened, recogniser line by line, CTC, poor columns read again in their
own contrast, the same rules of order, ruby and refusal, JSON. Left out are Tesseract's packs, and what no picture of
the benchmarks meets: lines that are several, lines upside down, words that mix scripts, and doubts about lines that
stand beside an unknown script.
Run: ``python benchmarks/lean/text.py FOLDER [--processes]``
"""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pyclipper
from harness import Pixels, decode, main, session
from numpy.typing import NDArray
from text_rules import TALL, Floats, clockwise, join_columns, reading_order, ruby

SHORT_SIDE, MAX_SIDE, ENLARGED, MULTIPLE, BLOCK = 736, 2000, 4.0, 32, 8
PIXEL, BOX, UNCLIP = 0.3, 0.5, 1.6
HEIGHT, MIN_WIDTH, MAX_WIDTH, STEP = 48, 320, 3200, 8
MIN_SCORE, COVERAGE, POOR = 0.65, 0.7, 0.7
KERNEL, AROUND = np.ones((2, 2), np.uint8), np.ones((3, 3), np.uint8)
GREYS = np.arange(256)
SOFTER = np.rint(GREYS * 0.35 + 83).astype(np.uint8)
HARDER = np.rint(np.clip((GREYS - np.float32(83)) / np.float32(0.35), 0, 255)).astype(np.uint8)


class Crop(NamedTuple):
    pixels: Pixels
    column: bool


class Reading(NamedTuple):
    quad: Floats
    text: str
    score: float
    coverage: float


class Read:
    """The sessions and the alphabet."""

    def __init__(self, models: Path, threads: int = 1) -> None:
        found = importlib.util.find_spec("rapidocr")
        if found is None or found.origin is None:
            raise SystemExit("the weights are in the rapidocr wheel: pip install rapidocr")
        folder = Path(found.origin).parent / "models"
        self.detector = session(folder / "PP-OCRv6_det_small.onnx", threads)
        self.recognizer = session(folder / "PP-OCRv6_rec_small.onnx", threads)
        characters = self.recognizer.get_modelmeta().custom_metadata_map["character"]
        self.classes = ["", *characters.splitlines(), " "]
        self.detector_input = self.detector.get_inputs()[0].name
        self.recognizer_input = self.recognizer.get_inputs()[0].name

    def __call__(self, name: str, data: bytes) -> bytes:
        pixels = decode(data)
        height, width = pixels.shape[:2]
        readings = []
        for quad in join_columns(self.detect(pixels), width, height):
            crop = cut(pixels, quad)
            if crop is not None:
                readings.append(self.read(crop, quad))
        reasons, quads = [refused(reading) for reading in readings], [reading.quad for reading in readings]
        texts = [None if reason else one.text.strip() for one, reason in zip(readings, reasons, strict=True)]
        bases = ruby(quads, texts)
        lines: list[dict[str, Any]] = []
        unread: list[dict[str, Any]] = []
        for index in reading_order(quads):
            if index in bases:
                continue
            place = {"polygon": ring(quads[index], width, height), "score": readings[index].score}
            if texts[index] is None:
                unread.append(place | {"reason": reasons[index]})
            else:
                small = [
                    {
                        "polygon": ring(quads[at], width, height),
                        "text": texts[at],
                        "score": readings[at].score,
                    }
                    for at, base in bases.items()
                    if base == index
                ]
                lines.append(place | {"text": texts[index], "ruby": small})
        answer = {"image_id": name, "width": width, "height": height, "lines": lines, "unread": unread}
        return json.dumps(answer).encode()

    def detect(self, pixels: Pixels) -> list[Floats]:
        height, width = pixels.shape[:2]
        rows = 0 if height > 30 and width / height <= 8 else abs(max(width // 8, 30) * 2 - height) // 2
        if rows:
            pixels = cv2.copyMakeBorder(pixels, rows, rows, 0, 0, cv2.BORDER_CONSTANT)
        left, top, tall = 0, -rows, height + 2 * rows
        scale = max(1.0, min(ENLARGED, SHORT_SIDE / min(width, tall)))
        scale = min(scale, MAX_SIDE / max(width, tall))
        net_w, net_h = _multiple(width * scale), _multiple(tall * scale)
        if not rows:
            inked = written(pixels)
            if inked is None:
                return []
            left, right, inner_w = stretch(*inked[0], width, scale, net_w)
            top, bottom, inner_h = stretch(*inked[1], height, scale, net_h)
            if (inner_w, inner_h) == (net_w, net_h):
                left, top = 0, 0
            else:
                pixels, net_w, net_h = pixels[top:bottom, left:right], inner_w, inner_h
                width, tall = right - left, bottom - top
        fitted = cv2.resize(pixels, (net_w, net_h))
        blob = np.empty((1, 3, net_h, net_w), np.float32)
        normalise(fitted, blob[0])
        probability = self.detector.run(None, {self.detector_input: blob})[0][0, 0]
        to_picture = np.array([width / net_w, tall / net_h], np.float64)
        bitmap = cv2.dilate((probability > PIXEL).view(np.uint8), KERNEL)
        contours, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        quads = []
        for contour in contours[:1000]:
            region = grown(contour, probability)
            if region is None:
                continue
            corners = clockwise(np.round(region * to_picture))
            np.clip(corners, 0, [width - 1, tall - 1], out=corners)
            if min(_length(corners[0], corners[1]), _length(corners[0], corners[3])) >= 4:
                quads.append((corners + np.array([left, top])).astype(np.float32))
        return quads

    def read(self, crop: Crop, quad: Floats) -> Reading:
        """A column that is poorly read is read again in its own contrast."""
        reading = self.recognise(crop.pixels, quad)
        if crop.column and reading.score < POOR:
            again = self.recognise(cv2.LUT(crop.pixels, HARDER), quad)
            return again if again.score > reading.score else reading
        return reading

    def recognise(self, line: Pixels, quad: Floats) -> Reading:
        height, width = line.shape[:2]
        inner = min(MAX_WIDTH, math.ceil(HEIGHT * (width / height)))
        padded = max(MIN_WIDTH, -(-inner // STEP) * STEP)
        fitted = cv2.resize(line, (inner, HEIGHT))
        blob = np.zeros((1, 3, HEIGHT, padded), np.float32)
        normalise(fitted, blob[0, :, :, :inner])
        steps = self.recognizer.run(None, {self.recognizer_input: blob})[0][0]
        best = steps.argmax(1)
        sure = steps[np.arange(len(best)), best]
        kept = best != 0
        visible = np.flatnonzero(kept & (best != len(self.classes) - 1))
        kept[1:] &= best[1:] != best[:-1]
        text = "".join([self.classes[index] for index in best[kept].tolist()])
        score = min(1.0, float(sure[kept].mean())) if kept.any() else 0.0
        return Reading(quad, text, score, covered(fitted, (visible + 0.5) * (padded / len(best))))


def written(pixels: Pixels) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """From where to where a picture is not blank, across and down, in blocks and with some ground around it."""
    height, width = pixels.shape[:2]
    down, across = -(-height // BLOCK), -(-width // BLOCK)
    whole = cv2.copyMakeBorder(
        pixels, 0, down * BLOCK - height, 0, across * BLOCK - width, cv2.BORDER_REPLICATE
    )
    bands = whole.reshape(down, BLOCK, -1, 3)
    bright = bands.max(1).reshape(down, across, BLOCK, 3).max(2)
    dark = bands.min(1).reshape(down, across, BLOCK, 3).min(2)
    busy = cv2.subtract(cv2.dilate(bright, AROUND), cv2.erode(dark, AROUND)).max(2) > 6
    columns, rows = np.flatnonzero(busy.any(0)) * BLOCK, np.flatnonzero(busy.any(1)) * BLOCK
    if not len(rows):
        return None
    left, right = int(columns[0]), min(width, int(columns[-1]) + BLOCK)
    top, bottom = int(rows[0]), min(height, int(rows[-1]) + BLOCK)
    ground = max(32, round(0.25 * min(right - left, bottom - top)))
    return (max(0, left - ground), min(width, right + ground)), (
        max(0, top - ground),
        min(height, bottom + ground),
    )


def stretch(start: int, end: int, length: int, scale: float, whole: int) -> tuple[int, int, int]:
    """A part of a side made long enough for a multiple of 32 pixels of the network; all of it where it is longer."""
    inside = MULTIPLE * math.ceil((end - start) * scale / MULTIPLE)
    long = round(inside / scale)
    if inside >= whole or long >= length:
        return 0, length, whole
    start = min(max(0, start - (long - (end - start)) // 2), length - long)
    return start, start + long, inside


def normalise(pixels: Pixels, out: Floats) -> None:
    """RGB to planes of BGR in [-1, 1]; half the time of ``cv2.dnn.blobFromImage``."""
    for index, plane in enumerate(cv2.split(pixels)):
        np.subtract(plane, np.float32(127.5), out=out[2 - index])
    np.multiply(out, np.float32(1 / 127.5), out=out)


def grown(contour: NDArray[np.int32], probability: Floats) -> Floats | None:
    """A region's rectangle as large as the line; None for noise."""
    rectangle = cv2.minAreaRect(contour)
    width, height = rectangle[1]
    if min(width, height) < 3:
        return None
    corners = cv2.boxPoints(rectangle)
    limit = [probability.shape[1] - 1, probability.shape[0] - 1]
    x1, y1 = np.clip(np.floor(corners.min(0)).astype(int), 0, limit).tolist()
    x2, y2 = np.clip(np.ceil(corners.max(0)).astype(int), 0, limit).tolist()
    mask = np.zeros((y2 - y1 + 1, x2 - x1 + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - (x1, y1)).astype(np.int32)], 1)
    if cv2.mean(probability[y1 : y2 + 1, x1 : x2 + 1], mask)[0] < BOX:
        return None
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(corners, pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    paths = offset.Execute(width * height * UNCLIP / (2 * (width + height)))
    if not paths:
        return None
    larger = cv2.minAreaRect(np.array(paths[0], np.int32))
    return cv2.boxPoints(larger) if min(larger[1]) >= 5 else None


def cut(pixels: Pixels, quad: Floats) -> Crop | None:
    """A line, straightened; a column with its top to the left, and softer."""
    width = int(max(_length(quad[0], quad[1]), _length(quad[3], quad[2])))
    height = int(max(_length(quad[0], quad[3]), _length(quad[1], quad[2])))
    if min(width, height) < 4:
        return None
    matrix = cv2.getPerspectiveTransform(
        quad, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    )
    crop = cv2.warpPerspective(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    column = height >= TALL * width
    if column:
        crop = cv2.LUT(cv2.rotate(crop, cv2.ROTATE_90_COUNTERCLOCKWISE), SOFTER)
    return Crop(np.asarray(crop, np.uint8), column)


def refused(reading: Reading) -> str | None:
    if reading.coverage < COVERAGE:
        return "unknown_script"
    return "low_confidence" if reading.score < MIN_SCORE else None


def ring(quad: Floats, width: int, height: int) -> list[list[float]]:
    corners = np.clip(quad, 0, [width, height]).tolist()
    return [*corners, corners[0]]


def covered(line: Pixels, places: NDArray[np.float64]) -> float:
    """Share of the inked columns of a line that are near a character that was read."""
    if not len(places):
        return 0.0
    contrast = line.mean(axis=2, dtype=np.float32).std(axis=0)
    columns = np.flatnonzero(contrast > 0.35 * np.percentile(contrast, 90)) + 0.5
    if not len(columns):
        return 1.0
    after = np.searchsorted(places, columns)
    before = places[np.maximum(after - 1, 0)]
    nearest = np.minimum(
        np.abs(columns - before), np.abs(places[np.minimum(after, len(places) - 1)] - columns)
    )
    return float((nearest <= 0.75 * HEIGHT).mean())


def _length(start: Floats, end: Floats) -> int:
    return int(math.dist(start.tolist(), end.tolist()))


def _multiple(length: float) -> int:
    return max(MULTIPLE, round(int(length) / MULTIPLE) * MULTIPLE)


if __name__ == "__main__":
    main(__doc__.splitlines()[0], Read)
