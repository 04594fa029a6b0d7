"""What the report of a flight says, whatever it is printed on: figures, tables, and a form to be completed by hand.

The observation form has the fields of NOAA's Open Water Oil Identification Job Aid (2016); what pictures do not tell is
left open for the observer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from siseon.applications.concluding import Unanswered
from siseon.applications.oilspill.contracts import OIL_CLASSES, Drift, MappedSlick, OilSpillResult, SeaClass
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.reach import ALONE
from siseon.applications.oilspill.report.sheet import Sheet, sheet
from siseon.applications.oilspill.slicks.volume import CODES
from siseon.applications.paper.contents import Cell, Table, cells

TITLE = "Oil on water"
NO_MAP = "No frame has a position: there is no map."
DASHED = "Dashed: places that were filled from other frames."
MOST_ROWS = 50
"""Of a table; the files beside the report have all."""
FILLED = "* with a position that was filled from other frames."
TWICE = "where no later frame looked, oil can have drifted to where one saw it again"
REFUSED = MappingProxyType(
    {
        "not_the_sea": "it does not show the sea from the air",
        "not_optical": "it is no picture in daylight and colour: radar or thermal, say",
    }
)
"""How it is said of a frame that was not segmented."""
LIMITS = (
    "Areas are of what was seen, each place counted once, from its best frame. Volumes follow from area and appearance"
    " by the Bonn Agreement Oil Appearance Code: the least is what can be proved, the most what to be ready for;"
    " continuous true colour has no upper bound, and emulsion has neither. Appearance was judged by a network that was"
    " trained on drawn pictures. A person must look at the frames before anything rests on this."
)


@dataclass(frozen=True, slots=True)
class Contents:
    """All of it, in the order in which it is read."""

    headline: str
    notes: tuple[str, ...]
    """What its reader must know beside it."""
    sheet: Sheet | None
    """The map; None: no frame has a position."""
    tables: tuple[Table, ...]
    limits: str


def contents(
    frames: Sequence[OilSpillResult],
    slicks: Sequence[MappedSlick],
    drifts: Sequence[Drift],
    failed: Sequence[Unanswered] = (),
    notes: Sequence[str] = (),
) -> Contents:
    """Of a flight; ``failed``: frames that have no result; ``notes``: what its reader must know beside it.

    Raises:
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    tables = (
        _classes(slicks),
        _slicks(slicks),
        _drifts(drifts),
        _unseen(frames, failed),
        _unplaced(frames),
        _form(frames, slicks),
    )
    headline = _headline(frames, slicks, len(failed))
    return Contents(headline, tuple(notes), sheet(frames, slicks), tables, LIMITS)


def _headline(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick], failed: int) -> str:
    verdicts = Counter("refused" if one.refused else one.verdict.replace("_", " ") for one in frames)
    verdicts += Counter(failed=failed)
    placed = [one.georeference for one in frames if one.georeference is not None]
    filled = sum(one.interpolated for one in placed)
    told = ", ".join(f"{count} {name}" for name, count in sorted(verdicts.items()))
    area = sum(slick.area_m2 for slick in slicks)
    doubtful = sum(slick.area_m2 for slick in slicks if slick.may_be_counted_twice)
    twice = f", {doubtful:,.0f} m² of which may be counted twice ({TWICE})" if doubtful else ""
    alone = sum(ALONE in (one.no_position or "") for one in frames)
    lost = f"{alone} are too far from the others to be on this map. " if alone else ""
    unmeasured = sum(one.verdict == "oil" and one.georeference is None for one in frames)
    whose = "1 frame, which has" if unmeasured == 1 else f"{unmeasured} frames, which have"
    beside = f", without the oil of {whose} no position" if unmeasured else ""
    return (
        f"{len(frames) + failed} frames ({told}); "
        f"{len(placed)} with a position, {filled} of them filled from other frames. "
        f"{lost}{len(slicks)} slicks, {area:,.0f} m² in all{twice}{beside}."
    )


def _classes(slicks: Sequence[MappedSlick]) -> Table:
    areas: defaultdict[SeaClass, float] = defaultdict(float)
    least: defaultdict[SeaClass, float] = defaultdict(float)
    most: dict[SeaClass, float | None] = {}
    for slick in slicks:
        areas[slick.sea_class] += slick.area_m2
        if slick.volume_l is not None:
            low, high = slick.volume_l
            least[slick.sea_class] += low
            most[slick.sea_class] = None if high is None else (most.get(slick.sea_class) or 0.0) + high
    rows = [
        cells(
            _swatch(name),
            str(CODES.get(name, "–")),
            f"{areas[name]:,.0f}",
            f"{least[name]:,.1f}" if name in least else "–",
            "no upper bound" if name in most and most[name] is None else _figure(most.get(name)),
        )
        for name in OIL_CLASSES
        if name in areas
    ]
    heads = ("appearance", "Bonn code", "area, m²", "least, l", "most, l")
    return Table("By appearance", heads, tuple(rows), (1, 2, 3, 4))


def _slicks(slicks: Sequence[MappedSlick]) -> Table:
    rows = []
    for number, slick in enumerate(slicks[:MOST_ROWS], 1):
        east, north = np.array(slick.rings[0][:-1]).mean(axis=0)
        volume = "–"
        if slick.volume_l is not None:
            low, high = slick.volume_l
            volume = f"{low:,.1f} to {_figure(high)}" if high is not None else f"{low:,.1f} at least"
        seen = "–" if slick.first_seen is None else f"{slick.first_seen:%Y-%m-%d %H:%M:%S}"
        place = (
            f"{north:.5f}, {_wrapped(east):.5f}"
            + (" *" if slick.interpolated else "")
            + (" †" if slick.may_be_counted_twice else "")
        )
        area, away = f"{slick.area_m2:,.0f}", f"{slick.ce90_m:.0f}"
        rows.append(cells(str(number), _swatch(slick.sea_class), area, volume, place, away, seen))
    notes = []
    if len(slicks) > MOST_ROWS:
        notes.append(f"and {len(slicks) - MOST_ROWS} smaller ones, in the files.")
    if any(one.interpolated for one in slicks):
        notes.append(FILLED)
    if any(one.may_be_counted_twice for one in slicks):
        notes.append(f"† may be counted twice: {TWICE}.")
    heads = ("", "appearance", "area, m²", "volume, l", "latitude, longitude", "CE90, m", "first seen, UTC")
    return Table("Slicks", heads, tuple(rows), (2, 5), tuple(notes))


def _drifts(drifts: Sequence[Drift]) -> Table:
    rows = []
    for number, drift in enumerate(drifts[:MOST_ROWS], 1):
        filled = sum(one.interpolated for one in drift.sightings)
        rows.append(
            cells(
                str(number),
                str(len(drift.sightings)),
                f"{filled} *" if filled else "0",
                f"{drift.speed_ms:.2f} ± {drift.speed_sigma_ms:.2f}",
                "not told from lying still" if drift.direction is None else f"{drift.direction:.0f}°",
            )
        )
    notes = [FILLED] if any(one.interpolated for drift in drifts for one in drift.sightings) else []
    if len(drifts) > MOST_ROWS:
        notes.append(f"and {len(drifts) - MOST_ROWS} more.")
    heads = ("slick", "sightings", "of these filled", "speed, m/s", "towards")
    return Table("Drift", heads, tuple(rows), (1, 2, 3), tuple(notes))


def _unseen(frames: Sequence[OilSpillResult], failed: Sequence[Unanswered]) -> Table:
    """Frames that say nothing about the sea, and why; the failed ones first."""
    rows = [cells(one.name, "failed", f"{one.failure.message} ({one.failure.code})") for one in failed] + [
        cells(one.image_id, "refused", REFUSED[one.refused]) for one in frames if one.refused
    ]
    more = f"and {len(rows) - MOST_ROWS} more, in the table of frames."
    notes = (more,) if len(rows) > MOST_ROWS else ()
    return Table(
        "Frames that failed or were refused", ("frame", "", "why"), tuple(rows[:MOST_ROWS]), notes=notes
    )


def _unplaced(frames: Sequence[OilSpillResult]) -> Table:
    without = [one for one in frames if one.georeference is None]
    rows = tuple(cells(one.image_id, one.no_position or "") for one in without[:MOST_ROWS])
    more = f"and {len(without) - MOST_ROWS} more, in the table of frames."
    notes = (more,) if len(without) > MOST_ROWS else ()
    return Table("Frames without a position", ("frame", "why"), rows, notes=notes)


def _form(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick]) -> Table:
    times = sorted(one.time for one in frames if one.time is not None)
    heights = [
        value for one in frames for name in ("height_m", "altitude_m")
        if (value := one.metadata.value(name)) is not None
    ]  # fmt: skip
    altitude = dict.fromkeys(f"{end(heights):,.0f}" for end in (min, max)) if heights else ()
    looks = sorted({slick.sea_class.replace("_", " ") for slick in slicks})
    east_north = np.array([place for slick in slicks for place in slick.rings[0]]) if slicks else None
    known = {
        "Date": f"{times[0]:%Y-%m-%d}" if times else "",
        "Time, UTC": f"{times[0]:%H:%M:%S} to {times[-1]:%H:%M:%S}" if times else "",
        "Case": "",
        "Observers": "",
        "Platform": "",
        "Altitude, m": " to ".join(altitude),
        "Source position": "",
        "Slick position": "" if east_north is None else _extent(east_north),
        "Colour and appearance": ", ".join(looks),
        "Structure": "",
        "Per cent cover": "",
        "Orientation and dimension": "",
        "Tide and weather": "",
        "Areas not observed": "",
    }
    rows = ((Cell(name), Cell(value, is_open=not value)) for name, value in known.items())
    return Table("Observation", ("field", ""), tuple(rows))


def _extent(places: np.ndarray) -> str:
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    return f"{south:.5f} to {north:.5f} north, {_wrapped(west):.5f} to {_wrapped(east):.5f} east"


def _wrapped(longitude: float) -> float:
    """From -180 on to 180, of one that went on over the antimeridian."""
    return (longitude + 180) % 360 - 180


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _swatch(name: SeaClass) -> Cell:
    return Cell(name.replace("_", " "), COLOURS[name])
