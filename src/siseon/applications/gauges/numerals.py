"""The scales of a dial, from the numbers that stand on it: which of them form a scale, and how the dial is seen.

On a dial seen at an angle, the numbers of a scale that is linear stand at ``c + a sin(k v) + b cos(k v)``: for a given
k that is linear in the middle c and in a and b, so k is searched and the rest solved for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.plane import homography, project, tilt_of

Floats = NDArray[np.float64]

NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,5})(?:[.,]\d{1,4})?")
TRIMMED = " -–—⁻_.,:;'\"°|•·"
"""What a recogniser takes marks beside a number for; a sign is looked at apart."""
MOST = 30
"""Numbers of a picture that are looked at."""
LEAST = 3
"""Numbers that make a scale."""
ROUGH = 0.2
"""Radii by which numbers may be off a circle through three of them: a dial at an angle is an ellipse."""
FINE = 0.09
"""Radii by which they may be off the fitted ellipse."""
FROM_THE_FRONT = 0.14
"""The same on a dial whose plane is known; divisions need not be quite even."""
CONTRADICTED = 0.34
"""Other numbers among those of a scale, for each of its own, at most."""
MOST_DIVISIONS = 40
"""Between the first number and the last; values that are not multiples of one division are not of one scale."""
SWEEPS = (60.0, 345.0)
"""Degrees from the first number to the last."""
STEPS = 72
ROUND = 0.08
"""How much less a circle is to be left than a number its place: few numbers leave the ellipse open."""
KNOWN = 2.0
"""How much more a known middle counts than the place of a number."""
NO_DIFFERENCE = 1e-6
"""Share of a sum of squares by which another way to the same one may miss it."""
ROUNDED = 1e-12
"""The same, of the squares of the places themselves."""
MOST_TILT = 55.0
CLOCK = 30.0
"""Degrees an hour."""
ONE_PITCH = 0.25
"""Divisions by which the gap between the ends of a ring may differ from the others."""
NARROW = 45.0
"""Degrees: the scale of an instrument leaves more between its ends, unless it has few numbers, as 0 1 2 3."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a picture."""

    value: float
    x: float
    y: float
    placed: bool = True
    """False: it stands somewhere about there."""


@dataclass(frozen=True, slots=True)
class NumberedScale:
    """Numbers that form a scale."""

    numerals: tuple[Numeral, ...]
    to_picture: Floats
    """(3, 3) from the dial's plane, in which the numbers stand on the unit circle."""
    angles: Floats
    """Of the numbers where the fit has them, in degrees clockwise, rising."""
    off: float
    """Radii: root mean square of how far the numbers are from there."""

    @property
    def values(self) -> Floats:
        """In the order of the angles."""
        return np.array([numeral.value for numeral in self.numerals])


def number(text: str) -> float | None:
    """The number that a line of text is, or None."""
    bare = "0" if text.strip() in ("O", "o") else text.strip()
    core = bare.strip(TRIMMED)
    if not NUMBER.fullmatch(core):
        return None
    value = float(core.replace(",", "."))
    return -value if bare[0] in "-–−" and value > 0 else value


def find_scale(numerals: Sequence[Numeral], plane: Floats | None = None) -> NumberedScale | None:
    """The scale that most of the numbers form; None where there is none.

    ``plane`` is (3, 3) from the dial's plane to the picture, where that is known: then they stand on a circle there.
    """
    places = np.array([(one.x, one.y) for one in numerals[:MOST]]).reshape(-1, 2)
    middle = None
    if plane is not None:
        places, middle = project(np.linalg.inv(plane), places), np.zeros(2)
    values = np.array([one.value for one in numerals[:MOST]])
    best: NumberedScale | None = None
    tried: set[tuple[int, ...]] = set()
    for members in _rough(places, values, middle):
        if members in tried or (best is not None and len(members) < len(best.numerals)):
            continue
        tried.add(members)
        fitted = _fitted(numerals, places, values, members, middle)
        if fitted is not None and (best is None or _better(fitted, best)):
            best = fitted
    if best is None or plane is None:
        return best
    return replace(best, to_picture=plane @ best.to_picture)


def _better(first: NumberedScale, second: NumberedScale) -> bool:
    return (len(first.numerals), -first.off) > (len(second.numerals), -second.off)


def _rough(places: Floats, values: Floats, middle: Floats | None) -> list[tuple[int, ...]]:
    """Sets of numbers that stand about on a circle, with angles about as their values; the largest first."""
    found: dict[tuple[int, ...], None] = {}
    even: dict[tuple[int, ...], tuple[int, ...]] = {}
    for three in combinations(range(len(values)), LEAST):
        corners = places[list(three)]
        circle = _circle(corners) if middle is None else (middle, _mean_distance(corners, middle))
        low, between, high = np.array(three)[np.argsort(values[list(three)])]
        if circle is None or values[low] == values[between] or values[between] == values[high]:
            continue
        centre, radius = circle
        offsets = places - centre
        angles = np.degrees(np.arctan2(offsets[:, 0], -offsets[:, 1]))
        for turn in (1, -1):
            first = ((angles[between] - angles[low]) * turn) % 360
            second = ((angles[high] - angles[between]) * turn) % 360
            if not SWEEPS[0] / 3 < first + second < SWEEPS[1]:
                continue
            slope = (first + second) / (values[high] - values[low])
            expected = (values - values[low]) * slope
            past = ((angles - angles[low]) * turn - expected + 180) % 360 - 180
            aside = np.hypot(np.linalg.norm(offsets, axis=1) / radius - 1, np.radians(past))
            inside = (aside < ROUGH) & (expected > -300) & (expected < 340)
            if inside.sum() < LEAST:
                continue
            near = _one_each(values, aside, inside)
            if near not in even:  # the same ones are near by many of the threes
                even[near] = _of_even_values(near, values)
            members = even[near]
            if len(members) >= LEAST:
                found[members] = None
    return sorted(found, key=len, reverse=True)[:30]


def _one_each(values: Floats, aside: Floats, inside: NDArray[np.bool_]) -> tuple[int, ...]:
    """Of equal values the one that is least aside."""
    chosen: dict[float, int] = {}
    for index in np.argsort(aside, kind="stable"):
        if inside[index]:
            chosen.setdefault(float(values[index]), int(index))
    return tuple(sorted(chosen.values()))


def _of_even_values(members: tuple[int, ...], values: Floats) -> tuple[int, ...]:
    """The most of them whose values are multiples of one division, apart."""
    best: tuple[int, ...] = ()
    own = values[list(members)]
    for start in own:
        divisions = np.unique(np.abs(own - start))[1:, None]
        if not len(divisions):
            continue
        turns = (own - start) / divisions
        even = np.abs(turns - np.round(turns)) < 1e-6
        extent = np.where(even, turns, -np.inf).max(axis=1) - np.where(even, turns, np.inf).min(axis=1)
        counts = np.where(extent <= MOST_DIVISIONS, even.sum(axis=1), 0)
        most = int(counts.argmax())
        if counts[most] > len(best):
            best = tuple(np.array(members)[even[most]].tolist())
        if len(best) == len(members):
            break
    return best


def _mean_distance(points: Floats, middle: Floats) -> float:
    return float(np.linalg.norm(points - middle, axis=1).mean())


def _circle(three: Floats) -> tuple[Floats, float] | None:
    """Middle and radius of the circle through three points."""
    design = np.column_stack([2 * three, np.ones(3)])
    if abs(np.linalg.det(design)) < 1e-6:
        return None
    x, y, rest = np.linalg.solve(design, (three**2).sum(axis=1))
    square = rest + x * x + y * y
    return (np.array([x, y]), float(np.sqrt(square))) if square > 0 else None


def _fitted(
    numerals: Sequence[Numeral],
    places: Floats,
    values: Floats,
    members: tuple[int, ...],
    middle: Floats | None,
) -> NumberedScale | None:
    """The best ellipse and pitch for a set, less what is off it, more what is on it."""
    for _ in range(3):
        if len(members) < LEAST:
            return None
        chosen = list(members)
        solved = _solved(places[chosen], values[chosen], middle)
        if solved is None:
            return None
        slope, top, to_picture = solved
        plane = project(np.linalg.inv(to_picture), places)
        turns = np.radians((values - top) * slope)
        aside = np.linalg.norm(plane - np.stack([np.sin(turns), -np.cos(turns)], axis=1), axis=1)
        now = _one_each(values, aside, aside < (FINE if middle is None else FROM_THE_FRONT))
        now = _of_even_values(now, values)
        if now == members:
            break
        members = now
    if len(members) < LEAST or now != members:
        return None
    order = sorted(members, key=lambda index: values[index] * np.sign(slope))
    angles = (values[order] - top) * slope
    if tilt_of(to_picture) > MOST_TILT or not SWEEPS[0] <= angles[-1] - angles[0] <= SWEEPS[1]:
        return None
    if _contradicted(plane, members, angles) > CONTRADICTED * len(members):
        return None
    off = float(np.sqrt((aside[list(members)] ** 2).mean()))
    scale = NumberedScale(tuple(numerals[index] for index in order), to_picture, angles, off)
    return None if _is_clock(scale) or is_ring(scale) else scale


def _contradicted(plane: Floats, members: tuple[int, ...], angles: Floats) -> int:
    """How many other numbers stand on the circle among those of the scale: on a dart board, most."""
    past = (np.degrees(np.arctan2(plane[:, 0], -plane[:, 1])) - angles[0]) % 360
    within = (past > 0) & (past < angles[-1] - angles[0])
    on_circle = np.abs(np.linalg.norm(plane, axis=1) - 1) < FROM_THE_FRONT
    others = np.setdiff1d(np.flatnonzero(within & on_circle), members)
    return len(others)


def _is_clock(scale: NumberedScale) -> bool:
    """Whether its numbers are hours."""
    values = scale.values
    pitch = abs((scale.angles[-1] - scale.angles[0]) / (values[-1] - values[0]))
    hours = bool(((values >= 1) & (values <= 12) & (values == np.round(values))).all())
    return hours and abs(pitch - CLOCK) < 2.0


def is_ring(scale: NumberedScale) -> bool:
    """Whether its numbers go around without a gap, as minutes, 24 hours and degrees of a compass do. With few numbers
    that is a ring only where they begin with one division, not with zero: 10 20 … 60."""
    step, pitch = np.abs(np.diff(scale.values)).min(), np.diff(scale.angles).min()
    gap = 360 - (scale.angles[-1] - scale.angles[0])
    return bool(abs(gap / pitch - 1) < ONE_PITCH and (gap < NARROW or np.isclose(scale.values.min(), step)))


def _solved(places: Floats, values: Floats, known: Floats | None) -> tuple[float, float, Floats] | None:
    """Degrees a unit, the value at the top of the plane, and (3, 3) to the picture."""
    middle, extent = float(values.mean()), float(values.max() - values.min())
    best: tuple[float, float, Floats] | None = None

    def tried(slopes: Floats) -> None:
        nonlocal best
        turns = np.radians((values - middle) * slopes[:, None])
        for index in _closest(places, turns, known):
            residual, matrix = _linear(places, turns[index], known)
            if best is None or residual < best[0]:
                best = residual, float(slopes[index]), matrix

    grid = np.linspace(*SWEEPS, STEPS) / extent
    tried(np.concatenate([grid, -grid]))
    for fine in (1.0, 0.2):
        if best is not None:
            around = (grid[1] - grid[0]) * fine
            tried(best[1] + np.linspace(-around, around, 11))
    if best is None or abs(np.linalg.det(best[2][:2, :2])) < 1e-6:
        return None
    return best[1], middle, best[2]


def _closest(places: Floats, turns: Floats, middle: Floats | None) -> list[int]:
    """Of (m, n) angles in radians those that fit best: one, but for rounding. All are tried at once."""
    rows, wanted = _equations(places, turns, middle)
    base = np.linalg.qr(rows)[0]
    met = base @ (wanted @ base)[..., None]
    residuals = ((wanted - met[..., 0]) ** 2).sum(axis=1)
    most = residuals.min() * (1 + NO_DIFFERENCE) + ROUNDED * (wanted @ wanted)
    found: list[int] = np.flatnonzero(residuals <= most).tolist()
    return found


def _linear(places: Floats, turns: Floats, middle: Floats | None) -> tuple[float, Floats]:
    """Sum of squares, and the map, for given angles in radians."""
    rows, wanted = _equations(places, turns, middle)
    solution = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    rest = wanted - rows @ solution
    linear = np.array([[solution[2], -solution[4]], [solution[3], -solution[5]]])
    return float(rest @ rest), homography(solution[:2], linear, np.zeros(2))


def _equations(places: Floats, turns: Floats, middle: Floats | None) -> tuple[Floats, Floats]:
    """(..., 2 n + 4, 6) for (..., n) angles in radians, and (2 n + 4,) that they are to make: unknown are c, a and b, x
    and y of each."""
    ones, zeros = np.ones(turns.shape), np.zeros(turns.shape)
    sine, cosine = np.sin(turns), np.cos(turns)
    pull, there, alike = (0.0, np.zeros(2), ROUND) if middle is None else (KNOWN, middle, KNOWN)
    more = np.concatenate(
        [alike * np.array([[0.0, 0, 1, 0, 0, 1], [0, 0, 0, 1, -1, 0]]), pull * np.eye(2, 6)]
    )
    rows = np.concatenate(
        [
            np.stack([ones, zeros, sine, zeros, cosine, zeros], axis=-1),
            np.stack([zeros, ones, zeros, sine, zeros, cosine], axis=-1),
            np.broadcast_to(more, (*turns.shape[:-1], *more.shape)),
        ],
        axis=-2,
    )
    wanted = np.concatenate([places[:, 0], places[:, 1], np.zeros(2), pull * there])
    return rows, wanted
