"""What one person does to another: touch, hug, hand over, watch. Both are seen at the same M moments.

A picture has no depth: two whose feet stand at different heights, or who are not of a size, are not taken to be next to
each other; where feet are hidden, behind a table say, it is doubted that they are. A handshake looks like handing
something over, and is called so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.actions.body import (
    ANKLES,
    ELBOWS,
    HIPS,
    LEFT_EAR,
    NOSE,
    RIGHT_EAR,
    SHOULDERS,
    WRISTS,
    Body,
    Values,
    falling,
    least_of,
    mean_of,
    most_of,
    rising,
)

SAME_SIZE = 2.2
"""Ratio of units, a small child's to a man's."""
SAME_SIZE_CUT = 1.5
"""The same where the feet of neither are in the picture: nothing else tells then who stands in front."""
BESIDE = (0.6, 1.0)
"""Units between the lower edges of two boxes."""
SOLE = 0.5
"""Units from an ankle down to the lower edge of a box, at most: it is 0.14; farther, and a table hides the feet."""
DOUBTED = 0.55
"""Of what is told of two of whom one has hidden feet: it has to last for five seconds to be told."""
AT_HAND = (0.25, 0.5)
"""Units from a wrist, which is 0.25 from its finger tips' reach, to another's body."""
EMBRACED = (0.4, 0.7)
"""Units from a wrist behind another's back to their trunk, as far as a network can guess where it is."""
CLOSE = (0.6, 0.9)
"""Units from trunk to trunk in a hug."""
APART = (0.7, 1.0)
"""Units from trunk to trunk where hands meet between them."""
HANDS_MEET = (0.35, 0.6)
"""Units from wrist to wrist: an open hand is 0.37 long."""
TURNED = (0.3, 0.7)
"""Of the nose, off the middle of the ears, over half their distance: a head turned by 20 to 40 degrees."""
LEVEL = (0.5, 0.8)
"""Slope of the line to whom is watched."""
FAR = 15.0
"""Units."""
SEGMENTS = (
    (SHOULDERS[0], SHOULDERS[1]),
    (SHOULDERS[0], HIPS[0]),
    (SHOULDERS[1], HIPS[1]),
    (HIPS[0], HIPS[1]),
    (SHOULDERS[0], ELBOWS[0]),
    (SHOULDERS[1], ELBOWS[1]),
    (ELBOWS[0], WRISTS[0]),
    (ELBOWS[1], WRISTS[1]),
    (NOSE, NOSE),
)
TRUNK = SEGMENTS[:4]


def beside(one: Body, other: Body, feet: Values, feet_other: Values) -> Values:
    """(M,): they are near each other in depth too; ``feet``: (M,) lower edges of their boxes."""
    unit = (one.unit + other.unit) / 2
    ratio = np.maximum(one.unit, other.unit) / np.minimum(one.unit, other.unit)
    same = np.where(one.cut & other.cut, ratio <= SAME_SIZE_CUT, ratio <= SAME_SIZE)
    standing = np.where(_stands(one, feet) & _stands(other, feet_other), 1.0, DOUBTED)
    made: Values = falling(np.abs(feet - feet_other) / unit, *BESIDE) * same * standing
    return made


def touch(one: Body, other: Body) -> Values:
    """(M,): a hand of the one is at the other's body, and nearer to their trunk than to the own."""
    unit = (one.unit + other.unit) / 2
    hands = one.joints[:, WRISTS]
    near = falling(_distance(hands, other, SEGMENTS) / unit[:, None], *AT_HAND)
    over = _distance(hands, other, TRUNK) < 1.5 * _distance(hands, one, TRUNK)
    return most_of(near * over, axis=1)


def hug(one: Body, other: Body) -> Values:
    """(M,): trunk at trunk, and what is seen of the one's hands is at the other's trunk; NaN: neither is seen."""
    unit = (one.unit + other.unit) / 2
    held = falling(_distance(one.joints[:, WRISTS], other, TRUNK) / unit[:, None], *EMBRACED)
    return falling(_between(one, other), *CLOSE) * least_of(held, axis=1)


def hand_over(one: Body, other: Body) -> Values:
    """(M,): a hand of each meets between them, away from both trunks. The same in both orders."""
    unit = (one.unit + other.unit) / 2
    hands, others = one.joints[:, WRISTS], other.joints[:, WRISTS]
    gaps = np.linalg.norm(hands[:, :, None] - others[:, None, :], axis=3) / unit[:, None, None]
    free = _held_out(one)[:, :, None] * _held_out(other)[:, None, :]
    meet = falling(gaps, *HANDS_MEET) * free
    return most_of(meet.reshape(len(meet), 4), axis=1) * rising(_between(one, other), *APART)


def watch(one: Body, other: Body) -> Values:
    """(M,): the one's face is turned to the side on which the other's head is, at about its height."""
    nose, ears = one.joints[:, NOSE], one.joints[:, (LEFT_EAR, RIGHT_EAR)]
    half = np.abs(ears[:, 0, 0] - ears[:, 1, 0]) / 2
    turned = (nose[:, 0] - mean_of(ears, axis=1)[:, 0]) / np.maximum(half, 1e-6)
    profile = np.isnan(ears[..., 0]).sum(axis=1) == 1
    turned = np.where(profile, np.sign(nose[:, 0] - mean_of(ears, axis=1)[:, 0]), turned)
    way = _head(other) - nose
    unit = (one.unit + other.unit) / 2
    ahead = (np.sign(way[:, 0]) == np.sign(turned)) & (np.abs(way[:, 0]) <= FAR * unit)
    slope = np.abs(way[:, 1]) / np.maximum(np.abs(way[:, 0]), 1e-6)
    made: Values = rising(np.abs(turned), *TURNED) * falling(slope, *LEVEL) * ahead
    return np.where(np.isnan(way).any(axis=1) | np.isnan(turned), np.nan, made)


def _stands(body: Body, feet: Values) -> NDArray[np.bool_]:
    """(M,): a foot is seen where the box ends, so that this is where they stand."""
    lowest = most_of(body.joints[:, ANKLES, 1], axis=1)
    near: NDArray[np.bool_] = np.abs(feet - lowest) <= SOLE * body.unit  # of what is not seen it is not
    return near


def _head(body: Body) -> Values:
    return mean_of(body.joints[:, NOSE : RIGHT_EAR + 1], axis=1)


def _between(one: Body, other: Body) -> Values:
    """(M,) units from middle to middle of the trunks, from side to side: a child's is lower than a grown-up's."""
    middles = [(body.middle(SHOULDERS) + body.middle(HIPS)) / 2 for body in (one, other)]
    far: Values = np.abs(middles[0] - middles[1])[:, 0] / ((one.unit + other.unit) / 2)
    return far


def _held_out(body: Body) -> Values:
    """(M, 2): how far each hand is held out from the own hips, at their height or above."""
    hands, hips = body.joints[:, WRISTS], body.middle(HIPS)[:, None]
    unit = body.unit[:, None]
    return rising(np.abs(hands[..., 0] - hips[..., 0]) / unit, 0.3, 0.5) * rising(
        (hips[..., 1] - hands[..., 1]) / unit, -0.2, 0.1
    )


def _distance(points: Values, body: Body, segments: tuple[tuple[int, int], ...]) -> Values:
    """(M, 2, 2) points to (M, 2): pixels to the nearest segment of which both ends are seen."""
    start = body.joints[:, [one for one, _ in segments]][:, None]
    way = body.joints[:, [other for _, other in segments]][:, None] - start
    length = np.maximum((way**2).sum(axis=3), 1e-12)
    along = np.clip(((points[:, :, None] - start) * way).sum(axis=3) / length, 0.0, 1.0)
    return least_of(np.linalg.norm(points[:, :, None] - (start + along[..., None] * way), axis=3), axis=2)
