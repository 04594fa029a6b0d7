"""Land: beaches, rocks, green and built ground, with surf before it; and land without any sea."""

from __future__ import annotations

import cv2
import numpy as np

from oilspill.fields import Fields, Floats, mix, ramp, thrice
from oilspill.palettes import LANDS, PAINTS, chance, pick, shade
from oilspill.view import View


def shore(rng: np.random.Generator, view: View, fields: Fields) -> tuple[Floats, Floats, Floats]:
    """(H, W, 3) ground, (H, W) where it is, and (H, W) foam of its surf and the wet water before it."""
    lie = fields.at("cloudy", view.scale * float(rng.uniform(1.5, 5)))
    if chance(rng, 0.7):  # a coast on one side, otherwise islands and rocks
        turn = float(rng.uniform(0, 2 * np.pi))
        middle = view.x.shape[0] * 2 // 3, int(rng.integers(view.x.shape[1]))
        cx, cy = float(view.x[middle]), float(view.y[middle])
        side = (
            (view.x - cx) * np.float32(np.cos(turn)) + (view.y - cy) * np.float32(np.sin(turn))
        ) / view.scale
        lie = (
            side + (lie - 0.5) * np.float32(rng.uniform(0.1, 0.8)) + np.float32(0.62 - rng.uniform(0.0, 0.3))
        )
        at = 0.6
    else:
        at = float(rng.uniform(0.72, 0.95))
        lie = lie + (fields.at("rough", view.scale) - 0.5) * np.float32(0.15)
    there = (lie > at).astype(np.float32)
    drawn = ground(rng, view, fields)
    wet = ramp(lie, at, at + float(rng.uniform(0.02, 0.12)))
    drawn = drawn * thrice(0.55 + 0.45 * wet)
    surf = np.exp(-(((lie - at) / np.float32(rng.uniform(0.01, 0.05))) ** 2)) * (
        fields.at("rough", view.scale * 0.6) > 0.35
    )
    lines = np.zeros_like(lie)
    if chance(rng, 0.5):
        steps = np.sin(
            (lie + (fields.at("cloudy", view.scale) - 0.5) * 0.1) * np.float32(rng.uniform(40, 120))
        )
        near = ramp(lie, at - float(rng.uniform(0.05, 0.3)), at)
        lines = near * ramp(steps, 0.5, 1.0) * (fields.at("rough", view.scale * 0.8) > 0.4)
    return drawn, there, np.clip(surf + lines, 0, 1).astype(np.float32) * np.float32(rng.uniform(0.3, 1))


def ground(rng: np.random.Generator, view: View, fields: Fields) -> Floats:
    """(H, W, 3), land everywhere."""
    high, wide = view.x.shape
    base = mix(
        np.broadcast_to(shade(rng, LANDS), (high, wide, 3)),
        shade(rng, LANDS),
        fields.at("cloudy", view.scale),
    )
    for _ in range(int(rng.integers(0, 3))):
        at = float(rng.uniform(0.4, 0.8))
        base = mix(
            base,
            shade(rng, LANDS),
            ramp(fields.at("rough", view.scale * float(rng.uniform(0.3, 2))), at, at + 0.1),
        )
    if chance(rng, 0.3):
        _built(rng, base)
    texture = (fields.at("rough", view.scale * float(rng.uniform(0.15, 0.6))) - 0.5) * np.float32(
        rng.uniform(0.1, 0.9)
    )
    return np.clip(base * thrice(1 + texture), 0, 1).astype(np.float32)


def _built(rng: np.random.Generator, canvas: Floats) -> None:
    """Fields, roads, roofs and round tanks."""
    high, wide = canvas.shape[:2]
    turn = float(rng.uniform(0, 90))
    for _ in range(int(rng.integers(3, 30))):
        middle = float(rng.uniform(0, wide)), float(rng.uniform(0, high))
        size = float(rng.uniform(3, 40)), float(rng.uniform(3, 40))
        colour = shade(rng, LANDS if chance(rng, 0.5) else PAINTS)
        if chance(rng, 0.2):
            cv2.circle(
                canvas,
                (int(middle[0]), int(middle[1])),
                int(size[0] / 2) + 1,
                colour.tolist(),
                -1,
                cv2.LINE_AA,
            )
            continue
        box = cv2.boxPoints((middle, size, turn + float(pick(rng, (0.0, 90.0)))))
        cv2.fillConvexPoly(canvas, box.astype(np.int32), colour.tolist(), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 4))):
        ends = rng.uniform(-0.2, 1.2, (2, 2)) * (wide, high)
        cv2.line(
            canvas,
            *ends.astype(int).tolist(),
            shade(rng, LANDS).tolist(),
            int(rng.integers(1, 6)),
            cv2.LINE_AA,
        )
