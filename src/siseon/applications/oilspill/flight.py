"""A flight: what its frames say together. Positions are settled among neighbours in time, slicks are counted once.

Frames are taken in the order of ``order``. What a frame lacks is filled from those
before and after it, and says so; it is laid on the sea anew from its outlines, so that no pixel is looked at twice.
A frame that is far from all others (``reach``) has no place on their map.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from siseon.applications.concluding import Answered, Unanswered
from siseon.applications.oilspill.contracts import Drift, MappedSlick, OilSpillResult
from siseon.applications.oilspill.footprints import footprints
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.order import by_number, in_order, seconds_of_video
from siseon.applications.oilspill.position.series import settled
from siseon.applications.oilspill.position.sidecar import read_sidecar
from siseon.applications.oilspill.reach import strays
from siseon.applications.oilspill.report import contents, html, pdf
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
    inputs = in_order(results)
    told = settled([one.metadata for one in inputs], seconds_of_video(inputs))
    frames = _near(
        one if one.metadata == metadata else _laid(one.model_copy(update={"metadata": metadata}))
        for one, metadata in zip(inputs, told, strict=True)
    )
    return Flight(frames, merged(frames), drifts(frames))


def conclude(
    options: OilSpillOptions,
    answered: Iterable[Answered[OilSpillResult]],
    unanswered: Iterable[Unanswered] = (),
) -> Iterator[Encoded]:
    """The map of the slicks in five formats, the frames as a table and on the map, and a report as HTML and as PDF.

    Table and report name the frames that have failed, and why.

    Raises:
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
        InputError: ``storage_failed``: the folder for temporary files cannot be written to.
    """
    flight = flown(one.data for one in answered)
    failed = sorted(unanswered, key=lambda one: by_number(one.name))
    with tempfile.TemporaryDirectory(prefix="siseon-") as folder:
        for suffix in FORMATS:
            write(flight.slicks, Path(folder) / f"{NAME}{suffix}")
            yield _file(Path(folder), suffix)
    yield Encoded(frames_table(flight.frames, failed), f"{NAME}-frames.csv")
    yield Encoded(footprints(flight.frames), f"{NAME}-frames.geojson")
    notes = _notes(options, flight.frames)
    told = contents(flight.frames, flight.slicks, flight.drifts, failed, notes)
    yield Encoded(html(told), f"{NAME}.html")
    yield Encoded(pdf(told), f"{NAME}.pdf")


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
        first = f"{unused[0]!r} first"
        notes.append(f"rows of the table {table.path.name} that are of no frame: {len(unused)}, {first}")
    return tuple(notes)


def _file(folder: Path, suffix: str) -> Encoded:
    """One file of a format; a Shapefile's parts in one archive, as GDAL reads it: none of them gets lost."""
    if suffix != SHAPEFILE:
        return Encoded((folder / f"{NAME}{suffix}").read_bytes(), f"{NAME}{suffix}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if path.suffix in SHAPEFILE_PARTS:
                # Without the moment of its making: the same slicks are the same file.
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return Encoded(packed.getvalue(), f"{NAME}{SHAPEFILE}.zip")


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
    """Those that are not of the flight lose their place, and say so."""
    frames = list(results)
    laid = [
        (index, one.georeference.corners[0])
        for index, one in enumerate(frames)
        if one.georeference is not None
    ]
    for number, why in strays([corner for _, corner in laid]).items():
        index = laid[number][0]
        frames[index] = _unplaced(frames[index], why)
    return tuple(frames)
