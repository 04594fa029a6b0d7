"""A flight: what its frames say together. Positions are settled among neighbours in time, slicks are counted once.

Frames are taken in the order of their names, with numbers in them as numbers. What a frame lacks is filled from those
before and after it, and says so; it is laid on the sea anew from its outlines, so that no pixel is looked at twice.
A frame that is far from most others has no place on their map.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from siseon.applications.concluding import Answered
from siseon.applications.oilspill.contracts import Drift, MappedSlick, OilSpillResult
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.position.series import settled
from siseon.applications.oilspill.position.sidecar import read_sidecar
from siseon.applications.oilspill.report import report
from siseon.applications.oilspill.slicks.drift import drifts
from siseon.applications.oilspill.slicks.export import write
from siseon.applications.oilspill.slicks.merge import merged
from siseon.applications.oilspill.slicks.polygons import placed
from siseon.applications.oilspill.tables import frames_table
from siseon.contracts import Encoded, InputError

NAME = "flight"
SHAPEFILE = ".shp"
SHAPEFILE_PARTS = (SHAPEFILE, ".shx", ".dbf", ".prj", ".cpg")
FORMATS = (".gpkg", SHAPEFILE, ".geojson", ".kml", ".csv")
FAR_KM = 300.0
"""From the middle of a flight: one map is true to some hundreds of kilometres, and one flight looks at one sea."""
EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""
NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Flight:
    """All frames that were answered, and their map."""

    frames: tuple[OilSpillResult, ...]
    """In order, each with what the others say about it."""
    slicks: tuple[MappedSlick, ...]
    drifts: tuple[Drift, ...]


def flown(results: Iterable[OilSpillResult]) -> Flight:
    """The flight of these frames.

    Raises:
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    inputs = sorted(results, key=lambda one: _in_order(one.image_id))
    told = settled([one.metadata for one in inputs])
    frames = _near(
        one if one.metadata == metadata else _laid(one.model_copy(update={"metadata": metadata}))
        for one, metadata in zip(inputs, told, strict=True)
    )
    return Flight(frames, merged(frames), drifts(frames))


def expect(options: OilSpillOptions, names: Sequence[str]) -> None:
    """Refuse a table that does not tell these pictures apart.

    Raises:
        InputError: that, or it cannot be read.
    """
    if options.sidecar is not None:
        read_sidecar(Path(options.sidecar)).refuse_unclear(names)


def conclude(options: OilSpillOptions, answered: Iterable[Answered[OilSpillResult]]) -> Iterator[Encoded]:
    """The map of the slicks in five formats, a table of the frames, and a report.

    Raises:
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
        InputError: ``storage_failed``: the folder for temporary files cannot be written to.
    """
    flight = flown(one.data for one in answered)
    with tempfile.TemporaryDirectory(prefix="siseon-") as folder:
        for suffix in FORMATS:
            write(flight.slicks, Path(folder) / f"{NAME}{suffix}")
            yield _file(Path(folder), suffix)
    yield Encoded(frames_table(flight.frames), f"{NAME}-frames.csv")
    notes = _notes(options, flight.frames)
    yield Encoded(report(flight.frames, flight.slicks, flight.drifts, notes), f"{NAME}.html")


def _notes(options: OilSpillOptions, frames: Sequence[OilSpillResult]) -> tuple[str, ...]:
    """What the table beside the pictures leaves open."""
    if options.sidecar is None:
        return ()
    try:
        table = read_sidecar(Path(options.sidecar))
    except InputError as error:  # it was there when the pictures were run
        return (error.message,)
    keys = [table.key(one.image_id) for one in frames]
    notes = list(table.notes())
    if without := keys.count(None):
        notes.append(f"of {without} of {len(frames)} frames there is no row in the table {table.path.name}")
    if unused := sorted(set(table.rows) - set(keys)):
        notes.append(
            f"{len(unused)} rows of the table {table.path.name} are of no frame, {unused[0]!r} first"
        )
    return tuple(notes)


def _file(folder: Path, suffix: str) -> Encoded:
    """One file of a format; a Shapefile's parts in one archive, as GDAL reads it: none of them gets lost."""
    if suffix != SHAPEFILE:
        return Encoded((folder / f"{NAME}{suffix}").read_bytes(), f"{NAME}{suffix}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if path.suffix in SHAPEFILE_PARTS:
                archive.write(path, path.name)
    return Encoded(packed.getvalue(), f"{NAME}{SHAPEFILE}.zip")


def _in_order(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A key by which frame-9 comes before frame-10."""
    return tuple(
        (part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in NUMBER.split(name)
    )


def _laid(result: OilSpillResult) -> OilSpillResult:
    """Laid on the sea anew, after its facts."""
    pose = pose_of(result.metadata, result.width, result.height)
    where = pose if isinstance(pose, str) else georeference(pose, result.width, result.height)
    seconds = result.metadata.value("time")
    time = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    changed: dict[str, object] = {"time": time}
    if isinstance(where, str):
        return _unplaced(result.model_copy(update=changed), where)
    changed |= {"georeference": where, "no_position": None, "slicks": placed(result.slicks, where)}
    return result.model_copy(update=changed)


def _unplaced(result: OilSpillResult, why: str) -> OilSpillResult:
    bare = tuple(
        slick.model_copy(update={"rings": None, "area_m2": None, "volume_l": None}) for slick in result.slicks
    )
    return result.model_copy(update={"georeference": None, "no_position": why, "slicks": bare})


def _near(results: Iterable[OilSpillResult]) -> tuple[OilSpillResult, ...]:
    """Those farther than ``FAR_KM`` from the middle of all lose their place, and say so.

    The middle is the frame nearest to the median of all as vectors, which has no seam and which a few wrong ones do not
    move.
    """
    frames = list(results)
    laid = [
        (index, one.georeference.corners[0])
        for index, one in enumerate(frames)
        if one.georeference is not None
    ]
    if not laid:
        return tuple(frames)
    longitude, latitude = np.radians([corner for _, corner in laid]).T
    level = np.cos(latitude)
    vectors = np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1)
    middle = vectors[np.linalg.norm(vectors - np.median(vectors, axis=0), axis=1).argmin()]
    chords = np.linalg.norm(vectors - middle, axis=1)
    for (index, _), chord in zip(laid, chords, strict=True):
        away = 2 * EARTH_KM * float(np.arcsin(min(chord / 2, 1.0)))
        if away > FAR_KM:
            why = f"it is {away:,.0f} km from the middle of the flight; its map reaches {FAR_KM:,.0f} km"
            frames[index] = _unplaced(frames[index], why)
    return tuple(frames)
