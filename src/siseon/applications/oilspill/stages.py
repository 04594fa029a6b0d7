"""The stages of oilspill that compute beside its networks: what files tell, and what lies where on the sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from siseon.applications.oilspill.contracts import Georeference, Metadata, Slick
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.libraries import find, let_masks_lie_anywhere, load
from siseon.applications.oilspill.position.klv.moment import at_moment
from siseon.applications.oilspill.position.photo.reading import read_photo
from siseon.applications.oilspill.position.sidecar import Sidecar, read_sidecar
from siseon.applications.oilspill.sea import Seen
from siseon.applications.oilspill.slicks.polygons import outlined, placed
from siseon.contracts import Encoded
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.media.film.packets import packets_of


@dataclass(frozen=True, slots=True)
class OfFile:
    """A picture's file, and its size as it is seen."""

    file: Encoded | None
    """None: it came as pixels."""
    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a picture's file says, and what a table says of it."""

    sources: tuple[Metadata, ...]
    """The surest first."""
    notes: tuple[str, ...] = ()
    """For whoever has written the table."""


class ReadFile(Stage[OfFile, Told]):
    """What the file of a picture says of where it was taken, and what a table beside it says."""

    name = "read_file"

    def __init__(self, sidecar: Path | None) -> None:
        """``sidecar``: a CSV file, read when the stage starts."""
        self.sidecar = sidecar
        self._table: Sidecar | None = None

    def setup(self) -> None:
        """Read the table.

        Raises:
            InputError: it cannot be read, or is no such table.
        """
        self._table = None if self.sidecar is None else read_sidecar(self.sidecar)

    def process(self, batch: Sequence[OfFile]) -> Sequence[Told]:
        """KLV, XMP, EXIF and the table, of each picture."""
        return [self._told(one) for one in batch]

    def _told(self, one: OfFile) -> Told:
        sources = () if one.file is None else _of_file(one.file.data, one.width, one.height)
        if self._table is None:
            return Told(sources)
        row = self._table.row(one.name)
        if row is None:
            return Told(
                sources, (*self._table.notes(), f"no row of the table {self._table.path.name} is of it")
            )
        return Told((*sources, row), self._table.notes())


def _of_file(data: bytes, width: int, height: int) -> tuple[Metadata, ...]:
    """Of a moment of a video its packets; then XMP and EXIF."""
    klv = at_moment(packets_of(data))
    return (*(() if klv is None else (klv,)), *read_photo(data, width, height))


@dataclass(frozen=True, slots=True)
class Placed:
    """The slicks of a picture, and how it lies on the sea."""

    slicks: tuple[Slick, ...]
    georeference: Georeference | str
    """Or why there is none."""


class Place(Stage[tuple[Seen, Metadata], Placed]):
    """Outlines slicks and lays them on the sea."""

    name = "place"

    def __init__(self, *, at_once: bool = True) -> None:
        """``at_once``: what it needs is imported before the first request, else when a picture needs it."""
        self.replicas = cores()
        self._at_once = at_once

    def setup(self) -> None:
        """Look for its libraries, those of the report among them: told now, not when all frames are done.

        Raises:
            DependencyMissing: a library of the extra ``oilspill`` is not installed.
        """
        find()
        if self._at_once:
            load()
        let_masks_lie_anywhere()

    def process(self, batch: Sequence[tuple[Seen, Metadata]]) -> Sequence[Placed]:
        """Outline and lay each picture."""
        return [_placed(seen, metadata) for seen, metadata in batch]


def _placed(seen: Seen, metadata: Metadata) -> Placed:
    height, width = seen.classes.shape
    with part("georeference"):
        pose = pose_of(metadata, width, height)
        where = pose if isinstance(pose, str) else georeference(pose, width, height)
    with part("outline"):
        found = outlined(seen.classes, seen.probability)
        return Placed(found if isinstance(where, str) else placed(found, where), where)
