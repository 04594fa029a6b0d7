"""Scales that are not linear to their ends: the first division of many is smaller, others grow along the scale.

What is found first are the numbers that stand evenly. The one that comes next in value may stand nearer or farther, on
the same circle: then it belongs to the scale, and so may the one after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from siseon.applications.gauges.numerals import FROM_THE_FRONT, SWEEPS, NumberedScale, Numeral
from siseon.applications.gauges.plane import angles_of, project

PITCHES = (0.35, 1.9)
"""Of the last division, between which the next one may be."""
ONE_PLACE = 0.15
"""Radii between two readings of one number."""
TOLERATED = 1 / 6
"""Other numbers, for each of the scale's own."""


def extended(scale: NumberedScale, numerals: Sequence[Numeral]) -> NumberedScale:
    """The scale with the numbers that go on beyond its ends."""
    others = [one for one in numerals if one not in scale.numerals]
    if not others:
        return scale
    places = project(np.linalg.inv(scale.to_picture), np.array([(one.x, one.y) for one in others]))
    on_circle = np.abs(np.linalg.norm(places, axis=1) - 1) < FROM_THE_FRONT
    angles = angles_of(places)
    for end in (-1, 0):
        while (longer := _longer(scale, others, angles, on_circle, end)) is not None:
            scale = longer
    return scale


def contradicted(scale: NumberedScale, numerals: Sequence[Numeral]) -> bool:
    """Whether other numbers stand on the circle among those of the scale: then these are not its scale, or are misread.

    What is read twice in one place, or in part, is no other number.
    """
    others = np.array([(one.x, one.y) for one in numerals if one not in scale.numerals])
    if not len(others):
        return False
    to_plane = np.linalg.inv(scale.to_picture)
    places = project(to_plane, others)
    own = project(to_plane, np.array([(one.x, one.y) for one in scale.numerals]))
    alone = np.linalg.norm(places[:, None] - own, axis=2).min(axis=1) > ONE_PLACE
    on_circle = np.abs(np.linalg.norm(places, axis=1) - 1) < FROM_THE_FRONT
    past = (angles_of(places) - scale.angles[0]) % 360
    among = past < scale.angles[-1] - scale.angles[0]
    return int((alone & on_circle & among).sum()) > TOLERATED * len(own)


def _longer(
    scale: NumberedScale,
    others: Sequence[Numeral],
    angles: np.ndarray,
    on_circle: np.ndarray,
    end: int,
) -> NumberedScale | None:
    """With the next number at its last (-1) or first (0) end; None where there is none."""
    inner = -2 if end else 1
    values = scale.values
    step = values[end] - values[inner]
    smallest = float(np.abs(np.diff(values)).min())
    if not np.isclose(
        abs(step), smallest
    ):  # a number is missing in the last division: its pitch is not known
        return None
    pitch = scale.angles[end] - scale.angles[inner]
    for index, one in enumerate(others):
        if not on_circle[index] or not np.isclose(one.value, values[end] + step):
            continue
        turn = (angles[index] - scale.angles[end]) * np.sign(pitch) % 360 * np.sign(pitch)
        whole = np.ptp(scale.angles) + abs(turn)
        if PITCHES[0] <= turn / pitch <= PITCHES[1] and whole <= SWEEPS[1]:
            more, angle = (one,), np.array([scale.angles[end] + turn])
            if end:
                return replace(
                    scale, numerals=scale.numerals + more, angles=np.concatenate([scale.angles, angle])
                )
            return replace(
                scale, numerals=more + scale.numerals, angles=np.concatenate([angle, scale.angles])
            )
    return None
