"""The stages of oilspill that compute beside its networks: what files tell, and what lies where on the sea."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from siseon.applications.oilspill.contracts import Georeference, Metadata, Slick
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.position.photo.reading import read_photo
from siseon.applications.oilspill.position.sidecar import read_sidecar
from siseon.applications.oilspill.sea import Seen
from siseon.applications.oilspill.slicks.polygons import outlined, placed
from siseon.contracts import Encoded
from siseon.engine import Stage, part
from siseon.engine.machine import cores


@dataclass(frozen=True, slots=True)
class OfFile:
    """A picture's file, and its size as it is seen."""

    file: Encoded | None
    """None: it came as pixels."""
    name: str
    width: int
    height: int


class ReadFile(Stage[OfFile, tuple[Metadata, ...]]):
    """What the file of a picture says of where it was taken, and what a table beside it says; the surest first."""

    name = "read_file"

    def __init__(self, sidecar: Path | None) -> None:
        """``sidecar``: a CSV file, read when the stage starts."""
        self.sidecar = sidecar
        self._rows: Mapping[str, Metadata] = {}

    def setup(self) -> None:
        """Read the table.

        Raises:
            InputError: it cannot be read, or is no such table.
        """
        self._rows = {} if self.sidecar is None else read_sidecar(self.sidecar)

    def process(self, batch: Sequence[OfFile]) -> Sequence[tuple[Metadata, ...]]:
        """XMP, EXIF and the table, of each picture."""
        return [
            (
                *(() if one.file is None else read_photo(one.file.data, one.width, one.height)),
                self._rows.get(Path(one.name).name, Metadata()),
            )
            for one in batch
        ]


@dataclass(frozen=True, slots=True)
class Placed:
    """The slicks of a picture, and how it lies on the sea."""

    slicks: tuple[Slick, ...]
    georeference: Georeference | str
    """Or why there is none."""


class Place(Stage[tuple[Seen, Metadata], Placed]):
    """Outlines slicks and lays them on the sea."""

    name = "place"

    def __init__(self) -> None:
        self.replicas = cores()

    def setup(self) -> None:
        """Import what it needs, before the first request.

        Raises:
            DependencyMissing: a library of the extra ``oilspill`` is not installed.
        """
        with needed():
            from rasterio.errors import NotGeoreferencedWarning
        # Masks have no place of their own, which rasterio says to whoever looks at a terminal.
        warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

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
