"""What one person does with the arms: reach and wave."""

from __future__ import annotations

import numpy as np

from siseon.applications.people.actions.body import ELBOWS, SHOULDERS, WRISTS, Body, Values, most_of, rising

EXTENDED = (0.8, 1.0)
"""Units from shoulder to wrist; a stretched arm has 1.15."""
ELEVATED = (0.64, 0.34)
"""Cosine of the angle from hanging straight down: 50 and 70 degrees."""
RAISED = (-0.35, 0.0)
"""Units of a wrist above its shoulder."""
SWING = (0.08, 0.15)
"""Units: standard deviation of a wrist about its elbow, along the line on which it moves most. Joints that are known to
0.06 give 0.09 to a hand that rests."""
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
    place = (wrist - elbow) / body.unit[:, None]
    known = np.flatnonzero(~np.isnan(place).any(axis=1) & ~np.isnan(above))
    found = np.full(len(body.t_ms), np.nan)
    times = body.t_ms[known]
    for at in known:
        low, high = np.searchsorted(times, [body.t_ms[at] - WAVE_MS // 2, body.t_ms[at] + WAVE_MS // 2 + 1])
        rows = known[low:high]
        if len(rows) >= LEAST_POSES:
            found[at] = float(above[rows].mean()) * _swinging(place[rows])
    return found


def _swinging(place: Values) -> float:
    """Of (K, 2) places, how far it goes to and fro along the line of most motion, if it turns often enough."""
    centred = place - place.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    turns = int((np.diff(np.sign(np.diff(along))) != 0).sum())
    return float(rising(np.array(along.std()), *SWING)) if turns >= LEAST_TURNS else 0.0
