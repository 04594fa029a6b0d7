"""Stick figures in space who do what their label says, seen by a camera: joints and boxes as a pose network gives them.

A figure is a chain of limbs with the lengths of Drillis and Contini (1966). Each way to move has a *manner*: how fast,
how far, how bent, from which side. Manners of ``Manner.usual`` are those that rules may be tuned on; ``Manner.unusual``
draws every one of them from other ranges, with other sizes of people, and noisier joints.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

SHANK, THIGH, TRUNK, UPPER, FORE = 0.246, 0.245, 0.288, 0.186, 0.146
SHOULDER, HIP, ANKLE = 0.11, 0.08, 0.04
"""Of the height: half widths; an ankle above the floor."""
WIDTH, HEIGHT, FOCAL = 1280, 720, 1000.0
ACTIONS_ALONE = ("stand", "sit", "lie", "bend", "walk", "run", "wave", "reach")
ACTIONS_TOGETHER = ("touch", "hug", "hand_over", "watch", "approach")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one figure moves and looks."""

    tall: float
    walk: float
    run: float
    """Over the speed at which people of this height begin to run."""
    lean: float
    """Degrees of a bend."""
    soft: float
    """Degrees of the knees of somebody who bends."""
    seat: tuple[float, float]
    """Degrees of hips and knees, sitting."""
    swing: tuple[float, float]
    """Degrees and hertz of a wave."""
    elbow: float
    """Degrees of its elbow."""
    reach: float
    """Degrees from hanging down."""
    arms: tuple[float, float]
    """Degrees of shoulder and elbow at rest."""
    curl: float
    """Degrees of hips and knees, lying."""
    eye: float
    """Metres of the camera that looks at it above the floor."""
    noise: float
    """Of a joint, over the trunk's length in the picture."""
    lost: float
    """Share of joints that are not found; of a body's far side twice as many."""

    @property
    def begins_to_run(self) -> float:
        """Metres a second: where v² / (g leg) is 0.5, the leg half of the height (Alexander 1989)."""
        return float(np.sqrt(0.5 * 9.81 * 0.5 * self.tall))

    @classmethod
    def usual(cls, rng: np.random.Generator) -> Manner:
        return cls(
            tall=rng.uniform(1.1, 1.8), walk=rng.uniform(0.5, 0.75), run=rng.uniform(1.5, 2.0),
            lean=rng.uniform(70, 100), soft=rng.uniform(0, 10), seat=(rng.uniform(80, 95), rng.uniform(80, 100)),
            swing=(rng.uniform(25, 40), rng.uniform(1.0, 1.8)), elbow=rng.uniform(70, 100),
            reach=rng.uniform(80, 100), arms=(rng.uniform(-5, 5), rng.uniform(0, 15)), curl=rng.uniform(0, 10),
            eye=rng.uniform(1.3, 2.2), noise=0.04, lost=0.04,
        )  # fmt: skip

    @classmethod
    def unusual(cls, rng: np.random.Generator) -> Manner:
        def either(low: tuple[float, float], high: tuple[float, float]) -> float:
            return float(rng.uniform(*(low if rng.random() < 0.5 else high)))

        return cls(
            tall=either((0.85, 1.1), (1.8, 1.95)), walk=either((0.3, 0.5), (0.75, 0.95)),
            run=either((1.15, 1.5), (2.0, 2.6)), lean=rng.uniform(50, 70), soft=rng.uniform(10, 30),
            seat=((rng.uniform(85, 105), rng.uniform(0, 30)) if rng.random() < 0.5
                  else (rng.uniform(100, 120), rng.uniform(120, 145))),
            swing=(rng.uniform(15, 25), either((0.7, 1.0), (1.8, 2.2))), elbow=either((20, 60), (100, 125)),
            reach=either((60, 80), (100, 150)), arms=(rng.uniform(5, 30), rng.uniform(30, 100)),
            curl=rng.uniform(20, 60), eye=rng.uniform(2.4, 3.5), noise=0.06, lost=0.08,
        )  # fmt: skip


@dataclass(slots=True)
class Limbs:
    """Angles in degrees; ``side`` 0 is the left."""

    lean: float = 0.0
    hips: list[float] = field(default_factory=lambda: [0.0, 0.0])
    knees: list[float] = field(default_factory=lambda: [0.0, 0.0])
    shoulders: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """Forward from hanging down."""
    aside: list[float] = field(default_factory=lambda: [4.0, 4.0])
    """Sideways from hanging down."""
    elbows: list[float] = field(default_factory=lambda: [0.0, 0.0])
    elbow_aside: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """Of a forearm, sideways from the upper arm."""
    head: float = 0.0
    """Turned to the left."""
    lying: bool = False
    hands: list[Vector | None] = field(default_factory=lambda: [None, None])
    """Places in space that hands are at."""


def joints(limbs: Limbs, tall: float, place: Vector, facing: float) -> Vector:
    """(17, 3) metres, x to the right, y up, z away from the camera; facing 0 is towards it, 90 to its right."""
    at: dict[str, Vector] = {}
    trunk = _turned(limbs.lean) * TRUNK
    for side, out in enumerate((1.0, -1.0)):
        aside = np.array([out, 0.0, 0.0])
        at[f"hip{side}"] = aside * HIP
        at[f"knee{side}"] = at[f"hip{side}"] - _turned(-limbs.hips[side]) * THIGH
        at[f"ankle{side}"] = at[f"knee{side}"] - _turned(limbs.knees[side] - limbs.hips[side]) * SHANK
        at[f"shoulder{side}"] = trunk + aside * SHOULDER
        upper = _arm(limbs.shoulders[side], limbs.aside[side], out)
        at[f"elbow{side}"] = at[f"shoulder{side}"] + upper * UPPER
        fore = _arm(
            limbs.shoulders[side] + limbs.elbows[side], limbs.aside[side] + limbs.elbow_aside[side], out
        )
        at[f"wrist{side}"] = at[f"elbow{side}"] + fore * FORE
    turn = np.radians(limbs.head)
    face = np.array([np.sin(turn), 0.0, np.cos(turn)])
    left = np.array([np.cos(turn), 0.0, -np.sin(turn)])
    top = trunk * (1 + 0.1 / TRUNK)
    at["nose"] = top + face * 0.055
    for side, out in enumerate((1.0, -1.0)):
        at[f"eye{side}"] = top + face * 0.045 + left * out * 0.018 + np.array([0, 0.015, 0])
        at[f"ear{side}"] = top + left * out * 0.04
    names = ["nose", *(f"{part}{side}" for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
                       for side in (0, 1))]  # fmt: skip
    body = np.array([at[name] for name in names]) * tall
    if limbs.lying:
        body = np.stack([body[:, 0], body[:, 2], -body[:, 1]], axis=1)
        body[:, 1] += 0.12 * tall - body[:, 1].min()
    else:
        body[:, 1] += ANKLE * tall - min(body[15, 1], body[16, 1], body[11, 1] - 0.06 * tall)
    angle = np.radians(facing)
    turned = np.stack(
        [
            body[:, 0] * np.cos(angle) + body[:, 2] * np.sin(angle),
            body[:, 1],
            -(body[:, 2] * np.cos(angle) - body[:, 0] * np.sin(angle)),
        ],
        axis=1,
    )
    turned += place
    for side, hand in enumerate(limbs.hands):
        if hand is not None:
            turned[7 + side], turned[9 + side] = _bent_to(turned[5 + side], hand, tall)
    return turned


def _turned(degrees: float) -> Vector:
    """Up, turned forward."""
    return np.array([0.0, np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def _arm(forward: float, aside: float, out: float) -> Vector:
    down = np.array([0.0, -np.cos(np.radians(forward)), np.sin(np.radians(forward))])
    across = np.radians(aside)
    return down * np.cos(across) + np.array([out, 0.0, 0.0]) * np.sin(across)


def _bent_to(shoulder: Vector, hand: Vector, tall: float) -> tuple[Vector, Vector]:
    """Elbow and wrist of an arm whose hand is there, or as near as it can be."""
    way = hand - shoulder
    far = min(float(np.linalg.norm(way)), (UPPER + FORE) * tall * 0.999)
    way = way / max(np.linalg.norm(way), 1e-9)
    along = (far**2 + (UPPER * tall) ** 2 - (FORE * tall) ** 2) / (2 * far)
    down = np.array([0.0, -1.0, 0.0]) - way * -way[1]
    down = down / max(np.linalg.norm(down), 1e-9)
    return shoulder + way * along + down * np.sqrt(
        max((UPPER * tall) ** 2 - along**2, 0.0)
    ), shoulder + way * far


def moved(action: str, manner: Manner, t: float, phase: float) -> Limbs:
    """How the limbs are at a time, seconds."""
    limbs = Limbs(shoulders=[manner.arms[0]] * 2, elbows=[manner.arms[1]] * 2)
    if action == "sit":
        limbs.hips, limbs.knees = [manner.seat[0]] * 2, [manner.seat[1]] * 2
        limbs.shoulders, limbs.elbows = [25.0, 25.0], [50.0, 50.0]
    elif action == "lie":
        limbs.lying, limbs.hips, limbs.knees = True, [manner.curl] * 2, [manner.curl] * 2
    elif action == "bend":
        limbs.lean, limbs.knees = manner.lean, [manner.soft] * 2
        limbs.hips = [manner.soft / 2] * 2
    elif action in ("walk", "run", "approach"):
        stride = 25.0 if action != "run" else 45.0
        turn = 2 * np.pi * ((0.9 if action != "run" else 1.4) * t) + phase
        limbs.hips = [stride * np.sin(turn), -stride * np.sin(turn)]
        lift = 30.0 if action != "run" else 80.0
        limbs.knees = [lift * max(np.cos(turn), 0.05), lift * max(-np.cos(turn), 0.05)]
        limbs.shoulders = [manner.arms[0] - stride * np.sin(turn), manner.arms[0] + stride * np.sin(turn)]
        limbs.lean = 4.0 if action != "run" else 12.0
    elif action == "wave":
        limbs.aside[0], limbs.shoulders[0], limbs.elbows[0] = 80.0, 0.0, 0.0
        swing = manner.swing[0] * np.sin(2 * np.pi * manner.swing[1] * t + phase)
        limbs.elbow_aside[0] = manner.elbow + swing
    elif action == "reach":
        limbs.shoulders[1], limbs.elbows[1] = manner.reach, 5.0
    return limbs


def looking_down(eye: float, depth: float) -> float:
    """Degrees by which a camera at this height, metres, is turned down to see people at this depth in its middle."""
    return float(np.degrees(np.arctan2(eye - 0.9, depth)))


def seen(
    points: Vector, manner: Manner, facing: float, eye: float, down: float, rng: np.random.Generator
) -> tuple[Vector, Vector]:
    """(17, 3) joints in pixels with their scores, and the (4,) box, by a camera at a height, turned down by degrees."""
    turn = np.radians(down)
    above, away = points[:, 1] - eye, points[:, 2]
    depth = away * np.cos(turn) - above * np.sin(turn)
    up = above * np.cos(turn) + away * np.sin(turn)
    flat = np.stack([WIDTH / 2 + FOCAL * points[:, 0] / depth, HEIGHT / 2 - FOCAL * up / depth], axis=1)
    tall = FOCAL * manner.tall / float(depth.mean())
    margin = np.array([0.04, 0.08, 0.04, 0.05]) * tall
    box = np.concatenate([flat.min(axis=0), flat.max(axis=0)]) + margin * np.array([-1, -1, 1, 1])
    box += rng.normal(scale=0.01 * tall, size=4)
    flat = flat + rng.normal(scale=manner.noise * TRUNK * tall, size=flat.shape)
    lost = np.full(17, manner.lost)
    turned = np.sin(np.radians(facing))
    if abs(turned) > 0.5:  # who faces the right of the picture has the left side away from the camera
        far = 1 if turned < 0 else 0
        lost[[5 + far, 7 + far, 9 + far, 11 + far, 13 + far, 15 + far]] *= 2
        lost[3 + far] = 0.9
    if np.cos(np.radians(facing)) < -0.5:
        lost[:3] = 0.9
    scores = np.where(rng.random(17) < lost, 0.1, rng.uniform(0.5, 0.95, size=17))
    return np.concatenate([flat, scores[:, None]], axis=1), box
