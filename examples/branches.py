"""Three products out of the same parts: a shelf audit, a driving scene, a medical reading.

Each adds a branch to detect-and-classify (reading text, segmenting, tracking) and none changes a stage. The
segmentation is a threshold and the planner a rule, so that the examples need no more weights than the rest.

Run: ``SISEON_MODEL_PATH=FOLDER python examples/branches.py shelf|driving|medical PHOTO...``
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from siseon.contracts import Boxes, Detections, Encoded, Image, Label, LabelMap, Mask, iou
from siseon.engine import Pipeline, Stage, step
from siseon.models import ModelManager
from siseon.pipelines.decode import Decode
from siseon.pipelines.inspection import Classify, Detect
from siseon.pipelines.text import Text
from siseon.settings import Settings

LEAST_REGION = 0.001
"""Share of the picture below which a bright region is noise."""


@dataclass(frozen=True)
class Shelf:
    products: list[str]
    prices: list[str]


class ShelfAudit(Pipeline[Encoded, Shelf]):
    """Detector, product classifier, and a text head beside them: two branches at the same time."""

    def __init__(self, models: ModelManager) -> None:
        self.read = Text(models)
        self.decode = self.read.decode  # one decoder for both branches
        self.detect = Detect(models["yolox-nano"])
        self.classify = Classify(models["efficientnet-lite0"])

    async def run(self, item: Encoded) -> Shelf:
        image = await self.decode(item)
        products, text = await asyncio.gather(self._products(image), self.read.run(image))
        return Shelf(products, [line.text for line in text.lines if any(c.isdigit() for c in line.text)])

    async def _products(self, image: Image) -> list[str]:
        crops = (await self.detect(image)).crops(image, min_side=32)
        return [label.class_name for label in await self.classify.map(crops)]


class SegmentBright(Stage[Image, Detections]):
    """Connected regions brighter than Otsu's threshold, each with box and mask."""

    def process(self, batch: Sequence[Image]) -> Sequence[Detections]:
        return [self._regions(image) for image in batch]

    def _regions(self, image: Image) -> Detections:
        grey = cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY)
        _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        _, regions, stats, _ = cv2.connectedComponentsWithStats(bright)
        large = [i for i in range(1, len(stats)) if stats[i, cv2.CC_STAT_AREA] >= LEAST_REGION * grey.size]
        xywh = stats[large, :4].astype(np.float32)
        boxes = Boxes(np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1), image.frame)
        masks = tuple(Mask.encode(regions == i, image.frame) for i in large)
        return Detections(
            boxes,
            np.ones(len(large), np.float32),
            np.zeros(len(large), np.int64),
            LabelMap(("bright",)),
            masks,
        )


@dataclass
class Tracks:
    """Greedy overlap between a frame and the one before; the state of one stream, held by its pipeline."""

    least_overlap: float = 0.3
    last: Boxes | None = None
    ids: list[int] = field(default_factory=list)
    count: int = 0

    def update(self, boxes: Boxes) -> list[int]:
        # Frames of a video share a coordinate system by intent, not by descent: say so.
        before = Boxes(self.last.xyxy, boxes.frame) if self.last is not None else Boxes.empty(boxes.frame)
        overlap = iou(boxes, before)
        ids = [-1] * len(boxes)
        for flat in np.argsort(-overlap, axis=None):
            new, old = divmod(int(flat), len(before))
            if overlap[new, old] >= self.least_overlap and ids[new] < 0 and self.ids[old] not in ids:
                ids[new] = self.ids[old]
        for index, known in enumerate(ids):
            if known < 0:
                ids[index], self.count = self.count, self.count + 1
        self.last, self.ids = boxes, ids
        return ids


@dataclass(frozen=True)
class Scene:
    tracks: list[tuple[int, str]]
    bright_share: float
    plan: str


class Driving(Pipeline[Encoded, Scene]):
    """2D detection, segmentation and tracking of one camera, and a planner behind them."""

    def __init__(self, models: ModelManager) -> None:
        self.decode = Decode()
        self.detect = Detect(models["yolox-nano"])
        self.segment = SegmentBright()
        self.tracks = Tracks()

    async def run(self, item: Encoded) -> Scene:
        image = await self.decode(item)
        objects, regions = await asyncio.gather(self.detect(image), self.segment(image))
        with step("track"):
            ids = self.tracks.update(objects.boxes)
        with step("plan"):
            names = [objects.labels[class_id] for class_id in objects.class_ids.tolist()]
            area = sum(mask.area for mask in regions.masks or ())
            plan = "stop" if "person" in names else "go"
        return Scene(list(zip(ids, names, strict=True)), area / image.pixels[:, :, 0].size, plan)


@dataclass(frozen=True)
class Finding:
    label: Label
    pixels: int
    """Size of the region, for the person who looks at it."""


class Medical(Pipeline[Encoded, list[Finding]]):
    """Segmentation first, then every region is classified; the largest is shown first."""

    def __init__(self, models: ModelManager) -> None:
        self.decode = Decode()
        self.segment = SegmentBright()
        self.classify = Classify(models["efficientnet-lite0"])

    async def run(self, item: Encoded) -> list[Finding]:
        image = await self.decode(item)
        regions = await self.segment(image)
        crops = regions.crops(image, min_side=32)
        labels = await self.classify.map(crops)
        masks = regions.masks or ()
        found = [Finding(label, masks[crop.index].area) for crop, label in zip(crops, labels, strict=True)]
        return sorted(found, key=lambda finding: finding.pixels, reverse=True)


PRODUCTS = {"shelf": ShelfAudit, "driving": Driving, "medical": Medical}


async def main(product: str, photos: Sequence[Encoded]) -> None:
    async with PRODUCTS[product](ModelManager(search_path=Settings().model_path)) as pipeline:
        for photo in photos:
            print(photo.name, (await pipeline(photo)).data)


if __name__ == "__main__":
    paths = [Path(name) for name in sys.argv[2:]]
    asyncio.run(main(sys.argv[1], [Encoded(path.read_bytes(), path.name) for path in paths]))
