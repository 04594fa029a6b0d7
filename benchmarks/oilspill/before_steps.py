"""The four programs of the earlier system as ``before.py`` runs them, one process each, files between them.

Rebuilt from what the record of its optimisation says was changed: the model is loaded in each request (rows B10, B11),
each step is a process of its own (B12), palette and kernel are made anew for each picture (B13), the picture is read
twice (B22), the reader of overlays is loaded in each request (B15), the fill after the warp is scipy's, once for the
picture and once for the mask (B19), corners of outlines are mapped one by one (B21), masks go through ``Mask_Tif``
(B26), and steps follow each other, each picture by picture (B27: threads came last). What the record does not tell is
ours: networks, how an overlay is read, geometry of the pose, file formats. The original's network ran in PyTorch: with
a folder that has it (``before.py --torch``) so does this one's, else it is the same ONNX file as ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from oilspill.before_torch import WEIGHTS, TorchSea

from siseon.applications.oilspill.compat import load_model
from siseon.applications.oilspill.compat.folder import Folder
from siseon.applications.oilspill.compat.metadata import Facts, exported, read_exported
from siseon.applications.oilspill.compat.sea_map import placed_at
from siseon.applications.oilspill.contracts import OIL_CLASSES, SEA_CLASSES
from siseon.applications.oilspill.georeference.plane import through
from siseon.applications.oilspill.palette import COLOURS
from siseon.contracts import Image

STEPS = ("inference", "metadata", "georeference", "oilshape")
BEFORE = "before"
"""Folder of what these make, beside what ours makes."""


def inference(folder: Folder, torch: str | None) -> None:
    if torch is None:
        model = load_model()
    else:
        sys.path.append(torch)
        model = TorchSea(folder.out.parents[2] / WEIGHTS)
    for picture in folder.pictures:
        shape = cv2.imread(str(picture.item.path)).shape
        read_again = cv2.imread(str(picture.item.path))
        classes = model.process([Image.from_array(cv2.cvtColor(read_again, cv2.COLOR_BGR2RGB))])[0].classes
        palette = np.array([COLOURS[name] for name in SEA_CLASSES], np.uint8)
        coloured = np.zeros(shape, np.uint8)
        for number, colour in enumerate(palette):
            coloured[classes == number] = colour[::-1]
        blended = (read_again * 0.45 + coloured * 0.55).astype(np.uint8)
        cv2.imwrite(str(_place(folder, "Inference", f"{picture.stem}.png")), blended)
        cv2.imwrite(str(_place(folder, "Mask", f"{picture.stem}.png")), coloured)
        cv2.imwrite(str(_place(folder, "Mask", f"{picture.stem}-numbers.png")), classes)


def metadata(folder: Folder) -> None:
    facts = Facts(folder)
    frames = {}
    for picture in folder.pictures:
        frames[picture.name], _ = facts.engine.run(facts.read(*folder.open(picture)))
    exported(folder, frames)


def georeference(folder: Folder) -> None:
    import rasterio
    from scipy import ndimage

    for picture in folder.pictures:
        where = placed_at(read_exported(folder).frames[picture.name])
        if isinstance(where, str):
            raise SystemExit(where)
        blended = cv2.imread(str(_place(folder, "Inference", f"{picture.stem}.png")))
        classes = cv2.imread(str(_place(folder, "Mask", f"{picture.stem}-numbers.png")), cv2.IMREAD_UNCHANGED)
        height, width = classes.shape
        top = round(where.horizon_y or 0)
        to_metres = np.array(where.matrix)
        ring = through(to_metres, np.array([[0.0, top], [width, top], [width, height], [0, height]]))
        (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
        side = max(where.gsd_m, float(np.sqrt((east - west) * (north - south) / (2 * width * height))))
        size = int(np.ceil((east - west) / side)), int(np.ceil((north - south) / side))
        matrix = np.linalg.inv([[side, 0, west], [0, -side, north], [0, 0, 1]]) @ to_metres
        on_map = cv2.warpPerspective(blended, matrix, size)
        numbers = cv2.warpPerspective(classes, matrix, size, flags=cv2.INTER_NEAREST, borderValue=255)
        empty = on_map.sum(axis=2) == 0
        for channel in range(3):
            filled = ndimage.grey_dilation(on_map[:, :, channel], size=(3, 3))
            on_map[:, :, channel][empty] = filled[empty]
        without = numbers == 255
        numbers[without] = ndimage.grey_dilation(np.where(without, 0, numbers), size=(3, 3))[without]
        transform = rasterio.Affine(side, 0, west, 0, -side, north)
        shape = {"driver": "GTiff", "width": size[0], "height": size[1], "dtype": "uint8", "compress": "LZW"}
        place = {"crs": where.crs, "transform": transform}
        with rasterio.open(
            _place(folder, "Tif", f"{picture.stem}.tif"), "w", count=3, **shape, **place
        ) as file:
            file.write(on_map[:, :, ::-1].transpose(2, 0, 1))
        with rasterio.open(
            _place(folder, "Mask_Tif", f"{picture.stem}.tif"), "w", count=1, **shape, **place
        ) as file:
            file.write(numbers[None])


def oilshape(folder: Folder) -> None:
    import rasterio
    import shapely
    from pyogrio.raw import write
    from pyproj import Transformer

    for picture in folder.pictures:
        with rasterio.open(_place(folder, "Mask_Tif", f"{picture.stem}.tif")) as file:
            numbers, transform, crs = file.read(1), file.transform, file.crs.to_string()
        to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        polygons, names = [], []
        for name in OIL_CLASSES:
            inside = (numbers == SEA_CLASSES.index(name)).astype(np.uint8)
            contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            for contour in contours:
                ring = []
                for column, row in contour[:, 0]:
                    easting, northing = rasterio.transform.xy(transform, row, column)
                    ring.append(to_degrees.transform(easting, northing))
                polygon = shapely.Polygon(ring).buffer(0) if len(ring) > 3 else None
                if polygon is not None and not polygon.is_empty:
                    polygons.append(polygon)
                    names.append(name)
        write(
            str(_place(folder, "Oilshape", f"{picture.stem}.shp")),
            np.array([shapely.to_wkb(polygon) for polygon in polygons], dtype=object),
            [np.array(names, dtype=object)],
            ["class"],
            driver="ESRI Shapefile",
            geometry_type="Polygon",
            crs="EPSG:4326",
        )


def _place(folder: Folder, kind: str, name: str) -> Path:
    path = folder.out / BEFORE / kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def main() -> None:
    step, file_id, *torch = sys.argv[1:]
    folder = Folder.of(file_id)
    if step == "inference":
        inference(folder, torch[0] if torch else None)
    else:
        {"metadata": metadata, "georeference": georeference, "oilshape": oilshape}[step](folder)


if __name__ == "__main__":
    main()
