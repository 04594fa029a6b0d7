"""Which of a dial's needles shows the value: no tail, reflection or marker, and none where two could be meant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from siseon.applications.gauges.needle import Needle

WIDEST = 0.2
"""Radii of the scale across a needle in the middle of its length: what is broader is a reflection, or lies across."""
LOPSIDED = 1.5
"""Contrasts of a needle by which its sides may differ; those of a real one do where a reflection is beside it."""
LEAST_LENGTH = 0.5
"""Radii of the scale."""
LEAST_EVENNESS = 0.6
NARROWER = 0.75
"""Times the width of the one end at which the other is the tip, where both are as long."""
BESIDE_THE_MIDDLE = 4.0
"""Degrees between where a line points and where it meets the scale."""
RIVAL = 0.7
"""Times the score of a needle from which another could be meant just as well. This, what follows, and how long a tail
may be, were chosen on generated dials: of those with several needles few are read then, of those with one no fewer."""
RIVAL_BLOT = 0.8
"""The same of what is broader than a needle, has gaps or does not turn around the middle: something lies there."""
RIVAL_EVENNESS = 0.85
FAINT = 0.3
"""Times a needle's contrast, below which another that is told as it is, by its colour or by light and dark, is its
shadow or a reflection; not what is of another colour."""
HALF_VISIBLE = 0.5
"""Times the contrast that a needle must have to be read, from which another could be meant."""
TAIL = 15.0
"""Degrees from straight opposite within which a shorter one is the other end of the same needle."""
LIKE_THE_TIP = 0.93
"""Times the length of the one end from which the other could be the tip."""
LONGEST_TAIL = 0.7
"""Times the length of the tip, from which what points the other way is another needle."""
COUNTERWEIGHT = 0.55
"""Times the width of a tail, below which that of the tip tells which is which however long the tail is."""
ONE_HUE = 0.8
"""Cosine between two colours from which tip and tail are of one."""


def needle_meant(
    found: list[Needle], visible: float, shows: Callable[[float], bool], most_beside: float
) -> Needle | None:
    """The needle that shows the value; None where there is none, or more than one.

    What points beside the scale is the tail of a needle, or a marker. A line that does not turn around the middle is
    none: edges of reflections do not; nor is what is broad, a reflection on the hub or something laid across, nor
    the edge of what covers a part of the dial. What is too faint to be read could be meant all the same.

    Args:
        found: all that there are, the best first.
        visible: the contrast that one must have.
        shows: whether an angle is on the scale.
        most_beside: degrees between where it may point and where it meets the scale.
    """
    long = [one for one in found if one.length >= LEAST_LENGTH and one.evenness >= LEAST_EVENNESS]
    hidden = [one for one in found if one.contrast < visible]  # a needle in a reflection, whose tail is seen
    needles = [one for one in long if one.contrast >= visible and not _is_tail(one, hidden)]
    showing = [one for one in needles if shows(one.angle)]
    best = next((one for one in showing if not _is_tail(one, needles)), None)
    if best is None or best.width > WIDEST or best.lopsided > LOPSIDED or _beside(best) > most_beside:
        return None
    others = [one for one in long if one is not best and one.contrast >= HALF_VISIBLE * visible]
    return None if any(_rivals(one, best, on_scale=shows(one.angle)) for one in others) else best


def _is_opposite(first: Needle, second: Needle) -> bool:
    return abs((first.angle - second.angle) % 360 - 180) < TAIL


def _is_tail(needle: Needle, needles: list[Needle]) -> bool:
    """Whether it is the other end of a longer or, where that is not to be told, of a narrower one."""
    for other in needles:
        if other is not needle and _is_opposite(needle, other):
            if needle.length < LIKE_THE_TIP * other.length:
                return True
            if other.length >= LIKE_THE_TIP * needle.length and other.width < NARROWER * needle.width:
                return True
    return False


def _beside(needle: Needle) -> float:
    """Degrees between where it points and where it meets the scale."""
    return abs((needle.angle - needle.direction + 180) % 360 - 180)


def _rivals(other: Needle, best: Needle, *, on_scale: bool) -> bool:
    """Whether another could be meant just as well: it is about as long, or too long for a tail. A line through the
    whole dial is no needle at all, wherever its other half points."""
    if other.contrast < FAINT * best.contrast and _told_alike(other, best):
        return False
    if _is_opposite(other, best):
        most = LONGEST_TAIL if on_scale else LIKE_THE_TIP
        is_tail = best.width <= COUNTERWEIGHT * other.width and _alike(best, other)
        return other.length >= most * best.length and not is_tail
    like_a_needle = (
        other.width <= WIDEST and _beside(other) <= BESIDE_THE_MIDDLE and other.evenness >= RIVAL_EVENNESS
    )
    share = RIVAL if like_a_needle else RIVAL_BLOT
    return on_scale and (other.reach > share * best.reach or other.score > share * best.score)


def _told_alike(first: Needle, second: Needle) -> bool:
    """Whether both are told by light and dark, or by the same colour."""
    return _alike(first, second) if first.coloured else not second.coloured


def _alike(first: Needle, second: Needle) -> bool:
    """Whether they are of one colour."""
    return first.coloured == second.coloured and float(np.dot(first.hue, second.hue)) > ONE_HUE
