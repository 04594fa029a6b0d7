"""What lies between the sea and a file: haze, light, blur, noise, JPEG, and the text that a camera writes over it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from oilspill.fields import Floats, mix, thrice
from oilspill.palettes import chance, pick
from oilspill.view import View

Pixels = NDArray[np.uint8]


def haze(rng: np.random.Generator, view: View, canvas: Floats, light: Floats) -> Floats:
    """Far things fade into the light of the horizon; sometimes all does."""
    far = np.float32(rng.uniform(0, 0.85)) * np.clip(1 - view.near, 0, 1) ** np.float32(rng.uniform(1.5, 6))
    veil = float(rng.uniform(0, 0.4)) if chance(rng, 0.15) else 0.0
    return mix(canvas, light, np.clip(far + np.float32(veil), 0, 0.95))


def taken(rng: np.random.Generator, canvas: Floats) -> Pixels:
    """(H, W, 3) uint8 RGB of a picture in 0 to 1."""
    high, wide = canvas.shape[:2]
    gain = np.exp(rng.normal(0, 0.035, 3) + rng.normal(0, 0.1)).astype(np.float32)
    canvas = np.clip(canvas * gain, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.15)))
    grey = thrice(canvas @ np.full(3, 1 / 3, np.float32))
    saturation = (
        float(np.exp(rng.normal(0.05, 0.22))) if not chance(rng, 0.04) else float(rng.uniform(0.08, 0.5))
    )
    contrast = float(np.exp(rng.normal(0.05, 0.18)))
    middle = np.float32(canvas.mean())
    canvas = ((grey + (canvas - grey) * np.float32(saturation)) - middle) * np.float32(contrast) + middle
    if chance(rng, 0.3):
        x, y = np.meshgrid(
            np.linspace(-1, 1, wide, dtype=np.float32), np.linspace(-1, 1, high, dtype=np.float32)
        )
        canvas = canvas * thrice(1 - np.float32(rng.uniform(0, 0.35)) * (x * x + y * y) / 2)
    if chance(rng, 0.5):
        canvas = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.3, 1.3)))
    elif chance(rng, 0.3):  # sharpened, as cameras do
        canvas = canvas + (canvas - cv2.GaussianBlur(canvas, (0, 0), 1.0)) * np.float32(rng.uniform(0.2, 1))
    noise = float(rng.uniform(0, 0.04)) * (rng.random() ** 2)
    if noise > 0.002:
        cut = _noise()[int(rng.integers(64)) :, int(rng.integers(64)) :][:high, :wide]
        canvas = canvas + cut * np.float32(noise)
    pixels = np.clip(canvas * 255 + 0.5, 0, 255).astype(np.uint8)
    if chance(rng, 0.5):
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels


def written(rng: np.random.Generator, pixels: Pixels, label: Pixels, ignored: int) -> None:
    """Text, a cross and bars as a turret burns them in; what they hide is of no class."""
    high, wide = label.shape
    colour = pick(rng, ((255, 255, 255), (240, 240, 240), (60, 255, 60), (255, 230, 60), (20, 20, 20)))
    hidden = np.zeros_like(label)
    for _ in range(int(rng.integers(1, 9))):
        text = "".join(pick(rng, "0123456789NWEM:.°ABCLRFT ") for _ in range(int(rng.integers(2, 22))))
        at = int(rng.integers(0, wide - 20)), int(pick(rng, (0.06, 0.12, 0.88, 0.95, rng.random())) * high)
        size, thick = float(rng.uniform(0.22, 0.6)), 1
        for sheet, ink in ((pixels, colour), (hidden, (1,))):
            cv2.putText(
                sheet, text.replace("°", "'"), at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, thick, cv2.LINE_AA
            )
    if chance(rng, 0.5):
        cx, cy, arm = wide // 2, high // 2, int(rng.integers(5, 30))
        for sheet, ink in ((pixels, colour), (hidden, (1,))):
            cv2.line(sheet, (cx - arm, cy), (cx + arm, cy), ink, 1)
            cv2.line(sheet, (cx, cy - arm), (cx, cy + arm), ink, 1)
    label[cv2.dilate(hidden, np.ones((3, 3), np.uint8)) > 0] = ignored


_grain: list[Floats] = []


def _noise() -> Floats:
    if not _grain:
        _grain.append(np.random.default_rng(5).normal(0, 1, (640, 640, 3)).astype(np.float32))
    return _grain[0]
