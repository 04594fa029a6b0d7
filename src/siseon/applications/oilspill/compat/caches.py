"""What one step hands to the next, in memory or through files; either way the next step makes the same of it."""

from __future__ import annotations

from typing import TypedDict

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from siseon.applications.oilspill.compat.folder import Folder, Picture, made
from siseon.applications.oilspill.georeference.geotiff import write_classes
from siseon.applications.oilspill.georeference.warp import Warped
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.palette import mask_png

BLENDED, MASK, MASK_TIF = "Inference", "Mask", "Mask_Tif"
"""Folders."""


class Inferred(TypedDict):
    """What step 1 has made of a picture."""

    blended: NDArray[np.uint8]
    """(H, W, 3) RGB: the picture, with oil under the colour of its class."""
    mask: NDArray[np.uint8]
    """(H, W) numbers of ``SEA_CLASSES``, 255 where there is none."""
    ext: str
    """Of the picture's file: ``.jpg``, say."""


class Georeferenced(TypedDict):
    """What step 3 has made of a picture that has a place."""

    mask: NDArray[np.uint8]
    """(h, w) numbers of ``SEA_CLASSES`` on the map, 255 where there is none; north is at the top."""
    transform: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f: easting = a x + b y + c, northing = d x + e y + f."""
    crs: str
    """``EPSG:32633``, say."""


InferenceCache = dict[str, Inferred]
"""By the name of the picture."""
GeorefCache = dict[str, Georeferenced]


def write_inferred(folder: Folder, picture: Picture, inferred: Inferred, colours: NDArray[np.uint8]) -> None:
    """Both as PNG: nothing is lost. ``colours``: see ``SeeTheSea``.

    Raises:
        InputError: ``storage_failed``.
    """
    # OpenCV's takes a seventh of the time of Pillow's, for a tenth more bytes; it counts from blue.
    data = cv2.imencode(".png", inferred["blended"][:, :, ::-1])[1].tobytes()
    folder.write(folder.place(BLENDED, picture, ".png"), data)
    folder.write(folder.place(MASK, picture, ".png"), mask_png(inferred["mask"], colours))


def read_inferred(folder: Folder, picture: Picture) -> Inferred | None:
    """What ``write_inferred`` has written; None where there is nothing."""
    blended, mask = folder.place(BLENDED, picture, ".png"), folder.place(MASK, picture, ".png")
    if not blended.is_file() or not mask.is_file():
        return None
    with PillowImage.open(blended) as colours, PillowImage.open(mask) as numbers:
        return Inferred(
            blended=np.array(colours, np.uint8), mask=np.array(numbers, np.uint8), ext=picture.ext
        )


def write_georeferenced(folder: Folder, picture: Picture, on_map: Warped) -> None:
    """The mask as a GeoTIFF.

    Raises:
        InputError: ``storage_failed``.
        DependencyMissing: rasterio is not installed.
    """
    write_classes(on_map, made(folder.place(MASK_TIF, picture, ".tif")))


def read_georeferenced(folder: Folder, picture: Picture) -> Georeferenced | None:
    """What ``write_georeferenced`` has written; None where there is nothing.

    Raises:
        DependencyMissing: rasterio is not installed.
    """
    with needed():
        import rasterio
    path = folder.place(MASK_TIF, picture, ".tif")
    if not path.is_file():
        return None
    with rasterio.open(path) as file:
        a, b, c, d, e, f, *_ = file.transform
        return Georeferenced(mask=file.read(1), transform=(a, b, c, d, e, f), crs=file.crs.to_string())
