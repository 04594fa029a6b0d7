"""Where the pointer of a meter's small dial points, by a network: drops, stars, half discs and arrows are of no one
shape, and geometry takes their backs, arms and reflections for needles.

The network is shown the dial unrolled. It sees it six times, from three middles around the one that is stated, and
mirrored: where these disagree, the answer is not sure. Then it is shown the same with that pointer hidden: where it
sees another one, nobody can say which of them is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.plane import on_circle
from siseon.applications.gauges.polar import sample
from siseon.applications.network import Network
from siseon.contracts import ModelRef
from siseon.engine import Stage, part
from siseon.models import Model

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

MODEL = "gauge-pointer"
CPU_BATCH = 4
"""Dials; the network is so small that a few at a time cost less than one by one."""
RINGS, COLUMNS = 24, 180
"""Of what the network is shown."""
FINER = 4
"""Samples along each side of what becomes one pixel of that."""
REACH = (0.05, 1.2)
"""Radii of the scale between which it is shown."""
ASIDE = 0.04
"""Radii of the scale from the stated middle to those that are tried."""
MIDDLES: Floats = np.array([on_circle(angle, ASIDE) for angle in (0, 120, 240)])
HIDDEN = 10
"""Columns to each side of a pointer that are hidden with it: 20°."""
ELSEWHERE = 30.0
"""Degrees from a pointer at which it is another one, not what is left of its body."""
MARKS = 10
"""Around the dials that the network has seen, as around every small dial of a meter."""
NEAR = 4
"""Columns of the answer to each side of the likeliest that speak of the same pointer."""

_TURNS = (np.arange(COLUMNS * FINER) + 0.5) * 2 * np.pi / (COLUMNS * FINER)
_CIRCLE: Floats = np.stack([np.sin(_TURNS), -np.cos(_TURNS)], axis=1)
_RADII: Floats = np.linspace(*REACH, RINGS * FINER)


class Dial(NamedTuple):
    """Where one is."""

    pixels: Pixels
    """(H, W, 3) RGB of the picture."""
    to_picture: Floats
    """(3, 3) from the dial's plane."""
    scale_radius: float
    """Outer ends of the marks, in the dial's plane."""


class Pointed(NamedTuple):
    """What the network says of a dial."""

    angle: float
    """Degrees clockwise from the top, where the pointer's line crosses the scale."""
    spread: float
    """Degrees: standard deviation between the views."""
    sureness: float
    """Probability that it points about there, 0 to 1."""
    another: float = 0.0
    """Probability that another one points elsewhere, as far as the network can say where this one is hidden."""
    marks: float = 0.0
    """Degrees clockwise by which its ten marks are turned, -18 to 18: where one is, there is another 36 on."""
    marks_sureness: float = 0.0
    """0 where the marks may be anywhere, 1 where they are at one place."""


class PointerFinder:
    """For the stages that use it."""

    def __init__(self, model: Model) -> None:
        """Nothing is loaded before ``set_up``."""
        self._model = model
        self._network = Network(model, cpu_batch=CPU_BATCH)

    def set_up(self, stage: Stage[Any, Any]) -> None:
        """Load, place the stage, run once.

        Raises:
            SiseonError: the weights cannot be loaded.
        """
        blank = Dial(np.zeros((32, 32, 3), np.uint8), np.diag([16.0, 16.0, 1.0]), 1.0)
        self._network.set_up(stage, lambda: self.pointed([blank]))

    def tear_down(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    @property
    def ref(self) -> ModelRef:
        """Which network it is."""
        return self._model.ref

    def pointed(self, dials: Sequence[Dial]) -> list[Pointed]:
        """Where the pointer of each dial points."""
        with part("preprocess"):
            strips = [_views(dial) for dial in dials]
        first = self._seen(strips)
        with part("preprocess"):
            without = [_hidden(views, one.angle) for views, one in zip(strips, first, strict=True)]
        return [_with(one, other) for one, other in zip(first, self._seen(without), strict=True)]

    def _seen(self, strips: Sequence[Pixels]) -> list[Pointed]:
        with part("preprocess"):
            tensor = np.ascontiguousarray(np.concatenate(strips).transpose(0, 3, 1, 2), np.float32)
        with part("infer"):
            outputs = self._model.run({self._model.input_name: tensor}, items=len(strips))
        with part("postprocess"):
            likely, marks = (
                np.split(np.asarray(outputs[name], np.float64), len(strips)) for name in ("likely", "marks")
            )
            return [
                turned_by_all(pointed_by_all(one), phases) for one, phases in zip(likely, marks, strict=True)
            ]


def unrolled(dial: Dial) -> Pixels:
    """(RINGS, COLUMNS, 3) uint8 RGB: from the middle outwards, and clockwise from the top."""
    fine = sample(dial.pixels, dial.to_picture, _RADII[:, None, None] * dial.scale_radius * _CIRCLE)
    return np.round(cv2.resize(fine, (COLUMNS, RINGS), interpolation=cv2.INTER_AREA)).astype(np.uint8)


def _views(dial: Dial) -> Pixels:
    """(6, RINGS, COLUMNS, 3): from each middle, then the same mirrored."""
    moved = []
    for x, y in MIDDLES * dial.scale_radius:
        step = np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
        moved.append(unrolled(dial._replace(to_picture=dial.to_picture @ step)))
    straight = np.stack(moved)
    return np.concatenate([straight, straight[:, :, ::-1]])


def hidden(view: Pixels, angle: float) -> Pixels:
    """(RINGS, COLUMNS, 3) with what points at an angle gone: its columns go over from one side to the other."""
    without = view.copy()
    off = np.arange(-HIDDEN, HIDDEN + 1)
    share = ((off + HIDDEN + 1) / (2 * HIDDEN + 2))[:, None]
    middle = int(angle / 360 * COLUMNS)
    before, after = (
        view[:, np.array(columns) % COLUMNS].astype(np.float64).mean(axis=1, keepdims=True)
        for columns in (
            (middle - HIDDEN - 2, middle - HIDDEN - 1),
            (middle + HIDDEN + 1, middle + HIDDEN + 2),
        )
    )
    without[:, (middle + off) % COLUMNS] = np.round(before + (after - before) * share)
    return without


def _hidden(views: Pixels, angle: float) -> Pixels:
    """The views of a dial without its pointer."""
    turns = (angle,) * len(MIDDLES) + (-angle,) * len(MIDDLES)
    return np.stack([hidden(view, turn) for view, turn in zip(views, turns, strict=True)])


def _with(one: Pointed, other: Pointed) -> Pointed:
    """A pointer and what is seen without it."""
    apart = abs((other.angle - one.angle + 180) % 360 - 180)
    return one._replace(another=other.sureness if apart > ELSEWHERE else 0.0)


def pointed_by_all(likely: Floats) -> Pointed:
    """What (2 V, columns) probabilities, of views and of the same ones mirrored, say together."""
    views = len(likely) // 2
    turned = np.concatenate([likely[:views], likely[views:, ::-1]])
    peak = int(turned.mean(axis=0).argmax())
    columns = likely.shape[1]
    off = np.arange(-NEAR, NEAR + 1)
    near = turned[:, (peak + off) % columns]
    inside = near.sum(axis=1)
    steps = near @ off / np.maximum(inside, 1e-6)
    angles = (peak + 0.5 + steps) * 360 / columns
    return Pointed(float(angles.mean() % 360), float(angles.std()), float(inside.mean()))


def turned_by_all(pointed: Pointed, likely: Floats) -> Pointed:
    """The same with how far the marks are turned, by (2 V, phases) probabilities as above."""
    views, phases = len(likely) // 2, likely.shape[1]
    straight = np.concatenate([likely[:views], likely[views:, ::-1]]).mean(axis=0)
    sum_ = straight @ np.exp(2j * np.pi * (np.arange(phases) + 0.5) / phases)
    return pointed._replace(marks=float(np.degrees(np.angle(sum_)) / MARKS), marks_sureness=float(abs(sum_)))
