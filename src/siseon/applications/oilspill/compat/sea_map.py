"""Steps 3 and 4: pictures and their classes on the map, and the oil's outlines from there."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np

from siseon.applications.oilspill.compat.caches import (
    GeorefCache,
    Georeferenced,
    InferenceCache,
    read_georeferenced,
    read_inferred,
    write_georeferenced,
)
from siseon.applications.oilspill.compat.folder import THREADS, Folder, Picture, each, made
from siseon.applications.oilspill.compat.metadata import ExportedFrame, Frames, read_exported
from siseon.applications.oilspill.contracts import Georeference, MappedSlick, OilSpillResult
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.georeference.geotiff import write_picture
from siseon.applications.oilspill.georeference.plane import pixel_to_geo
from siseon.applications.oilspill.georeference.warp import warped
from siseon.applications.oilspill.libraries import let_masks_lie_anywhere
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.pipeline import layouts
from siseon.applications.oilspill.position.overlay.mask import overlay_mask
from siseon.applications.oilspill.slicks.export import write
from siseon.applications.oilspill.slicks.merge import merged
from siseon.applications.oilspill.slicks.polygons import outlined, placed

Places = dict[str, Georeference | str]
"""How pictures lie on the sea, or why that is not known, by their names."""

TIF, OILSHAPE = "Georeference/Tif", "Oilshape"
"""Folders."""


def run_georeference(
    file_id: str, inference_cache: InferenceCache | None = None, *, write_files: bool = False
) -> GeorefCache:
    """Lay each picture of a folder that has a place on the map, and write it as a GeoTIFF with LZW.

    What an overlay covers is clear in it, and has no class. Pictures without a place are left out:
    ``without_position`` says why.

    Args:
        file_id: the folder, after ``run_metadata_export``.
        inference_cache: of ``run_inference``; what is not in it is read from what that has written with
            ``write_files``.
        write_files: write ``Mask_Tif`` too, from which step 4 can go on without the cache.

    Raises:
        InputError: there is no such folder, step 2 has not run, or a file cannot be written.
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    folder = Folder.of(file_id)
    frames = read_exported(folder).frames
    places = places_of(frames)
    cache: GeorefCache = {}
    with ThreadPoolExecutor(THREADS) as pool:
        for pictures in folder.some_at_once():
            laid, writing = lay(
                folder, frames, places, pictures, inference_cache, pool, write_files=write_files
            )
            cache |= laid
            for written in writing:
                written.result()
    return cache


def lay(
    folder: Folder,
    frames: Frames,
    places: Places,
    pictures: Sequence[Picture],
    inference_cache: InferenceCache | None,
    pool: Executor,
    *,
    write_files: bool,
) -> tuple[GeorefCache, list[Future[None]]]:
    """Step 3 for some of a folder's pictures; what is not in the cache is read from files.

    Returns:
        What step 4 needs, and the files that ``pool`` is writing meanwhile; each may raise ``storage_failed``.

    Raises:
        InputError: ``storage_failed``.
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    cache = inference_cache or {}
    hidden = {layout.name: layout for layout in layouts(folder.options)}
    writing: list[Future[None]] = []

    def one(picture: Picture) -> Georeferenced | None:
        frame, where = frames.get(picture.name), places.get(picture.name)
        if frame is None or not isinstance(where, Georeference):
            return None
        found = cache.get(picture.name) or read_inferred(folder, picture)
        if found is None:
            return None
        layout = hidden.get(frame.metadata.template or "")
        covered = None if layout is None else overlay_mask(layout, frame.width, frame.height)
        classes = found["mask"] if covered is None else np.where(covered, np.uint8(NOTHING), found["mask"])
        on_map = warped(found["blended"], classes, where, covered)
        writing.append(pool.submit(write_picture, on_map, made(folder.place(TIF, picture, ".tif"))))
        if write_files:
            write_georeferenced(folder, picture, on_map)
        return Georeferenced(mask=on_map.classes, transform=on_map.transform, crs=on_map.crs)

    return dict(each(pool, pictures, one)), writing


def run_oilshape(file_id: str, georef_cache: GeorefCache | None = None) -> dict[str, tuple[MappedSlick, ...]]:
    """Outline the oil of each picture of a folder on the sea, and write it as a Shapefile.

    Args:
        file_id: the folder.
        georef_cache: of ``run_georeference``; when None, what that has written with ``write_files``.

    Raises:
        InputError: there is no such folder, step 2 has not run, or a file cannot be written.
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    folder = Folder.of(file_id)
    frames = read_exported(folder).frames
    with ThreadPoolExecutor(THREADS) as pool:
        return outline(folder, frames, places_of(frames), folder.pictures, georef_cache, pool)


def outline(
    folder: Folder,
    frames: Frames,
    places: Places,
    pictures: Sequence[Picture],
    georef_cache: GeorefCache | None,
    pool: Executor,
) -> dict[str, tuple[MappedSlick, ...]]:
    """Step 4 for some of a folder's pictures; without a cache their masks are read from files.

    Raises:
        InputError: ``storage_failed``.
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    let_masks_lie_anywhere()

    def one(picture: Picture) -> tuple[MappedSlick, ...] | None:
        entry = (
            read_georeferenced(folder, picture) if georef_cache is None else georef_cache.get(picture.name)
        )
        frame, where = frames.get(picture.name), places.get(picture.name)
        if entry is None or frame is None:
            return None
        slicks = _process_mask_entry(picture.name, entry, frame, where)
        write(slicks, made(folder.place(OILSHAPE, picture, ".shp")))
        return slicks

    return dict(each(pool, pictures, one))


def places_of(frames: Frames) -> Places:
    """``placed_at`` for each picture: once for both steps, since it takes hundredths of a second."""
    return {name: placed_at(frame) for name, frame in frames.items()}


def placed_at(frame: ExportedFrame) -> Georeference | str:
    """How a picture lies on the sea, or why that is not known.

    Raises:
        DependencyMissing: pyproj is not installed.
    """
    pose = pose_of(frame.metadata, frame.width, frame.height)
    return pose if isinstance(pose, str) else georeference(pose, frame.width, frame.height)


def _process_mask_entry(
    name: str, entry: Georeferenced, frame: ExportedFrame, where: Georeference | str | None
) -> tuple[MappedSlick, ...]:
    """The slicks of one mask on the map. Their ``score`` is 1: a mask knows no probability."""
    if not isinstance(where, Georeference):
        return ()
    mask = entry["mask"]
    height, width = mask.shape
    a, b, c, d, e, f = entry["transform"]
    raster = Georeference(
        method="nadir",
        crs=entry["crs"],
        matrix=((a, b, c), (d, e, f), (0.0, 0.0, 1.0)),
        corners=((0.0, 0.0),) * 5,
        gsd_m=a,
        ce90_m=where.ce90_m,
        interpolated=where.interpolated,
    )
    edge = np.array([[0, 0], [width, 0], [width, height], [0, height], [0, 0]], np.float64)
    corners = tuple((float(east), float(north)) for east, north in pixel_to_geo(raster, edge))
    raster = raster.model_copy(update={"corners": corners})
    slicks = placed(outlined(mask, np.ones(mask.shape, np.float32)), raster)
    seconds = frame.metadata.value("time")
    return merged(
        [
            OilSpillResult(
                image_id=name,
                width=width,
                height=height,
                verdict="oil" if slicks else "no_oil",
                slicks=slicks,
                metadata=frame.metadata,
                time=None if seconds is None else datetime.fromtimestamp(seconds, UTC),
                georeference=raster,
            )
        ]
    )
