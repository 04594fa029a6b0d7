"""Files of a frame on the map: GeoTIFF with LZW, cloud-optimised GeoTIFF, and a PNG to look at.

Formats: OGC 19-008r4 (GeoTIFF 1.1), OGC 21-026 (Cloud Optimized GeoTIFF), both written by GDAL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.georeference.warp import Warped
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.palette import COLOURS, NOTHING, TABLE, blended
from siseon.applications.oilspill.storing import stored

Layout = Literal["lzw", "cog"]
"""A plain GeoTIFF with LZW, or a cloud-optimised one (tiles, overviews; LZW too)."""

LONGEST = 1024
"""Pixels of a quicklook's longer side."""


def write_picture(frame: Warped, path: Path, layout: Layout = "lzw") -> None:
    """RGB and alpha, 0 where the frame shows nothing.

    Raises:
        InputError: ``storage_failed``: the file cannot be written, the disk is full.
        DependencyMissing: rasterio is not installed.
    """
    alpha = np.where(frame.shown, np.uint8(255), np.uint8(0))
    _write(
        np.stack([*cv2.split(frame.picture), alpha]),
        frame,
        path,
        layout,
        photometric="RGB",
        alpha="YES",
    )


def write_classes(frame: Warped, path: Path, layout: Layout = "lzw") -> None:
    """One band of numbers of ``SEA_CLASSES`` with their colours and names; no data: 255.

    Raises:
        InputError: ``storage_failed``: the file cannot be written, the disk is full.
        DependencyMissing: rasterio is not installed.
    """
    _write(frame.classes[None], frame, path, layout, nodata=NOTHING)


def quicklook(frame: Warped) -> bytes:
    """A PNG of at most ``LONGEST`` pixels a side: the picture on the map, oil in its class's colour, the rest clear."""
    scale = min(1.0, LONGEST / max(frame.classes.shape))
    size = tuple(max(1, round(side * scale)) for side in frame.classes.shape[::-1])
    small = np.asarray(cv2.resize(frame.picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    classes = np.asarray(cv2.resize(frame.classes, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    colours = blended(small, classes)
    alpha = np.where(classes == NOTHING, 0, 255).astype(np.uint8)
    # imencode takes blue first.
    _, data = cv2.imencode(".png", np.dstack([colours[:, :, ::-1], alpha]))
    return bytes(data)


def _write(bands: NDArray[np.uint8], frame: Warped, path: Path, layout: Layout, **profile: object) -> None:
    with needed():
        from rasterio import Affine
        from rasterio import open as opened
        from rasterio.errors import RasterioError
        from rasterio.io import MemoryFile
        from rasterio.shutil import copy
    count, height, width = bands.shape
    lzw = {"compress": "LZW"} if layout == "lzw" else {}
    shape = {"count": count, "height": height, "width": width, "dtype": "uint8", **lzw}
    place = {"driver": "GTiff", "crs": frame.crs, "transform": Affine(*frame.transform), **profile}
    with stored(path, (RasterioError,)) as beside, MemoryFile() as memory:
        with memory.open(**shape, **place) as file:
            file.write(bands)
            if count == 1:
                file.write_colormap(1, {n: (*map(int, TABLE[n]), 255) for n in range(len(COLOURS))})
                file.update_tags(**{f"CLASS_{n}": name for n, name in enumerate(SEA_CLASSES)})
        if layout == "lzw":
            beside.write_bytes(memory.read())
        else:
            how = "nearest" if count == 1 else "average"
            with (
                opened(memory.name) as source,
                MemoryFile(ext=".tif") as cog,
            ):  # on a full disk GDAL cuts it short
                copy(source, cog.name, driver="COG", compress="LZW", overview_resampling=how)
                beside.write_bytes(cog.read())
