"""What of a flight's figures cannot have been, after the frames before and after: it was misread, and is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence

from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.position.clock import Moments
from siseon.applications.oilspill.position.course import REACH_S, SLACKS, Course
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.refusing import CAMERA, TARGET, refuse

ACCELERATION = 15.0
"""Metres per second squared, of a turn with one and a half times the earth's pull."""
ROUNDING_M = 20.0
"""Of a coordinate and those around it, each written to 0.01'."""
SPEED_MPS = 350.0
"""No aircraft that looks at the sea is faster."""
MEASURED = ("klv", "exif", "xmp", "sidecar", "stated")
"""Sources that are not read from pixels; they are not judged by their neighbours."""
SETTINGS: tuple[FactName, ...] = ("hfov", "vfov")
SAME = 1e-6
"""Share by which equal settings may differ."""
FIGURES: tuple[FactName, ...] = ("altitude_m", "platform_heading", *TARGET, "sight_bearing", "slant_range_m")
"""Of the aircraft, and of what its turret looks at: that may jump, but not there and back at once."""


def continuous(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """Without positions of the camera that it cannot have come to and gone from; the farthest off goes first.

    Args:
        frames: in order.
        moments: seconds, None where they are not known.
        apart: seconds by which those may be off (a clock that shows whole ones).
    """
    places = [_place(frame) if moments[index] is not None else None for index, frame in enumerate(frames)]
    known = [index for index, place in enumerate(places) if place is not None]
    out = list(frames)
    for inward in (known[:4], known[:-5:-1]):  # an end that is off by little bends the line next to it
        far = _breaks_off(places, moments, inward, apart)
        if far > 0 and frames[inward[0]].facts[CAMERA[0]].source not in MEASURED:
            detail = f"{far:.0f} m farther from the line of the frames next to it than it can be"
            out[inward[0]] = refuse(out[inward[0]], CAMERA, "impossible_speed", detail)
            known.remove(inward[0])
    off = {index: _off(places, moments, known, at, apart) for at, index in enumerate(known)}
    while off:
        worst = max(off, key=lambda index: off[index])
        if off[worst] <= 0:
            break
        at = known.index(worst)
        if frames[worst].facts[CAMERA[0]].source in MEASURED:
            off[worst] = 0.0
            continue
        detail = (
            f"{off[worst]:.0f} m farther from its place between the frames before and after than it can be"
        )
        out[worst] = refuse(out[worst], CAMERA, "impossible_speed", detail)
        del off[worst]
        known.remove(worst)
        for near in range(max(0, at - 1), min(len(known), at + 1)):
            off[known[near]] = _off(places, moments, known, near, apart)
    return tuple(out)


def smooth(frames: Sequence[Metadata], moments: Moments, apart: float) -> tuple[Metadata, ...]:
    """Without figures that are off their course in the frames around; the farthest off goes first.

    Arguments are those of ``continuous``.
    """
    out = list(frames)
    for name in FIGURES:
        course = Course(name, frames, moments, apart)
        off = {known[0]: far for known in course.known if (far := course.off(*known)) is not None and far > 0}
        while off:
            # A misread end bends the line at the figure next to it, and would take all others with it one by one.
            end = _misread_end(course, frames)
            worst = max(off, key=lambda index: off[index]) if end is None else end
            where = [known[0] for known in course.known].index(worst)
            off.pop(worst, None)
            if frames[worst].facts[name].source in MEASURED or (
                SLACKS[name].wilful and not course.is_spike(worst)
            ):
                continue
            detail = "it is off the line between the frames before and after"
            out[worst] = refuse(out[worst], (name,), "contradicted", detail)
            course.without(worst)
            for near in course.known[max(0, where - 1) : where + 1]:
                off.pop(near[0], None)
                if (far := course.off(*near)) is not None and far > 0:
                    off[near[0]] = far
    return tuple(out)


def _misread_end(course: Course, frames: Sequence[Metadata]) -> int | None:
    """The first or last frame, where its figure is the one that breaks the line; what a hand moves may."""
    if course.slack.wilful or not course.known:
        return None
    for index in (course.known[-1][0], course.known[0][0]):
        far = course.breaks_off(index)
        if far is not None and far > 0 and frames[index].facts[course.name].source not in MEASURED:
            return index
    return None


def set_steadily(frames: Sequence[Metadata], moments: Moments) -> tuple[Metadata, ...]:
    """Without an angle of view that was read otherwise in one frame than in those before and after it, which agree."""
    out = list(frames)
    for name in SETTINGS:
        known = [
            (index, moment, frame.facts[name])
            for index, (frame, moment) in enumerate(zip(frames, moments, strict=True))
            if moment is not None and name in frame.facts
        ]
        for (_, first, before), (index, _, fact), (_, last, after) in zip(
            known, known[1:], known[2:], strict=False
        ):
            stands = math.isclose(before.value, after.value, rel_tol=SAME) and last - first <= 2 * REACH_S
            if (
                stands
                and not math.isclose(fact.value, before.value, rel_tol=SAME)
                and fact.source not in MEASURED
            ):
                detail = f"it is {before.value:g} before and after"
                out[index] = refuse(out[index], (name,), "contradicted", detail)
    return tuple(out)


Place = tuple[float, float]


def _breaks_off(
    places: Sequence[Place | None], moments: Moments, inward: Sequence[int], apart: float
) -> float:
    """Metres of a first or last place beyond what may be off the line through the two next to it, where the next one is
    on the line of those further in; 0 where it is not, or where they do not tell. ``inward``: four frames from an end.
    """
    if len(inward) < 4 or _beyond(places, moments, inward[1:4], apart) > 0:
        return 0.0
    return max(0.0, _beyond(places, moments, inward[:3], apart))


def _beyond(places: Sequence[Place | None], moments: Moments, three: Sequence[int], apart: float) -> float:
    """Metres of the first beyond what it may be off the line through the other two; negative where all is well."""
    (one, two, last), (now, near, far) = [places[at] for at in three], [moments[at] for at in three]
    if not (one and two and last) or now is None or near is None or far is None or near == far:
        return 0.0
    if abs(now - far) > REACH_S:
        return 0.0
    north, east = metres_between(*last, *two)
    share = (now - near) / (near - far)
    here = metres_between(*two, *one)
    bend = ACCELERATION * abs((now - near) * (now - far)) / 2
    speed = min(math.hypot(north, east) / max(abs(near - far), 1.0), SPEED_MPS)
    # Beyond two rounded places the line is off by twice as much as between them.
    most = 2 * math.sqrt(2) * ROUNDING_M + bend + speed * apart
    return math.hypot(here[0] - share * north, here[1] - share * east) - most


def _place(frame: Metadata) -> Place | None:
    latitude, longitude = (frame.value(name) for name in CAMERA)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _off(
    places: Sequence[Place | None], moments: Moments, known: Sequence[int], at: int, apart: float
) -> float:
    """Metres beyond what may be between the known places before and after; at most 0 where all is well."""
    around = [known[near] for near in (at - 1, at + 1) if 0 <= near < len(known)]
    index = known[at]
    here, now = places[index], moments[index]
    sides = [
        (place, moment)
        for near in around
        if (place := places[near]) and (moment := moments[near]) is not None
    ]
    if here is None or now is None or not sides:
        return 0.0
    if len(sides) == 2 and all(abs(moment - now) <= REACH_S for _, moment in sides):
        (before, first), (after, last) = sides
        share = (now - first) / (last - first) if last > first else 0.5
        expected = (
            before[0] + share * (after[0] - before[0]),
            before[1] + share * ((after[1] - before[1] + 180) % 360 - 180),
        )
        speed = math.hypot(*metres_between(*before, *after)) / max(last - first, 1.0)
        bend = ACCELERATION * (now - first) * (last - now) / 2
        most = math.sqrt(2) * ROUNDING_M + bend + min(speed, SPEED_MPS) * apart / 2
        return math.hypot(*metres_between(*here, *expected)) - most
    return max(
        math.hypot(*metres_between(*here, *place)) - SPEED_MPS * (abs(moment - now) + apart) - ROUNDING_M
        for place, moment in sides
    )
