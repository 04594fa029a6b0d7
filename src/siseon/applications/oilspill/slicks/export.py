"""Slicks as files for other programs: GeoPackage, Shapefile, GeoJSON, KML and CSV, on WGS 84.

GeoPackage (OGC 12-128r17) and Shapefile (ESRI, 1998) are written by GDAL, the others here. Areas are in square metres,
volumes in litres, radii in metres, times in UTC.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import MappedSlick
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.geojson import collection, feature
from siseon.applications.oilspill.slicks.kml import kml
from siseon.applications.oilspill.slicks.shapes import polygon_of
from siseon.applications.oilspill.slicks.table import Column, columns, pieces
from siseon.applications.oilspill.storing import stored
from siseon.applications.sheet import sheet
from siseon.contracts import InputError

CRS = "EPSG:4326"
LAYER = "slicks"
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""When slicks of unknown times were last seen, where a format must say something."""
COUNTERS = (24, 92)
"""Where SQLite keeps the number of a file's transactions, and that for which it is valid (sqlite.org/fileformat2)."""
HEADER = 28
"""Bytes of a Shapefile's files in which they say how long they are (ESRI 1998, table 1; dBASE III)."""
LONGEST_TEXT = 254
"""Bytes of a text in a Shapefile's table (dBASE III)."""


def write(slicks: Sequence[MappedSlick], path: Path) -> None:
    """A file of slicks, of the format that its name ends with: .gpkg, .shp (with its neighbours), .geojson, .kml, .csv.

    A file without slicks is one too: it says that there were none.

    Args:
        slicks: as ``merged`` gives them; for one picture, ``merged([result])``.
        path: in a folder that exists; what is there is replaced.

    Raises:
        InputError: ``invalid_input`` for another ending; ``storage_failed``: it cannot be written.
        DependencyMissing: pyogrio or shapely is not installed.
    """
    if path.suffix in TEXTS:
        with stored(path) as beside:
            beside.write_bytes(TEXTS[path.suffix](slicks))
    elif path.suffix in (".gpkg", ".shp"):
        _by_gdal(slicks, path)
    else:
        raise InputError(
            f"slicks cannot be written as {path.suffix or path.name!r}",
            hint=f"one of .gpkg, .shp, {', '.join(TEXTS)}",
        )


def geojson(slicks: Sequence[MappedSlick]) -> bytes:
    """A FeatureCollection after RFC 7946: WGS 84, longitude first, right-handed rings, cut at the antimeridian.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    figures = columns(slicks)
    features = []
    for number, slick in enumerate(slicks):
        told = {figure.name: figure.values[number] for figure in figures}
        features.append(feature(number + 1, slick.rings, told))
    return collection(features)


def table(slicks: Sequence[MappedSlick]) -> bytes:
    """CSV (RFC 4180) in UTF-8, a line per slick, with a place within it.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    figures = columns(slicks)
    inside = [polygon_of(slick.rings).representative_point() for slick in slicks]
    rows = [
        [
            *(figure.values[number] for figure in figures),
            round((point.x + 180) % 360 - 180, 7),
            round(point.y, 7),
        ]
        for number, point in enumerate(inside)
    ]
    return sheet([*(figure.name for figure in figures), "longitude", "latitude"], rows)


TEXTS: dict[str, Callable[[Sequence[MappedSlick]], bytes]] = {".geojson": geojson, ".kml": kml, ".csv": table}


def _by_gdal(slicks: Sequence[MappedSlick], path: Path) -> None:
    with needed():
        import shapely
        from pyogrio.errors import DataLayerError, DataSourceError
        from pyogrio.raw import write as write_layer
    shapefile = path.suffix == ".shp"
    figures = columns(slicks)
    shapes = [shapely.MultiPolygon(pieces(slick.rings)) for slick in slicks]
    changed = max((slick.last_seen for slick in slicks if slick.last_seen is not None), default=UNKNOWN)
    dated = {"DBF_DATE_LAST_UPDATE": f"{changed:%Y-%m-%d}"} if shapefile else {}
    memory = BytesIO()
    with stored(path, (DataSourceError, DataLayerError, sqlite3.Error)) as beside:
        write_layer(
            str(beside) if shapefile else memory,
            np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
            [_array(figure, shapefile=shapefile) for figure in figures],
            [figure.short if shapefile else figure.name for figure in figures],
            field_mask=[np.array([value is None for value in figure.values], bool) for figure in figures],
            driver="ESRI Shapefile" if shapefile else "GPKG",
            layer=path.stem if shapefile else LAYER,
            geometry_type="Polygon" if shapefile else "MultiPolygon",
            crs=CRS,
            encoding="UTF-8",
            **dated,
        )
        if shapefile:
            _check_whole(beside)
        else:
            beside.write_bytes(memory.getvalue())  # GDAL tells nobody that the disk was full as it closed it
            _date(beside, changed)


def _check_whole(shapefile: Path) -> None:
    """GDAL writes the last bytes as it closes the files; that the disk is full then it prints, and says to nobody.

    Raises:
        OSError: a file is shorter than its header says.
    """
    for suffix in (".shp", ".shx", ".dbf"):
        path = shapefile.with_suffix(suffix)
        with path.open("rb") as file:
            head = file.read(HEADER)
        if suffix == ".dbf":
            rows, first, row = struct.unpack_from("<IHH", head.ljust(HEADER, b"\0"), 4)
            said = first + rows * row + 1  # and the end of the file
        else:
            said = 2 * struct.unpack_from(">i", head.ljust(HEADER, b"\0"), 24)[0]
        if len(head) < HEADER or path.stat().st_size < said:
            raise OSError(f"{path.name} is not whole: there may be no room")


def _date(package: Path, changed: datetime) -> None:
    """Put a moment in place of that of a GeoPackage's making: the same slicks are the same file."""
    with closing(sqlite3.connect(package)) as database, database:
        text = changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        database.execute("UPDATE gpkg_contents SET last_change = ?", (text,))
    # How many transactions made the file depends on whether GDAL began and ended within one millisecond.
    with package.open("r+b") as file:
        for place in COUNTERS:
            file.seek(place)
            file.write((1).to_bytes(4, "big"))


def _array(figure: Column, *, shapefile: bool) -> NDArray[np.generic]:
    """A column as GDAL takes it; what is None in it is masked."""
    if figure.kind == "text":
        texts = ["" if value is None else str(value) for value in figure.values]
        return np.array([_short(text) if shapefile else text for text in texts], dtype=object)
    numbers = np.array([0 if value is None else value for value in figure.values], np.float64)
    if figure.kind == "number":
        return numbers
    # A Shapefile's table has no booleans that every program reads.
    return numbers.astype(np.bool_ if figure.kind == "flag" and not shapefile else np.int32)


def _short(text: str) -> str:
    """Whole names of a list, as many as fit, and an ellipsis for the rest."""
    if len(text.encode()) <= LONGEST_TEXT:
        return text
    names, kept = text.split(";"), ""
    for name in names:
        if len(f"{kept}{name};…".encode()) > LONGEST_TEXT:
            break
        kept += f"{name};"
    return f"{kept}…"
