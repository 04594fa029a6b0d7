"""How a camera sees a sheet that stands somewhere in a room, and what light and lens do to the whole picture."""

from __future__ import annotations

import cv2
import numpy as np

from instruments.canvas import Floats, Pixels, Sheet
from instruments.palettes import chance

FLATTEST = 50.0
"""Degrees by which an instrument is turned away at most."""


def view(
    rng: np.random.Generator,
    wide: float,
    high: float,
    middle: tuple[float, float],
    *,
    flattest: float = FLATTEST,
) -> Floats:
    """(4, 2) corners in the picture, clockwise from the upper left, of a sheet of that size around that middle."""
    tilt = np.radians(abs(float(rng.normal(0, flattest / 2.5))))
    tilt, towards = min(tilt, np.radians(flattest)), float(rng.uniform(0, 2 * np.pi))
    roll = np.radians(float(rng.normal(0, 6)) if chance(rng, 0.9) else float(rng.uniform(-45, 45)))
    corners = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)]) / 2
    axis = np.array([np.cos(towards), np.sin(towards)])
    depth = corners @ axis * np.sin(tilt)
    flat = corners - np.outer(corners @ axis, axis) * (1 - np.cos(tilt))
    near = 1 / (1 + depth / (max(wide, high) * float(rng.uniform(2.0, 8.0))))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    return (flat * near[:, None]) @ turn.T + np.array(middle)


def paste(pixels: Pixels, sheet: Sheet, corners: Floats, shadow: float) -> tuple[Floats, Floats]:
    """Put the sheet where its corners are; ``shadow`` is how much it darkens what lies beside it, 0–1.

    Returns:
        x1, y1, x2, y2 of what the sheet covers, also outside the picture, zeros where it covers nothing of it; and the
        (3, 3) matrix from the sheet's pixels to the picture's.
    """
    high, wide = sheet.cover.shape
    source = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    low = np.floor(corners.min(axis=0)).astype(int) - 1
    size = np.ceil(corners.max(axis=0)).astype(int) + 2 - low
    width, height = int(size[0]), int(size[1])
    matrix = cv2.getPerspectiveTransform(source, (corners - low).astype(np.float32))
    x1, y1 = max(0, int(low[0])), max(0, int(low[1]))
    x2, y2 = min(pixels.shape[1], int(low[0]) + width), min(pixels.shape[0], int(low[1]) + height)
    full = cv2.warpPerspective(sheet.cover, matrix, (width, height), flags=cv2.INTER_LINEAR)
    rows, columns = np.flatnonzero(full.max(axis=1) > 127), np.flatnonzero(full.max(axis=0) > 127)
    if x1 >= x2 or y1 >= y2 or not len(rows):
        return np.zeros(4), np.eye(3)
    inside = slice(y1 - int(low[1]), y2 - int(low[1])), slice(x1 - int(low[0]), x2 - int(low[0]))
    seen = cv2.warpPerspective(
        sheet.pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    share = (full[inside].astype(np.float32) / 255)[..., None]
    area = pixels[y1:y2, x1:x2].astype(np.float32)
    if shadow:
        off = max(1, width // 25)
        cast = np.roll(cv2.GaussianBlur(full, (0, 0), max(1.0, width / 40)), (off, off), axis=(0, 1))[inside]
        area *= 1 - shadow * (cast.astype(np.float32) / 255)[..., None]
    area += (seen[inside].astype(np.float32) - area) * share
    pixels[y1:y2, x1:x2] = np.clip(area, 0, 255)
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64) + np.tile(low, 2)
    shift = np.array([(1, 0, low[0]), (0, 1, low[1]), (0, 0, 1)], np.float64)
    return box, shift @ matrix


def glass(rng: np.random.Generator, sheet: Sheet, reflected: Pixels | None) -> None:
    """A highlight or a reflection of the surroundings on the front of an instrument."""
    height, width = sheet.cover.shape
    if reflected is not None:
        seen = cv2.resize(reflected, (width, height), interpolation=cv2.INTER_AREA)
        share = float(rng.uniform(0.08, 0.35))
        sheet.pixels[:] = cv2.addWeighted(sheet.pixels, 1.0, seen, share, 0)
    if chance(rng, 0.5):
        light = np.zeros((height, width), np.uint8)
        middle = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        axes = max(1, int(width * rng.uniform(0.03, 0.25))), max(1, int(height * rng.uniform(0.03, 0.25)))
        cv2.ellipse(
            light, middle, axes, float(rng.uniform(0, 180)), 0, 360, (int(rng.integers(60, 255)),), -1
        )
        light = cv2.GaussianBlur(light, (0, 0), max(0.5, width * float(rng.uniform(0.01, 0.06))))
        sheet.pixels[:] = cv2.add(sheet.pixels, cv2.merge([light] * 3))


def taken(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    """Light, white balance, blur, noise and JPEG."""
    height, width = pixels.shape[:2]
    gain = float(rng.uniform(0.65, 1.25)) * (1 + rng.normal(0, 0.05, 3))
    plane = pixels.astype(np.float32)
    if chance(rng, 0.5):
        corner = rng.uniform(0.5, 1.2, (2, 2)).astype(np.float32)
        plane *= cv2.resize(corner, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    if chance(rng, 0.15):  # a hard shadow
        edge = rng.uniform(-0.3, 1.3, (3, 2)) * (width, height)
        mask = np.ones((height, width), np.float32)
        cv2.fillPoly(mask, [edge.astype(np.int32)], (float(rng.uniform(0.35, 0.8)),))
        plane *= cv2.GaussianBlur(mask, (0, 0), 2)[..., None]
    plane = plane * gain.astype(np.float32) + float(rng.uniform(-12, 15))
    if chance(rng, 0.12):
        plane[:] = plane @ np.array([0.3, 0.59, 0.11], np.float32)[:, None]
    blurred = float(rng.random())
    if blurred < 0.5:
        plane = cv2.GaussianBlur(plane, (0, 0), float(rng.uniform(0.3, 1.3)))
    elif blurred < 0.6:
        long = int(rng.integers(3, 8))
        line = np.zeros((long, long), np.float32)
        cv2.line(line, (0, int(rng.integers(long))), (long - 1, int(rng.integers(long))), (1.0,), 1)
        plane = cv2.filter2D(plane, -1, line / line.sum())
    if chance(rng, 0.6):
        coarse = rng.standard_normal((height, width, 1 if chance(rng, 0.5) else 3), np.float32)
        plane = plane + coarse * np.float32(rng.uniform(1, 9))
    result = np.clip(plane, 0, 255).astype(np.uint8)
    if chance(rng, 0.5):
        _, code = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
        result = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return result
