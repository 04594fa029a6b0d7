"""The libraries for maps, polygons, their files and reports: siseon without them does all the rest."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from siseon.contracts import DependencyMissing

NEEDED = ("rasterio", "shapely", "pyproj", "pyogrio", "reportlab")
MAPPING = ("shapely", "rasterio.features", "pyproj", "pyogrio.raw")


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


def find() -> None:
    """Look whether all are there, without importing one.

    Raises:
        DependencyMissing: one is not installed.
    """
    for name in NEEDED:
        if find_spec(name) is None:
            with needed():
                import_module(name)


def load() -> None:
    """Import those of maps, a tenth of a second's work, while nobody waits for it.

    Raises:
        DependencyMissing: one is not installed.
    """
    with needed():
        for name in MAPPING:
            import_module(name)


def let_masks_lie_anywhere() -> None:
    """Masks have no place of their own, which rasterio says to whoever looks at a terminal; from now on it does not."""
    warnings.filterwarnings("ignore", "Dataset has no geotransform", UserWarning)
