"""A lean rival of ``text``: the same models, steps and answers, written for this one task without siseon.

PP-OCRv6 detector (weights of the rapidocr wheel), DB post-processing, perspective crops, recogniser line by line,
CTC, the same rules of order and of refusal, JSON. Run: ``python benchmarks/lean/text.py FOLDER [--processes]``
"""

from __future__ import annotations

import importlib.util
import json
import math
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pyclipper
from harness import Pixels, decode, main, session
from numpy.typing import NDArray

SHORT_SIDE, MAX_SIDE, MULTIPLE = 736, 2000, 32
PIXEL, BOX, UNCLIP = 0.3, 0.5, 1.6
HEIGHT, MIN_WIDTH, MAX_WIDTH, STEP = 48, 320, 3200, 8
MIN_SCORE, SURE, COVERAGE = 0.65, 0.9, 0.7
TWINS = frozenset("ABCEHIJKMOPSTXYabceghijkmnoprstuxyïë")
KERNEL = np.ones((2, 2), np.uint8)

Floats = NDArray[np.float32]


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
        readings = []
        for quad in self.detect(pixels):
            crop = cut(pixels, quad)
            if crop is not None:
                readings.append(self.read(crop, quad))
        reasons = refuse(readings)
        lines: list[dict[str, Any]] = []
        unread: list[dict[str, Any]] = []
        for index in reading_order([reading.quad for reading in readings]):
            reading, reason = readings[index], reasons[index]
            corners = reading.quad.tolist()
            place = {"polygon": [*corners, corners[0]], "score": reading.score}
            if reason is None:
                lines.append(place | {"text": reading.text.strip()})
            else:
                unread.append(place | {"reason": reason})
        height, width = pixels.shape[:2]
        answer = {"image_id": name, "width": width, "height": height, "lines": lines, "unread": unread}
        return json.dumps(answer).encode()

    def detect(self, pixels: Pixels) -> list[Floats]:
        height, width = pixels.shape[:2]
        rows = 0 if height > 30 and width / height <= 8 else abs(max(width // 8, 30) * 2 - height) // 2
        if rows:
            pixels = cv2.copyMakeBorder(pixels, rows, rows, 0, 0, cv2.BORDER_CONSTANT)
        tall = height + 2 * rows
        scale = min(max(1.0, SHORT_SIDE / min(width, tall)), MAX_SIDE / max(width, tall))
        net_w, net_h = _multiple(width * scale), _multiple(tall * scale)
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
                corners[:, 1] -= rows
                quads.append(corners.astype(np.float32))
        return quads

    def read(self, crop: Pixels, quad: Floats) -> Reading:
        height, width = crop.shape[:2]
        inner = min(MAX_WIDTH, math.ceil(HEIGHT * (width / height)))
        padded = max(MIN_WIDTH, -(-inner // STEP) * STEP)
        fitted = cv2.resize(crop, (inner, HEIGHT))
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


def clockwise(corners: Floats) -> Floats:
    (a, b, c, d) = sorted(corners.tolist(), key=lambda corner: corner[0])
    left, right = sorted((a, b), key=lambda corner: corner[1]), sorted((c, d), key=lambda corner: corner[1])
    return np.array([left[0], right[0], right[1], left[1]])


def cut(pixels: Pixels, quad: Floats) -> Pixels | None:
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
    return np.asarray(
        cv2.rotate(crop, cv2.ROTATE_90_COUNTERCLOCKWISE) if height / width >= 1.5 else crop, np.uint8
    )


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


def refuse(readings: list[Reading]) -> list[str | None]:
    reasons: list[str | None] = []
    total = unknown = 0.0
    for reading in readings:
        area = float(cv2.contourArea(reading.quad))
        total += area
        if reading.coverage < COVERAGE or mixes_scripts(reading.text):
            unknown += area
            reasons.append("unknown_script")
        else:
            reasons.append("low_confidence" if reading.score < MIN_SCORE else None)
    if unknown * 2 < total:
        return reasons
    for index, reading in enumerate(readings):
        letters = [letter for letter in reading.text if letter.isalpha()]
        if reasons[index] is None and letters and (reading.score < SURE or TWINS.issuperset(letters)):
            reasons[index] = "unknown_script"
    return reasons


def mixes_scripts(text: str) -> bool:
    """Whether a Greek letter stands inside a word with a Latin one beside it."""
    if not any("\u0370" <= letter <= "\u03ff" for letter in text):
        return False
    return any(
        "\u0370" <= letter <= "\u03ff"
        and before.isalpha()
        and after.isalpha()
        and (_latin(before) or _latin(after))
        for before, letter, after in zip(text, text[1:], text[2:], strict=False)
    )


def reading_order(quads: list[Floats]) -> list[int]:
    """Block by block, each from the top; columns of vertical writing from the right."""
    if not quads:
        return []
    points = np.stack(quads)
    box = np.concatenate([points.min(1), points.max(1)], 1).astype(float)
    size = box[:, 2:] - box[:, :2]
    area, tall = size.prod(1), size[:, 1] >= 1.5 * size[:, 0]
    if area[tall].sum() * 2 > area.sum():
        box = np.stack([box[:, 1], -box[:, 2], box[:, 3], -box[:, 0]], 1)
    left, top, right, bottom = box.T
    width, height = right - left, bottom - top
    lower = np.minimum(height[:, None], height)
    joined = (
        (np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom) <= 0.6 * lower)
        & (
            np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
            >= 0.5 * np.minimum(width[:, None], width)
        )
        & (np.maximum(height[:, None], height) <= 2 * lower)
    )
    blocks = _groups(joined)
    middle, aspect = (top + bottom) / 2, width / height
    table = np.eye(len(blocks), dtype=bool)
    for i, one in enumerate(blocks):
        for j, other in enumerate(blocks[:i]):
            few, many = sorted((one, other), key=len)
            if len(few) > 1 and min(aspect[few].mean(), aspect[many].mean()) < 8:
                off = np.abs(middle[few][:, None] - middle[many]).min(1)
                table[i, j] = table[j, i] = (off < 0.5 * height[few]).all()
    blocks = [[index for block in group for index in blocks[block]] for group in _groups(table)]
    hulls = np.array([[*box[block, :2].min(0), *box[block, 2:].max(0)] for block in blocks])
    return [blocks[at][index] for at in _rows(hulls) for index in _rows(box[blocks[at]])]


def _rows(box: NDArray[np.float64]) -> list[int]:
    middle, height = ((box[:, 1] + box[:, 3]) / 2).tolist(), (box[:, 3] - box[:, 1]).tolist()
    rows: list[list[int]] = []
    for index in sorted(range(len(box)), key=middle.__getitem__):
        first = rows[-1][0] if rows else index
        if rows and middle[index] - middle[first] < 0.5 * min(height[index], height[first]):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda at: box[at, 0])]


def _groups(joined: NDArray[np.bool_]) -> list[list[int]]:
    groups, left = [], set(range(len(joined)))
    while left:
        group = [min(left)]
        left.discard(group[0])
        for index in group:
            near = left.intersection(np.flatnonzero(joined[index]).tolist())
            left -= near
            group.extend(near)
        groups.append(sorted(group))
    return groups


def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def _length(start: Floats, end: Floats) -> int:
    return int(math.dist(start.tolist(), end.tolist()))


def _multiple(length: float) -> int:
    return max(MULTIPLE, round(int(length) / MULTIPLE) * MULTIPLE)


if __name__ == "__main__":
    main(__doc__.splitlines()[0], Read)
