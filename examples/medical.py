"""A medical reading: segment the regions of a picture, classify each, and write a page for the person who decides.

The segmentation is classical (Otsu's threshold, touching regions parted by a watershed). No classifier is taken unless
you name the card of one that was trained for such pictures: names of a general one mean nothing here. The measured
sizes hold for any picture.

Run: ``SISEON_MODEL_PATH=FOLDER ./dev python examples/medical.py PHOTO...`` writes ``NAME.html`` for each, here.
"""

import asyncio
import base64
import html
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.decode import Decode
from siseon.applications.inspection import Classify
from siseon.contracts import Boxes, Detections, Encoded, Image, Label, LabelMap, Mask, SiseonError
from siseon.engine import Pipeline, Stage, part
from siseon.media import Canvas, read_file
from siseon.media.draw import colour_of
from siseon.media.encode import encode
from siseon.models import ModelManager
from siseon.settings import Settings

LEAST_REGION, MOST_REGIONS = 0.0005, 100
"""Share of the picture below which a region is noise; how many, the largest, a person still reads."""
CORE = 0.6
"""Share of a region's greatest depth from which a core begins; what has two cores is two regions."""
NOTE = "Regions by threshold and watershed, names by a classifier that you bring: no medical device, no diagnosis."


class Segment(Stage[Image, Detections]):
    """Regions that stand out from the ground, which is what most of the picture's edge shows; largest first."""

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        return [self._regions(image) for image in batch]

    def _regions(self, image: Image) -> Detections:
        with part("segment"):
            numbers = _parted(image)
            areas = np.bincount(numbers.ravel())
            areas[0] = 0
            large = np.argsort(-areas, kind="stable")[:MOST_REGIONS]
            large = large[areas[large] >= LEAST_REGION * numbers.size]
            xywh = [cv2.boundingRect((numbers == number).astype(np.uint8)) for number in large]
        with part("rle"):
            masks = tuple(Mask.encode(numbers == number, image.frame) for number in large)
        boxes = Boxes(np.array([(x, y, x + w, y + h) for x, y, w, h in xywh], np.float32), image.frame)
        ones, zeros = np.ones(len(large), np.float32), np.zeros(len(large), np.int64)
        return Detections(boxes, ones, zeros, LabelMap(("region",)), masks)


def _parted(image: Image) -> NDArray[np.int32]:
    """(H, W) number of the region of each pixel, 0 for the ground."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    _, front = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if np.concatenate([front[0], front[-1], front[:, 0], front[:, -1]]).mean() > 0.5:
        front = 1 - front
    depth = cv2.distanceTransform(front, cv2.DIST_L2, 5)
    islands = np.asarray(cv2.connectedComponents(front)[1], np.intp)
    deepest = np.zeros(islands.max() + 1, np.float32)
    np.maximum.at(deepest, islands, depth)
    cores = (front > 0) & (depth >= CORE * deepest[islands])
    markers = cv2.connectedComponents(cores.astype(np.uint8))[1] + 1
    markers[(front > 0) & ~cores] = 0  # for the watershed to fill from the cores; 1 is the ground
    numbers = np.clip(cv2.watershed(cv2.merge([front] * 3), markers) - 1, 0, None).astype(np.float32)
    grown = cv2.dilate(numbers, np.ones((3, 3), np.uint8))  # over the watershed's lines, one pixel wide
    return np.asarray(np.where(numbers == 0, grown, numbers) * front, np.int32)


@dataclass(frozen=True)
class Region:
    pixels: int
    diameter: float  # in pixels, of the circle of the same area
    label: Label | None  # None without a classifier, and for what is too small for it


@dataclass(frozen=True)
class Reading:
    regions: list[Region]
    page: str  # HTML with the picture inside


class Page(Stage[tuple[Image, Detections, list[Region]], str]):
    """The picture with its regions drawn and numbered, and a table of them; one file without any link."""

    def process(self, batch: Sequence[tuple[Image, Detections, list[Region]]]) -> Sequence[str]:
        return [self._page(*reading) for reading in batch]

    def _page(self, image: Image, found: Detections, regions: list[Region]) -> str:
        canvas = Canvas(image)
        for number, mask in enumerate(found.masks or ()):
            canvas.mask(mask, colour_of(number))
        for number, (x1, y1, *_) in enumerate(found.boxes.xyxy.tolist()):
            canvas.plate(str(number + 1), (x1, y1), colour_of(number))
        picture = base64.b64encode(encode(canvas.image())).decode()
        rows = "<tr><th>region<th>pixels<th>diameter<th>class and score"
        for number, region in enumerate(regions, 1):
            name = f"{region.label.class_name} {region.label.score:.2f}" if region.label else "not named"
            rows += f"<tr><td>{number}<td>{region.pixels}<td>{region.diameter:.1f}<td>{html.escape(name)}"
        title = html.escape(image.source)
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{NOTE}'
            f'<p><img alt="" src="data:image/jpeg;base64,{picture}"><table cellpadding="6">{rows}</table></html>'
        )


class Medical(Pipeline[Encoded, Reading]):
    def __init__(self, models: ModelManager, *, classifier: str | None = None) -> None:
        self.decode = Decode()
        self.segment = Segment()
        self.classify = classifier and Classify(models[classifier])
        self.show = Page()

    async def run(self, item: Encoded) -> Reading:
        image = await self.decode(item)
        found = await self.segment(image)
        named: dict[int, Label | None] = {}
        if self.classify:
            crops = found.crops(image, min_side=32)
            labels = await self.classify.map(crops, timeout=5.0, fallback=None)
            named = {crop.index: label for crop, label in zip(crops, labels, strict=True)}
        areas = [mask.area for mask in found.masks or ()]
        regions = [Region(a, 2 * math.sqrt(a / math.pi), named.get(i)) for i, a in enumerate(areas)]
        return Reading(regions, await self.show((image, found, regions)))


async def main(photos: list[Encoded]) -> list[Reading]:
    async with Medical(ModelManager(search_path=Settings().model_path)) as pipeline:
        return [(await pipeline(photo)).data for photo in photos]


if __name__ == "__main__":
    paths = [Path(name) for name in sys.argv[1:]]
    if not paths:
        sys.exit("usage: medical.py PHOTO...")
    try:
        readings = asyncio.run(main([read_file(path) for path in paths]))
    except SiseonError as error:
        sys.exit(f"{error.code}: {error.message}")
    for path, reading in zip(paths, readings, strict=True):
        Path(f"{path.stem}.html").write_text(reading.page, encoding="utf-8")
        print(f"{path.stem}.html: {len(reading.regions)} regions")
