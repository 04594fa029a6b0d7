"""Oil on water for the eye: laid over the picture, in lines on a terminal, and as files beside the picture."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.oilspill.georeference.geotiff import quicklook, write_picture
from siseon.applications.oilspill.georeference.warp import warped
from siseon.applications.oilspill.palette import COLOURS, mask_png
from siseon.applications.summary import summary
from siseon.contracts import Encoded, Image, Result
from siseon.media.draw import NO_BREAK, Canvas

NAMED = 12
"""Slicks that are named in the picture and in the lines, the largest first."""
SQUARE_KM = 1e6


def draw(image: Image, data: OilSpillResult) -> Image:
    """The picture with each slick in the colour of its class, its outline and its name."""
    canvas = Canvas(image)
    for slick in data.slicks:
        canvas.ring(slick.outline, COLOURS[slick.sea_class])
    canvas.plate(_headline(data), (0.0, 0.0), COLOURS["emulsion"] if data.slicks else COLOURS["sea"])
    for slick in data.slicks[:NAMED]:
        top = min(slick.outline, key=lambda point: point[1])
        words = _words(slick.sea_class.replace("_", NO_BREAK), slick.area_m2)
        canvas.plate(words, top, COLOURS[slick.sea_class])
    return canvas.image()


def beside(data: OilSpillResult) -> tuple[Encoded, ...]:
    """The classes as a PNG in colours; of a picture with a position, it on the map as a GeoTIFF, and as a small
    PNG where that is wanted. Blocks."""
    held = data.held
    if held is None:
        return ()
    image, classes = held.image, held.classes
    mask = Encoded(mask_png(classes, held.colours), "classes.png")
    if data.georeference is None:
        return (mask,)
    on_map = warped(image.pixels, classes, data.georeference, classes > len(COLOURS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.tif"
        write_picture(on_map, path, "cog" if held.cloud_optimised else "lzw")
        files = mask, Encoded(path.read_bytes(), "map.tif")
    return (*files, Encoded(quicklook(on_map), "quicklook.png")) if held.quicklook else files


def text(name: str, result: Result[OilSpillResult]) -> str:
    """Whether there is oil, a line for each of the largest slicks, and where it is."""
    data = result.data
    found = [_headline(data)]
    for slick in data.slicks[:NAMED]:
        volume = ""
        if slick.volume_l is not None:
            least, most = slick.volume_l
            volume = f", {least:,.1f} l at least" if most is None else f", {least:,.1f} to {most:,.1f} l"
        found.append(f"{_words(slick.sea_class, slick.area_m2)}{volume}  ({slick.score:.2f})")
    if len(data.slicks) > NAMED:
        found.append(f"and {len(data.slicks) - NAMED} smaller slicks")
    if data.georeference is None:
        found += _camera(data)
        found.append(f"not on a map: {data.no_position}")
    else:
        places = np.array(data.georeference.corners[:-1])
        east, north = places.mean(axis=0)
        found.append(f"at {north:.5f}, {east:.5f} ± {data.georeference.ce90_m:.0f} m (CE90)")
    found += [f"{one.name}: {one.detail}" for one in data.metadata.refused if one.source == "stated"]
    return summary(name, (data.width, data.height), result, found)


def count(data: OilSpillResult) -> int:
    """Slicks."""
    return len(data.slicks)


def _camera(data: OilSpillResult) -> list[str]:
    """Where the camera was, of a picture that is not on the map although that is known."""
    north, east = (data.metadata.facts.get(name) for name in ("latitude", "longitude"))
    if north is None or east is None:
        return []
    return [f"camera at {north.value:.5f}, {east.value:.5f}  ({north.source})"]


def _headline(data: OilSpillResult) -> str:
    if data.refused is not None:
        return f"refused: {data.refused.replace('_', ' ')}"
    words = {"oil": "oil", "no_oil": "no oil seen", "unsure": "unsure: a person must look"}[data.verdict]
    areas = [slick.area_m2 for slick in data.slicks if slick.area_m2 is not None]
    return f"{words}, {_area(sum(areas))}" if areas else words


def _words(sea_class: str, area_m2: float | None) -> str:
    name = sea_class.replace("_", " ")
    return name if area_m2 is None else f"{name} {_area(area_m2)}"


def _area(square_metres: float) -> str:
    if square_metres >= SQUARE_KM / 100:
        return f"{square_metres / SQUARE_KM:.3g} km²"
    return f"{float(f'{square_metres:.3g}'):,g} m²"  # 9,420, not 9.42e+03
