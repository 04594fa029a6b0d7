"""Crops of small dials that do not exist, unrolled as the reader unrolls them; a number always gives the same one."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from covers import burn, crossed, glint
from faces import face
from numpy.typing import NDArray
from pointers import (
    CROSSING,
    MIDDLE,
    POINTERS,
    RADIUS,
    SECONDS,
    SIDE,
    Colour,
    Draw,
    Floats,
    Pen,
    Pixels,
    Rng,
    Split,
    shaded,
)

from siseon.applications.gauges.plane import homography, project
from siseon.applications.gauges.pointer import Dial, unrolled

SEEDS: dict[Split, int] = {"training": 0, "unseen": 1}
WITHOUT = 0.04
"""Share of dials without a pointer."""
SECOND, CROSSED, GLINTING = 0.1, 0.08, 0.1
"""Shares of those with two pointers, with a bar across them, and with a lamp's reflection on the pointer."""
BURNT = 0.07
"""Share of pictures one side of which is overexposed."""
APART = 40.0
"""Degrees from a pointer to a second one, at least."""
HALF = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
TO_PLANE = np.array([[1 / RADIUS, 0, -MIDDLE / RADIUS], [0, 1 / RADIUS, -MIDDLE / RADIUS], [0, 0, 1]])


class Picture(NamedTuple):
    """A crop and its truth."""

    pixels: Pixels
    """(S, S, 3) uint8 RGB."""
    believed: Floats
    """(3, 3) from the dial's plane (the scale is the unit circle), as somebody has clicked it."""
    angle: float | None
    """Degrees clockwise from the top at which the pointer's line crosses the scale; None where no pointer is seen."""
    other: float | None = None
    """The same of a second pointer, which may as well be the one that is meant."""

    @property
    def strip(self) -> Pixels:
        """What the network is shown."""
        return unrolled(Dial(self.pixels, self.believed, 1.0))


def picture(index: int, split: Split = "training") -> Picture:
    """The picture of that number; the same each time."""
    rng = np.random.default_rng([index, SEEDS[split]])
    sheet, ground = face(rng, split)
    angle, cover = None, np.zeros((SIDE, SIDE), np.uint8)
    if rng.random() >= WITHOUT:
        angle, cover = _pointed(rng, sheet, ground, POINTERS[split])
    other = None
    if split == "training":  # by numbers of their own: the dials that are measured stay what they were
        more = np.random.default_rng([index, SEEDS[split], 1])
        kind = float(more.random())
        if kind < SECOND and angle is not None:
            other = _second(more, sheet, ground, angle)
        elif kind < SECOND + CROSSED:
            angle = None if crossed(more, sheet, ground, cover) else angle
        elif kind < SECOND + CROSSED + GLINTING and angle is not None:
            glint(more, sheet, angle)
    side = round(float(np.exp(rng.uniform(np.log(52), np.log(180)))))
    seen = _view(rng, side)
    warped = _warped(sheet, seen, side)
    if split == "training" and more.random() < BURNT:
        burn(more, warped)
    return Picture(_taken(rng, warped, side), _believed(rng, seen, side), angle, other)


def _second(rng: Rng, sheet: Pixels, ground: Colour, angle: float) -> float:
    """Draw another pointer, well apart from the one at an angle, and tell where it is read."""
    other = angle
    while abs((other - angle + 180) % 360 - 180) < APART:
        drawn = sheet.copy()
        other, _ = _pointed(rng, drawn, ground, SECONDS)
    sheet[:] = drawn
    return other


def _pointed(rng: Rng, sheet: Pixels, ground: Colour, draws: tuple[Draw, ...]) -> tuple[float, Pixels]:
    """Draw a pointer and tell where it is read, and (SIDE, SIDE) what is of it."""
    far = 0.15 if rng.random() < 0.12 else 0.04
    at = rng.uniform(-far, far, 2)
    direction = float(rng.uniform(0, 2 * np.pi))
    along = np.array([np.sin(direction), -np.cos(direction)])
    drawn, cover = sheet.copy(), np.zeros((SIDE, SIDE), np.uint8)
    draw = draws[int(rng.integers(len(draws)))]
    draw(rng, Pen(drawn, cover, at, along), float(rng.uniform(0.62, 1.0)), _colour(rng, ground))
    cover_soft = cover.astype(np.float32) / 255
    below = sheet.astype(np.float32)
    if rng.random() < 0.5:
        shift = rng.uniform(-8, 8, 2)
        moved = cv2.warpAffine(cover_soft, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), (SIDE, SIDE))
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(1, 5))
        below *= (1 - rng.uniform(0.1, 0.5) * moved)[..., None]
    body = drawn.astype(np.float32) * _unevenness(rng, 0.25)[..., None]
    share = (cover_soft * (rng.uniform(0.75, 1.0) if rng.random() < 0.25 else 1.0))[..., None]
    sheet[:] = np.clip(below * (1 - share) + body * share, 0, 255).astype(np.uint8)
    reach = -(at @ along) + np.sqrt((at @ along) ** 2 - at @ at + CROSSING**2)
    x, y = at + reach * along
    return float(np.degrees(np.arctan2(x, -y)) % 360), cover


def _colour(rng: Rng, ground: Colour) -> Colour:
    kind = float(rng.random())
    if kind < 0.7:  # red, as most are
        red = int(rng.integers(130, 250))
        return red, int(red * rng.uniform(0.05, 0.45)), int(red * rng.uniform(0.05, 0.42))
    if kind < 0.88:
        return shaded((30, 30, 32), float(rng.uniform(0.3, 2.0))) if sum(ground) > 330 else (230, 230, 225)
    red, green, blue = (int(part) for part in rng.integers(10, 240, 3))
    far = abs(red - ground[0]) + abs(green - ground[1]) + abs(blue - ground[2])
    return (red, green, blue) if far > 150 else (200, 40, 35)


def _view(rng: Rng, side: int) -> Floats:
    """(3, 3) from the dial's plane to the crop; the dial is not turned."""
    tilt, towards = np.radians(rng.uniform(0, 1) ** 2 * 38), rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(towards), np.sin(towards)])
    squeeze = np.eye(2) - (1 - np.cos(tilt)) * np.outer(axis, axis)
    middle = side / 2 + np.clip(rng.normal(0, 0.03, 2), -0.08, 0.08) * side
    near = np.sin(tilt) * rng.uniform(0.0, 0.2) * axis
    return homography(middle, side / 2 * rng.uniform(0.72, 1.02) * squeeze, near)


def _believed(rng: Rng, seen: Floats, side: int) -> Floats:
    """Where somebody takes the dial to be: by clicks on it, or by its crop alone."""
    if rng.random() < 0.5:
        off = rng.normal(0, 0.02, 2)
        return seen @ homography(off, float(rng.uniform(0.93, 1.07)) * np.eye(2), np.zeros(2))
    half = side / 2
    moved = project(seen, np.zeros((1, 2)))[0] * 0.2 + half * 0.8  # a crop is about in its middle
    return homography(moved, half * rng.uniform(0.78, 0.95) * np.eye(2), np.zeros(2))


def _warped(sheet: Pixels, seen: Floats, side: int) -> NDArray[np.float32]:
    smooth = max(0.3, 0.4 * RADIUS / (side / 2))
    soft = cv2.GaussianBlur(sheet.astype(np.float32), (0, 0), smooth)
    matrix = HALF @ seen @ TO_PLANE
    return np.asarray(
        cv2.warpPerspective(soft, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _unevenness(rng: Rng, strong: float, size: int = SIDE) -> NDArray[np.float32]:
    """(size, size) around 1, changing slowly."""
    coarse = rng.uniform(1 - strong, 1 + strong, (int(rng.integers(2, 5)),) * 2).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC))


def _taken(rng: Rng, seen: NDArray[np.float32], side: int) -> Pixels:
    """Light, reflections of a lamp, glass, colours of a cheap camera, blur, noise, sharpening and JPEG."""
    picture = seen * _unevenness(rng, float(rng.uniform(0, 0.3)), side)[..., None]
    if rng.random() < 0.3:  # a face that is not plain
        grain = rng.normal(0, rng.uniform(2, 25), (max(8, side // int(rng.integers(1, 5))),) * 2)
        picture += cv2.resize(grain.astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR)[
            ..., None
        ]
    if rng.random() < 0.35:
        picture += _lamps(rng, side)
    if rng.random() < 0.15:  # a veil of mist or light on the glass
        veil = float(rng.uniform(0.15, 0.6))
        picture = picture * (1 - veil) + veil * float(rng.uniform(150, 255))
    grey = picture.mean(axis=2, keepdims=True)
    vivid = 0.0 if rng.random() < 0.04 else float(rng.uniform(0.35, 1.25))
    picture = (grey + (picture - grey) * vivid) * rng.uniform(0.8, 1.12, 3).astype(np.float32)
    brighter = float(rng.uniform(50, 110)) if rng.random() < 0.08 else float(rng.uniform(-45, 55))
    picture = (picture - 128) * float(rng.uniform(0.6, 1.3)) + 128 + brighter
    picture = np.clip(picture, 0, 255).astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.7)) * (side / 110) ** 0.5)
    if rng.random() < 0.25:
        soft = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.8, 2)))
        picture = picture + float(rng.uniform(0.5, 2.5)) * (picture - soft)
    picture = picture + rng.normal(0, rng.uniform(0.5, 9), picture.shape)
    ready = np.clip(picture, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))]
    _, code = cv2.imencode(".jpg", ready[..., ::-1], quality)
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR_RGB), np.uint8)


def _lamps(rng: Rng, side: int) -> NDArray[np.float32]:
    """Spots and streaks of light."""
    light = np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        x, y = (round(float(value) * side) for value in rng.uniform(-0.05, 1.05, 2))
        size = float(rng.uniform(0.2, 0.5) if rng.random() < 0.08 else rng.uniform(0.02, 0.12)) * side
        spot = np.zeros((side, side), np.float32)
        axes = (max(1, round(size)), max(1, round(size * float(rng.uniform(0.15, 1.0)))))
        cv2.ellipse(spot, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, (1.0,), -1, cv2.LINE_AA)
        soft = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(0.5, 0.04 * side + 0.6)))
        light = np.maximum(light, soft * float(rng.uniform(60, 300)))
    return light[..., None] * rng.uniform(0.85, 1.0, 3).astype(np.float32)
