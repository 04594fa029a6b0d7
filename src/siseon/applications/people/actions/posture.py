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
STRAIGHT = (0.4, 0.65)
"""Units from a hip down to its knee: 0.85 standing; on a chair 0 from the side, up to 0.4 seen from above in front."""
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
    thighs = (body.joints[:, KNEES, 1] - body.joints[:, HIPS, 1]) / body.unit[:, None]
    thigh = most_of(thighs, axis=1)  # the leg that carries is the straighter one
    thigh = np.where(
        np.isnan(thigh), (most_of(body.joints[:, KNEES, 1], axis=1) - hips[:, 1]) / body.unit, thigh
    )
    straight = rising(thigh, *STRAIGHT)
    lowest = most_of(body.joints[:, KNEES + ANKLES, 1], axis=1)
    lying = falling((lowest - hips[:, 1]) / body.unit, *HANGING) * falling(trunk, *FLAT)
    rest = 1.0 - lying
    return Posture(
        erect, rest * straight * erect, rest * straight * (1 - erect), rest * (1 - straight), lying
    )
