"""What floats: ships from above and from the side, their wakes, booms, buoys and kites. All are of the class ship."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from oilspill.fields import Fields, Floats, ramp
from oilspill.palettes import PAINTS, Colour, chance, pick, shade
from oilspill.view import View

Mask = NDArray[np.uint8]
FINE = 3
"""Binary places of a point's coordinates in OpenCV's drawing."""
BOOMS: tuple[Colour, ...] = (
    (0.95, 0.45, 0.08), (0.95, 0.75, 0.15), (0.90, 0.90, 0.88), (0.15, 0.60, 0.50), (0.80, 0.25, 0.10), (0.1, 0.1, 0.1),
)  # fmt: skip


class Ship:
    """One at a place of the water with a course."""

    def __init__(self, rng: np.random.Generator, view: View) -> None:
        high, wide = view.x.shape
        least = 0.1 if view.horizon is None else min(0.85, view.horizon / high + 0.06)
        row, column = int(high * float(rng.uniform(least, 0.95))), int(rng.integers(wide))
        self.x, self.y = float(view.x[row, column]), float(view.y[row, column])
        self.course = float(rng.uniform(0, 2 * np.pi))
        shown = float(np.exp(rng.uniform(np.log(0.04), np.log(0.5))))
        self.length = view.scale * shown / float(view.near[row, column]) ** 0.6
        self.width = self.length * float(rng.uniform(0.13, 0.35))

    def points(self, along: Floats, across: Floats) -> tuple[Floats, Floats]:
        """Water coordinates of points in ship lengths ahead of and widths to the left of its middle."""
        cos, sin = np.cos(self.course), np.sin(self.course)
        ahead, left = np.asarray(along) * self.length, np.asarray(across) * self.width
        return self.x + ahead * cos - left * sin, self.y + ahead * sin + left * cos

    def wake(self, rng: np.random.Generator, view: View, fields: Fields) -> Floats:
        """(H, W) share of foam behind and beside it."""
        cos, sin = np.float32(np.cos(self.course)), np.float32(np.sin(self.course))
        behind = (-((view.x - self.x) * cos + (view.y - self.y) * sin) / np.float32(self.length)) + 0.45
        side = np.abs((view.y - self.y) * cos - (view.x - self.x) * sin) / np.float32(self.width)
        lasts = np.exp(-np.maximum(behind, 0) / np.float32(rng.uniform(0.5, 6)))
        churn = ramp(side / (0.45 + behind * np.float32(rng.uniform(0, 0.25))), 1.1, 0.5)
        arms = np.exp(
            -(((side - 0.5 - behind * np.float32(rng.uniform(0.3, 1.2))) / 0.35) ** 2)
        ) * np.float32(rng.uniform(0.2, 1))
        rough = 0.35 + fields.at("rough", view.scale * 0.5)
        return np.asarray(
            np.clip((churn + arms) * (behind > 0) * lasts * rough, 0, 1) * np.float32(rng.uniform(0.3, 1)),
            np.float32,
        )

    def draw(self, rng: np.random.Generator, view: View, canvas: Floats, label: Mask, number: int) -> None:
        """Hull, deck, houses, containers or tanks; its shadow on the water."""
        bow = float(rng.uniform(0.2, 0.45))
        along = np.array([-0.5, -0.5, 0.5 - bow, 0.5 - bow / 3, 0.5, 0.5 - bow / 3, 0.5 - bow])
        across = np.array([-0.45, 0.45, 0.5, 0.3, 0.0, -0.3, -0.5])
        outline = view.shown(*self.points(along, across))
        if chance(rng, 0.4):
            shadow = outline + rng.normal(0, 0.25 * np.ptp(outline, axis=0).min() + 1e-3, 2)
            _fill(canvas, shadow, tuple((canvas.mean((0, 1)) * 0.3).tolist()))
        _fill(label, outline, (number,))
        hull = shade(rng, PAINTS)
        _fill(canvas, outline, hull.tolist())
        _fill(canvas, view.shown(*self.points(along * 0.93, across * 0.8)), shade(rng, PAINTS).tolist())
        rows = int(rng.integers(0, 7))
        for place in range(rows):
            start = -0.4 + 0.75 * place / rows
            for left in (-0.18, 0.18) if chance(rng, 0.5) else (0.0,):
                self._box(rng, view, canvas, start, 0.7 / rows * 0.8, left, 0.3)
        house = -0.35 if chance(rng, 0.7) else 0.2
        self._box(rng, view, canvas, house, 0.14, 0.0, 0.75, paint=np.array([0.92, 0.92, 0.9], np.float32))

    def _box(
        self,
        rng: np.random.Generator,
        view: View,
        canvas: Floats,
        along: float,
        long: float,
        left: float,
        wide: float,
        paint: Floats | None = None,
    ) -> None:
        x = np.array([along, along + long, along + long, along])
        y = np.array([left - wide / 2, left - wide / 2, left + wide / 2, left + wide / 2])
        _fill(
            canvas, view.shown(*self.points(x, y)), (shade(rng, PAINTS) if paint is None else paint).tolist()
        )


def side_ship(rng: np.random.Generator, view: View, canvas: Floats, label: Mask, number: int) -> None:
    """One as seen from the side, near the horizon or not far below it."""
    high, wide = label.shape
    top = max(view.above, 0.0) if not np.isnan(view.above) else 0.0
    base = top + float(rng.uniform(0.0, 0.5)) ** 2 * high + 1
    length = wide * float(np.exp(rng.uniform(np.log(0.02), np.log(0.5))))
    left, up = float(rng.uniform(-0.1, 1)) * wide, length * float(rng.uniform(0.05, 0.2))
    turn = 1 if chance(rng, 0.5) else -1

    def part(x1: float, y1: float, x2: float, y2: float, colour: Floats, rake: float = 0.0) -> None:
        corners = np.array([[x1 + rake, y1], [x2 - rake, y1], [x2, y2], [x1, y2]], np.float32)
        xs = corners[:, 0] if turn == 1 else 1 - corners[:, 0]
        points = np.stack([left + xs * length, base - corners[:, 1] * up], 1)
        _fill(canvas, points, colour.tolist())
        _fill(label, points, (number,))

    hull = shade(rng, PAINTS)
    part(0, 0, 1, 1, hull, rake=0.03)
    part(-0.03, 0.8, 1.03, 1.1, shade(rng, PAINTS))
    house = float(rng.uniform(0.03, 0.6))
    part(
        house,
        1,
        house + float(rng.uniform(0.1, 0.3)),
        float(rng.uniform(1.6, 3.5)),
        np.array([0.9, 0.9, 0.88], np.float32),
    )
    for _ in range(int(rng.integers(0, 6))):
        at = float(rng.uniform(0.03, 0.9))
        part(at, 1, at + float(rng.uniform(0.01, 0.2)), float(rng.uniform(1.2, 3)), shade(rng, PAINTS))


def boom(rng: np.random.Generator, view: View, canvas: Floats, label: Mask, number: int) -> None:
    """A floating barrier in a bow, thin and bright."""
    high, wide = label.shape
    ends = rng.uniform(0.0, 1.0, (3, 2)) * (wide, high)
    if view.horizon is not None:
        ends[:, 1] = view.horizon + (ends[:, 1] / high * 0.9 + 0.1) * (high - view.horizon)
    t = np.linspace(0, 1, 40)[:, None]
    line = ends[0] * (1 - t) ** 2 + 2 * ends[1] * t * (1 - t) + ends[2] * t**2
    thick = int(rng.choice([1, 1, 2, 2, 3, 4]))
    points = [np.round(line * 2**FINE).astype(np.int32)]
    cv2.polylines(canvas, points, False, shade(rng, BOOMS).tolist(), thick, cv2.LINE_AA, FINE)
    cv2.polylines(label, points, False, (number,), thick, cv2.LINE_8, FINE)


def floats(rng: np.random.Generator, canvas: Floats, label: Mask, number: int, first_row: float) -> None:
    """Buoys, kites, swimmers: small, of any colour."""
    high, wide = label.shape
    for _ in range(int(rng.integers(1, 7))):
        middle = float(rng.uniform(0, wide)), float(rng.uniform(first_row, high))
        size = float(rng.uniform(1, 8)), float(rng.uniform(1, 16))
        colour = rng.random(3) if chance(rng, 0.6) else np.array(pick(rng, PAINTS))
        shape = cv2.ellipse2Poly(
            (int(middle[0]), int(middle[1])),
            (int(size[0]) + 1, int(size[1]) + 1),
            int(rng.integers(180)),
            0,
            int(pick(rng, (180, 360))),
            20,
        )
        _fill(canvas, shape.astype(np.float32), colour.tolist())
        _fill(label, shape.astype(np.float32), (number,))


def _fill(canvas: Floats | Mask, points: Floats, colour: list[float] | tuple[float, ...]) -> None:
    fixed = np.clip(points * 2**FINE, -(1 << 18), 1 << 18).round().astype(np.int32)
    smooth = cv2.LINE_AA if canvas.ndim == 3 else cv2.LINE_8
    cv2.fillPoly(canvas, [fixed], colour, smooth, FINE)
