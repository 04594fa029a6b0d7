"""The frame of a generated overlay: letters over a sea, then what recording does to both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from siseon.applications.oilspill.position.generated.flight import Flight, Shot
from siseon.applications.oilspill.position.generated.letters import COLUMNS, ROWS, letter
from siseon.applications.oilspill.position.overlay.template import FieldOfOverlay, Template
from siseon.contracts import Image

Hardness = Literal["clean", "recorded"]
Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 1280, 720
MONOSPACED = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")
"""Used where the machine has it, for every third look; else letters of dots."""
MOST_LETTERS = 13
"""Of a coordinate."""
SPOTS: dict[str, tuple[float, float, bool]] = {
    "date": (0.012, 0.03, False),
    "clock": (0.012, 0.07, False),
    "zone": (0.012, 0.11, False),
    "hfov": (0.45, 0.03, False),
    "aircraft": (0.012, 0.84, False),
    "latitude": (0.012, 0.88, False),
    "longitude": (0.012, 0.92, False),
    "heading": (0.24, 0.88, False),
    "altitude": (0.24, 0.92, False),
    "target": (0.988, 0.84, True),
    "target_latitude": (0.988, 0.88, True),
    "target_longitude": (0.988, 0.92, True),
    "bearing": (0.75, 0.88, True),
    "slant_range": (0.75, 0.92, True),
}
"""Share of width and height at the top of a line, and whether its right end is there."""
LABELS = {"aircraft": "ACFT", "target": "TGT"}
LONGEST = {
    "date": 9,
    "clock": 8,
    "zone": 8,
    "hfov": 5,
    "heading": 4,
    "bearing": 4,
    "altitude": 7,
    "slant_range": 7,
}
"""Letters of room; coordinates have ``MOST_LETTERS``."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one turret writes."""

    scale: int
    """Pixels of a dot."""
    stroked: bool
    """Its zero has a stroke, else a dot."""
    font: Path | None
    edge: bool
    """Letters have a dark edge."""

    @property
    def cell(self) -> tuple[int, int]:
        """Pixels across and down that a letter takes."""
        return (COLUMNS + 1) * self.scale, ROWS * self.scale


def look(index: int) -> Look:
    """The look of that number; the same each time."""
    rng = np.random.default_rng([index, 34])
    font = MONOSPACED if index % 3 == 2 and MONOSPACED.exists() else None
    return Look(2 if rng.random() < 0.6 else 3, bool(rng.random() < 0.3), font, bool(rng.random() < 0.75))


def template_of(flight: Flight, look: Look) -> Template:
    """The layout of a flight's frames."""
    fields = [
        FieldOfOverlay(
            name=name,
            region=_region(name, look),
            grammar=form.grammar,
            fact=fact,
            digits=form.digits,
            decimals=form.decimals,
            unit=form.unit,
        )
        for name, (fact, form) in flight.forms.items()
    ]
    anchors = [
        FieldOfOverlay(name=name, region=_region(name, look), grammar="words", words=(word,), anchor=True)
        for name, word in LABELS.items()
    ]
    return Template(name="generated", aspect=WIDTH / HEIGHT, fields=(*fields, *anchors))


def frame(
    shot: Shot, look: Look, index: int, hardness: Hardness = "recorded"
) -> tuple[Image, NDArray[np.bool_]]:
    """The frame of a shot, and where its letters are (before it was recorded); the same each time for an index."""
    rng = np.random.default_rng([index, 56])
    ground = _sea(rng)
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    for name, text in (shot.texts | LABELS).items():
        _write(cover, name, text, look)
    pixels = ground.astype(np.float32)
    if look.edge:
        around = cv2.dilate(cover, np.ones((3, 3), np.uint8))
        pixels *= 1 - around[:, :, None] / 255 * 0.85
    light = float(rng.uniform(0.8, 1.0)) if hardness == "recorded" else 1.0
    strength = cover[:, :, None].astype(np.float32) / 255 * light
    pixels = np.asarray(pixels * (1 - strength) + 235 * strength, np.float32)
    out = np.asarray(np.clip(pixels, 0, 255), np.uint8)
    return Image.from_array(_recorded(out, rng) if hardness == "recorded" else out), cover > 0


def _region(name: str, look: Look) -> tuple[float, float, float, float]:
    across, down = look.cell
    x, y, at_right = SPOTS[name]
    room = LONGEST.get(name, len(LABELS[name]) if name in LABELS else MOST_LETTERS) * across
    left = x * WIDTH - room if at_right else x * WIDTH
    margin = look.scale * 2
    return (
        max(0.0, (left - margin) / WIDTH),
        max(0.0, (y * HEIGHT - margin) / HEIGHT),
        min(1.0, (left + room + margin) / WIDTH),
        min(1.0, (y * HEIGHT + down + margin) / HEIGHT),
    )


def _write(cover: Pixels, name: str, text: str, look: Look) -> None:
    across, _ = look.cell
    x, y, at_right = SPOTS[name]
    left = round(x * WIDTH) - (len(text) * across if at_right else 0)
    top = round(y * HEIGHT)
    for place, sign in enumerate(text):
        dots = _glyph(sign, look)
        at = left + place * across
        part = cover[top : top + dots.shape[0], at : at + dots.shape[1]]
        np.maximum(part, dots[: part.shape[0], : part.shape[1]], out=part)


@cache
def _glyph(sign: str, look: Look) -> Pixels:
    if look.font is None:
        return np.kron(letter(sign, stroked=look.stroked), np.ones((look.scale, look.scale), np.uint8)) * 255
    across, down = look.cell
    canvas = Picture.new("L", (across, down + look.scale))
    font = ImageFont.truetype(str(look.font), round(across / 0.602))
    ImageDraw.Draw(canvas).text((0, down), sign, fill=255, font=font, anchor="ls")
    return np.asarray(canvas, np.uint8)


def _sea(rng: np.random.Generator) -> Pixels:
    """(HEIGHT, WIDTH, 3): waves of several lengths, a gradient of light, glint or foam that is as bright as letters."""
    waves = np.zeros((HEIGHT, WIDTH), np.float32)
    for cells in (6, 24, 90, 300):
        noise = rng.normal(0, 1, (max(2, cells * HEIGHT // WIDTH), cells)).astype(np.float32)
        waves += cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) / np.sqrt(cells)
    light = np.linspace(rng.uniform(0.7, 1.2), rng.uniform(0.7, 1.2), HEIGHT, dtype=np.float32)[:, None]
    colour = np.array(rng.uniform((30, 60, 70), (90, 130, 150)), np.float32)
    ground = colour * (light * (1 + waves * rng.uniform(0.15, 0.5)))[:, :, None]
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0, WIDTH), HEIGHT * float(rng.choice((0.06, 0.5, 0.9)))
        spread = rng.uniform(40, 260)
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        glow = np.exp(-((columns - x) ** 2 + 6 * (rows - y) ** 2) / (2 * spread**2))
        sparkle = 0.6 + 0.4 * np.clip(waves * 2, -1, 1)
        ground += (glow * sparkle)[:, :, None] * rng.uniform(60, 190)
    return np.asarray(np.clip(ground, 0, 255), np.uint8)


def _recorded(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Scaled, blurred, one field of two lost, noise, JPEG."""
    if rng.random() < 0.3:
        small = cv2.resize(pixels, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
        pixels = np.asarray(cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.25:
        field = pixels[int(rng.integers(0, 2)) :: 2]
        pixels = np.asarray(cv2.resize(field, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)
    sigma = float(rng.uniform(0, 1.1))
    if sigma > 0.3:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
    noisy = pixels + rng.normal(0, rng.uniform(0, 6), pixels.shape)
    coded = cv2.imencode(
        ".jpg",
        np.asarray(np.clip(noisy, 0, 255), np.uint8),
        [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 92))],
    )[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
