"""A driving scene: detect, segment the free road, track over frames, and brake for what comes too close.

The segmentation is classical (a region grown from the road before the car, which a shadow cuts off), the planner is
one stated rule on the time to contact, which one camera can tell from how fast a box grows. Both show where a trained
network and a real planner go; neither is fit to drive.

Run: ``SISEON_MODEL_PATH=FOLDER ./dev python examples/driving.py FRAME...`` (frames in order, 10 a second)
"""

import asyncio
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from siseon.applications.decode import Decode
from siseon.applications.inspection import Detect
from siseon.contracts import Boxes, Detections, Encoded, Frame, Image, InputError, Mask, SiseonError, iou
from siseon.engine import Pipeline, Stage, part, step
from siseon.media import read_file
from siseon.models import ModelManager
from siseon.settings import Settings

Action = Literal["keep", "slow", "brake"]
FRAMES_PER_S = 10.0
BRAKE_S, SLOW_S, LEAST_CLEAR = 2.0, 4.0, 0.25
"""Times to contact, and the share of road in the lower quarter of the lane, below which the rule acts."""
LANE = (0.3, 0.7)
"""The car's own path, as shares of the picture's width."""
HISTORY = 5
"""Frames over which growth is measured; over two it drowns in the noise of the boxes."""
LEAST_OVERLAP = 0.3
ROAD_TOLERANCE = 24
"""Levels by which the blurred road may differ in each colour from the place where its region begins."""


class FreeRoad(Stage[Image, Mask]):
    """The region of even colour that begins at the middle of the picture's lower edge."""

    def process(self, batch: Sequence[Image]) -> Sequence[Mask]:
        return [self._road(image) for image in batch]

    def _road(self, image: Image) -> Mask:
        with part("segment"):
            smooth = cv2.GaussianBlur(image.pixels, (0, 0), 3)
            filled = np.zeros((image.height + 2, image.width + 2), np.uint8)
            begin, tolerance = (image.width // 2, image.height - 1), (ROAD_TOLERANCE,) * 3
            how = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
            cv2.floodFill(smooth, filled, begin, 0, tolerance, tolerance, how)
        with part("rle"):
            return Mask.encode(filled[1:-1, 1:-1], image.frame)


@dataclass(eq=False)
class Track:
    number: int
    class_id: int
    heights: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    """Of its box in the last frames, pixels."""

    def contact_s(self) -> float | None:
        """Seconds until 1/height, which is as the distance, is zero; None while new or not coming closer."""
        if len(self.heights) < HISTORY:
            return None
        slope, now = np.polyfit(np.arange(1 - HISTORY, 1) / FRAMES_PER_S, 1 / np.array(self.heights), 1)
        return float(-now / slope) if slope < 0 else None


class Tracker:
    """Best overlap within a class with the frame before, sure detections first: the state of one stream."""

    def __init__(self) -> None:
        self._last, self._count = Boxes.empty(Frame.root(1, 1)), 0
        self._tracks: list[Track] = []

    def update(self, found: Detections) -> list[Track]:
        """The track of each detection, in their order; what was not seen in the frame before gets a new one."""
        if self._tracks and found.frame.content != self._last.frame.content:
            raise InputError("the frames of one stream must have one size", hint="one pipeline a stream")
        last = Boxes(self._last.xyxy, found.frame)  # frames share coordinates by intent, not by descent
        tracks: list[Track] = []
        for shared, class_id in zip(iou(found.boxes, last), found.class_ids.tolist(), strict=True):
            known = [(o, t) for o, t in zip(shared, self._tracks, strict=True) if o >= LEAST_OVERLAP]
            free = [(o, t) for o, t in known if t.class_id == class_id and t not in tracks]
            self._count += not free
            tracks.append(max(free, key=lambda pair: pair[0])[1] if free else Track(self._count, class_id))
        for track, (_, top, _, bottom) in zip(tracks, found.boxes.xyxy.tolist(), strict=True):
            track.heights.append(bottom - top)
        self._last, self._tracks = found.boxes, tracks
        return tracks


@dataclass(frozen=True)
class Scene:
    action: Action
    reason: str
    clear: float  # share of free road in the lower quarter of the lane
    tracks: list[tuple[int, str]]


def plan(found: Detections, tracks: Sequence[Track], clear: float) -> tuple[Action, str]:
    """The rule: brake for what reaches the lane within 2 s, slow down within 4 s or without free road."""
    left, right = (share * found.frame.width for share in LANE)
    in_lane = (found.boxes.xyxy[:, 0] < right) & (found.boxes.xyxy[:, 2] > left)
    coming = [(s, t) for t, here in zip(tracks, in_lane, strict=True) if here and (s := t.contact_s())]
    time, nearest = min(coming, key=lambda pair: pair[0], default=(float("inf"), None))
    if nearest and time < SLOW_S:
        reason = f"{found.labels[nearest.class_id]} #{nearest.number} in {time:.1f} s"
        return ("brake" if time < BRAKE_S else "slow"), reason
    return ("slow", "no free road ahead") if clear < LEAST_CLEAR else ("keep", "the lane is free")


class Driving(Pipeline[Encoded, Scene]):
    """One camera: a pipeline a stream, one frame after the other."""

    def __init__(self, models: ModelManager) -> None:
        self.decode = Decode()
        self.detect = Detect(models["yolox-nano"])
        self.road = FreeRoad()
        self.tracker = Tracker()

    async def run(self, item: Encoded) -> Scene:
        image = await self.decode(item)
        found, road = await asyncio.gather(self.detect(image), self.road(image))
        with step("track"):
            tracks = self.tracker.update(found)
        with step("plan"):
            left, right = (int(share * image.width) for share in LANE)
            clear = float(road.pixels()[image.height * 3 // 4 :, left:right].mean())
            action, reason = plan(found, tracks, clear)
        return Scene(action, reason, clear, [(t.number, found.labels[t.class_id]) for t in tracks])


async def main(frames: list[Encoded]) -> None:
    async with Driving(ModelManager(search_path=Settings().model_path)) as pipeline:
        for frame in frames:
            print(frame.name, (await pipeline(frame)).data)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: driving.py FRAME...")
    try:
        asyncio.run(main([read_file(Path(name)) for name in sys.argv[1:]]))
    except SiseonError as error:
        sys.exit(f"{error.code}: {error.message}")
