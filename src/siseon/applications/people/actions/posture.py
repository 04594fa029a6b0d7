"""How somebody holds the body: upright, bent, sitting or lying, from where trunk and legs point; gravity points down.

Crouching and kneeling count as sitting: in a picture they differ by less than people do. A trunk that lies along the
line of sight shows nothing of its length, and is told only by what else is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siseon.applications.people.actions.body import (
    ANKLES,
    HIPS,
    KNEES,
    SHOULDERS,
    Body,
    Values,
    falling,
    most_of,
    rising,
)

ERECT = (0.5, 0.85)
"""Units from hips up to shoulders: 1 upright, 0.71 leant by 45 degrees."""
STRAIGHT = (0.6, 0.85)
"""How far a knee is below its hip, over how far the ankle is below the knee: 1 standing, from whatever height the
camera looks; on a chair 0 from the side, up to 0.58 from in front by a camera that looks down by 30 degrees."""
SHORTEST = 0.45
"""Units that a shank counts at least: of legs that are stretched out it is not seen to hang at all."""
SURELY = (0.35, 0.75)
"""Units from a hip down to its knee, where the ankle is not seen: less is sitting, more is straight, and between them
nothing can be told."""
HANGING = (0.35, 0.8)
"""Units from the hips down to the lowest knee or ankle: 1.7 standing, 0.85 on a chair, 0 lying."""
FLAT = (0.3, 0.6)
"""Units from hips up to shoulders: less, and the trunk lies."""


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """(M,) each; where they are known, the last four add up to 1."""

    erect: Values
    """Of the trunk alone."""
    upright: Values
    bent: Values
    sitting: Values
    lying: Values


def posture(body: Body) -> Posture:
    """NaN: the trunk or the knees are not seen."""
    shoulders, hips = body.middle(SHOULDERS), body.middle(HIPS)
    trunk = (hips[:, 1] - shoulders[:, 1]) / body.unit
    erect = rising(trunk, *ERECT)
    straight = _straight(body)
    lowest = most_of(body.joints[:, KNEES + ANKLES, 1], axis=1)
    lying = falling((lowest - hips[:, 1]) / body.unit, *HANGING) * falling(trunk, *FLAT)
    rest = 1.0 - lying
    return Posture(
        erect, rest * straight * erect, rest * straight * (1 - erect), rest * (1 - straight), lying
    )


def _straight(body: Body) -> Values:
    """(M,): the straighter leg is, for it is the one that carries."""
    unit = body.unit[:, None]
    hips, knees, ankles = (body.joints[:, pair, 1] for pair in (HIPS, KNEES, ANKLES))
    other = body.middle(HIPS)[:, None, 1]
    thighs = (knees - np.where(np.isnan(hips), other, hips)) / unit
    shanks = np.maximum((ankles - knees) / unit, SHORTEST)
    alone = np.where(thighs < SURELY[0], 0.0, np.where(thighs > SURELY[1], 1.0, np.nan))
    told = np.where(
        np.isnan(shanks), np.where(np.isnan(thighs), np.nan, alone), rising(thighs / shanks, *STRAIGHT)
    )
    return most_of(told, axis=1)
