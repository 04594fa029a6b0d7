"""How far mean sea level lies above the ellipsoid of WGS 84: the geoid of EGM2008 or EGM96, where its grid is there.

A satellite receiver's raw height counts from the ellipsoid; the sea's surface is up to 106 m below it (south of India)
or 85 m above it (New Guinea). The grids do not come with the libraries: Debian's ``proj-data`` has EGM96 with 15′ of
arc, ``projsync --file us_nga_egm08_25`` fetches EGM2008 with 2.5′. Without one there is no separation: it is never
guessed, and PROJ's own way to go on silently without a grid is not taken, since the grid is named by its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from siseon.applications.oilspill.libraries import needed

GRIDS = ("us_nga_egm08_25.tif", "egm08_25.gtx", "us_nga_egm96_15.tif", "egm96_15.gtx")
"""The finer first."""
SYSTEM_FOLDERS = (Path("/usr/share/proj"), Path("/usr/local/share/proj"))


def grid(folders: Iterable[Path] | None = None) -> Path | None:
    """The best grid there is: in these folders, or in those of PROJ (PROJ_DATA) and of the system.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    if folders is None:
        with needed():
            from pyproj.datadir import get_data_dir
        named = get_data_dir().split(":")
        folders = (*map(Path, named), *SYSTEM_FOLDERS)
    places = list(folders)
    return next((folder / name for name in GRIDS for folder in places if (folder / name).is_file()), None)


def separation_m(latitude: float, longitude: float, of: Path) -> float | None:
    """Metres of mean sea level above the ellipsoid, negative where it is below; None beyond the grid.

    Altitude above mean sea level is height above the ellipsoid minus this.

    Args:
        latitude: degrees.
        longitude: degrees.
        of: a grid that PROJ reads.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    with needed():
        from pyproj import Transformer
        from pyproj.exceptions import ProjError
    try:
        # PROJ takes what the grid holds *off* a height on its way forward (its multiplier is -1 unless given).
        shift = Transformer.from_pipeline(f'+proj=vgridshift +grids="{of}" +multiplier=1')
        lon = (longitude + 180) % 360 - 180
        found = float(shift.transform(lon, latitude, 0.0, radians=False, errcheck=True)[2])
    except ProjError:
        return None
    return found if abs(found) < 1000 else None
