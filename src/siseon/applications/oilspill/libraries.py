"""The libraries for maps, polygons, their files and reports: siseon without them does all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from siseon.contracts import DependencyMissing

NEEDED = frozenset({"rasterio", "shapely", "pyproj", "pyogrio", "reportlab"})


@contextmanager
def needed() -> Iterator[None]:
    """Around the imports of one of them: they are heavy, and imported where they are used.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        raise DependencyMissing(
            f"oilspill needs {error.name}, which is not installed", hint="pip install 'siseon[oilspill]'"
        ) from None
