"""What one person does with the arms: reach and wave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import ELBOWS, SHOULDERS, WRISTS, Body, Values, most_of, rising

EXTENDED = (0.8, 1.0)
"""Units from shoulder to wrist; a stretched arm has 1.15."""
ELEVATED = (0.64, 0.34)
"""Cosine of the angle from hanging straight down: 50 and 70 degrees."""
RAISED = (-0.35, 0.0)
"""Units of a wrist above its shoulder."""
SWING = (0.06, 0.16)
"""Units: standard deviation of a wrist about its elbow, sideways, while it waves."""
WAVE_MS = 1_500
LEAST_POSES = 4
"""Within that: below, nobody can tell a wave from a raised hand."""
LEAST_TURNS = 2


def reach(body: Body) -> Values:
    """(M,): an arm is stretched out, away from hanging down. Towards the camera it cannot be seen."""
    arm = body.joints[:, WRISTS] - body.joints[:, SHOULDERS]
    length = np.linalg.norm(arm, axis=2)
    down = arm[..., 1] / np.maximum(length, 1e-6)
    return most_of(
        rising(length / body.unit[:, None], *EXTENDED) * rising(-down, -ELEVATED[0], -ELEVATED[1]), axis=1
    )


def raised(body: Body) -> Values:
    """(M,): a hand is up, as it is in a wave. Where this is above 0, poses are wanted in every sampled picture."""
    above = (body.joints[:, SHOULDERS, 1] - body.joints[:, WRISTS, 1]) / body.unit[:, None]
    return most_of(rising(above, *RAISED), axis=1)


def wave(body: Body) -> Values:
    """(M,): a raised hand goes to and fro about each moment; NaN: there are too few poses around it."""
    return most_of(np.stack([_wave(body, side) for side in (0, 1)], axis=1), axis=1)


def _wave(body: Body, side: int) -> Values:
    wrist, elbow = body.joints[:, WRISTS[side]], body.joints[:, ELBOWS[side]]
    above = rising((body.joints[:, SHOULDERS[side], 1] - wrist[:, 1]) / body.unit, *RAISED)
    across = (wrist[:, 0] - elbow[:, 0]) / body.unit
    known = np.flatnonzero(~np.isnan(across) & ~np.isnan(above))
    found = np.full(len(body.t_ms), np.nan)
    times = body.t_ms[known]
    for at in known:
        low, high = np.searchsorted(times, [body.t_ms[at] - WAVE_MS // 2, body.t_ms[at] + WAVE_MS // 2 + 1])
        rows = known[low:high]
        if len(rows) >= LEAST_POSES:
            found[at] = float(above[rows].mean()) * _swinging(across[rows])
    return found


def _swinging(across: NDArray[np.float64]) -> float:
    """To and fro: how far, if it turns often enough."""
    turns = int((np.diff(np.sign(np.diff(across))) != 0).sum())
    return float(rising(np.array(across.std()), *SWING)) if turns >= LEAST_TURNS else 0.0
