"""The report of a flight: one HTML file that needs nothing else, to be read, printed and completed by hand.

Its observation form has the fields of NOAA's Open Water Oil Identification Job Aid (2016); what pictures do not tell
is left open for the observer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from html import escape

import numpy as np

from siseon.applications.oilspill.contracts import OIL_CLASSES, Drift, MappedSlick, OilSpillResult, SeaClass
from siseon.applications.oilspill.map_svg import map_svg
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.reach import ALONE
from siseon.applications.oilspill.slicks.volume import CODES
from siseon.applications.paper import document, section, swatch, table

MOST_ROWS = 50
"""Of a table; the files beside the report have all."""
STYLE = """
.frame { fill: none; stroke: #5b7088; stroke-width: .7; opacity: .6 }
.bar { fill: none; stroke: #1a2430; stroke-width: 1.5 } .arrow { fill: #1a2430 }
"""
TWICE = "where no later frame looked, oil can have drifted to where one saw it again"
LIMITS = (
    "Areas are of what was seen, each place counted once, from its best frame. Volumes follow from area and appearance"
    " by the Bonn Agreement Oil Appearance Code: the least is what can be proved, the most what to be ready for;"
    " continuous true colour has no upper bound, and emulsion none of both. Appearance was told by a network that was"
    " trained on drawn pictures. A person must look at the frames before anything rests on this."
)


def report(
    frames: Sequence[OilSpillResult],
    slicks: Sequence[MappedSlick],
    drifts: Sequence[Drift],
    notes: Sequence[str] = (),
) -> bytes:
    """HTML in UTF-8. Text of strangers (names of files) is escaped. ``notes``: what its reader must know beside it.

    Raises:
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    parts = [
        f"<h1>Oil on water</h1><p>{_headline(frames, slicks)}</p>",
        "".join(f"<p class='note'>Note: {escape(note)}.</p>" for note in notes),
        map_svg(frames, slicks) or "<p>No frame has a position: there is no map.</p>",
        section("By appearance", _classes(slicks)),
        section("Slicks", _slicks(slicks)),
        section("Drift", _drifts(drifts)),
        section("Frames without a position", _unplaced(frames)),
        section("Observation", _form(frames, slicks)),
        f'<p class="note">{LIMITS}</p>',
    ]
    return document("Oil on water", parts, style=STYLE)


def _headline(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick]) -> str:
    verdicts = Counter("refused" if one.refused else one.verdict.replace("_", " ") for one in frames)
    placed = [one.georeference for one in frames if one.georeference is not None]
    filled = sum(one.interpolated for one in placed)
    told = ", ".join(f"{count} {name}" for name, count in sorted(verdicts.items()))
    area = sum(slick.area_m2 for slick in slicks)
    doubtful = sum(slick.area_m2 for slick in slicks if slick.may_be_counted_twice)
    twice = f", {doubtful:,.0f} m² of which may be counted twice ({TWICE})" if doubtful else ""
    alone = sum(ALONE in (one.no_position or "") for one in frames)
    lost = f"{alone} are too far from the others to be on this map. " if alone else ""
    return (
        f"{len(frames)} frames ({told}); {len(placed)} with a position, {filled} of them filled from other frames. "
        f"{lost}{len(slicks)} slicks, {area:,.0f} m² in all{twice}."
    )


def _classes(slicks: Sequence[MappedSlick]) -> str:
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
        [
            _swatch(name),
            str(CODES.get(name, "–")),
            f"{areas[name]:,.0f}",
            f"{least[name]:,.1f}" if name in least else "–",
            "no upper bound" if name in most and most[name] is None else _figure(most.get(name)),
        ]
        for name in OIL_CLASSES
        if name in areas
    ]
    return table(["appearance", "Bonn code", "area, m²", "least, l", "most, l"], rows, numbers=(1, 2, 3, 4))


def _slicks(slicks: Sequence[MappedSlick]) -> str:
    rows = []
    for number, slick in enumerate(slicks[:MOST_ROWS], 1):
        east, north = np.array(slick.rings[0][:-1]).mean(axis=0)
        volume = "–"
        if slick.volume_l is not None:
            low, high = slick.volume_l
            volume = f"{low:,.1f} to {_figure(high)}" if high is not None else f"{low:,.1f} at least"
        seen = "–" if slick.first_seen is None else f"{slick.first_seen:%Y-%m-%d %H:%M:%S}"
        place = (
            f"{north:.5f}, {east:.5f}"
            + (" *" if slick.interpolated else "")
            + (" †" if slick.may_be_counted_twice else "")
        )
        rows.append(
            [
                str(number),
                _swatch(slick.sea_class),
                f"{slick.area_m2:,.0f}",
                volume,
                place,
                f"{slick.ce90_m:.0f}",
                seen,
            ]
        )
    note = "<p class='note'>* with a position that was filled from other frames.</p>"
    doubt = f"<p class='note'>† may be counted twice: {TWICE}.</p>"
    more = (
        f"<p>and {len(slicks) - MOST_ROWS} smaller ones, in the files.</p>" if len(slicks) > MOST_ROWS else ""
    )
    heads = ["", "appearance", "area, m²", "volume, l", "latitude, longitude", "CE90, m", "first seen, UTC"]
    notes = more
    notes += note if any(one.interpolated for one in slicks) else ""
    notes += doubt if any(one.may_be_counted_twice for one in slicks) else ""
    return table(heads, rows, numbers=(2, 5)) + notes


def _drifts(drifts: Sequence[Drift]) -> str:
    rows = [
        [
            str(number),
            str(len(drift.sightings)),
            f"{drift.speed_ms:.2f} ± {drift.speed_sigma_ms:.2f}",
            "not told from lying still" if drift.direction is None else f"{drift.direction:.0f}°",
        ]
        for number, drift in enumerate(drifts[:MOST_ROWS], 1)
    ]
    return table(["slick", "sightings", "speed, m/s", "towards"], rows, numbers=(1, 2))


def _unplaced(frames: Sequence[OilSpillResult]) -> str:
    without = [one for one in frames if one.georeference is None]
    rows = [[escape(one.image_id), escape(one.no_position or "")] for one in without[:MOST_ROWS]]
    more = (
        f"<p>and {len(without) - MOST_ROWS} more, in the table of frames.</p>"
        if len(without) > MOST_ROWS
        else ""
    )
    return table(["frame", "why"], rows) + more


def _form(frames: Sequence[OilSpillResult], slicks: Sequence[MappedSlick]) -> str:
    times = sorted(one.time for one in frames if one.time is not None)
    heights = [
        value for one in frames for name in ("height_m", "altitude_m")
        if (value := one.metadata.value(name)) is not None
    ]  # fmt: skip
    looks = sorted({slick.sea_class.replace("_", " ") for slick in slicks})
    east_north = np.array([place for slick in slicks for place in slick.rings[0]]) if slicks else None
    known = {
        "Date": f"{times[0]:%Y-%m-%d}" if times else "",
        "Time, UTC": f"{times[0]:%H:%M:%S} to {times[-1]:%H:%M:%S}" if times else "",
        "Case": "",
        "Observers": "",
        "Platform": "",
        "Altitude, m": f"{min(heights):,.0f} to {max(heights):,.0f}" if heights else "",
        "Source position": "",
        "Slick position": "" if east_north is None else _extent(east_north),
        "Colour and appearance": ", ".join(looks),
        "Structure": "",
        "Per cent cover": "",
        "Orientation and dimension": "",
        "Tide and weather": "",
        "Areas not observed": "",
    }
    blank = '<span class="open">to be filled in</span>'
    return table(["field", ""], [[name, escape(value) or blank] for name, value in known.items()])


def _extent(places: np.ndarray) -> str:
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    return f"{south:.5f} to {north:.5f} north, {west:.5f} to {east:.5f} east"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _swatch(name: SeaClass) -> str:
    return swatch(f"rgb{COLOURS[name]}", name.replace("_", " "))
