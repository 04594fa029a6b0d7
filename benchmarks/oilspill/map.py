"""How long a frame takes on its way to the map, and a flight on its way to one map.

``python benchmarks/oilspill/map.py`` prints milliseconds of processor time on one thread, for a frame of 1280 × 720
pixels: what other programs do does not count. The classes are drawn by chance: a few slicks as a clean sea has them, or
hundreds of pieces as the worst mask has them. Then frames of one flight along a slick are made one map.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from siseon.applications.oilspill.contracts import Georeference, OilSpillResult  # noqa: E402
from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference  # noqa: E402
from siseon.applications.oilspill.georeference.geotiff import quicklook, write_picture  # noqa: E402
from siseon.applications.oilspill.georeference.warp import warped  # noqa: E402
from siseon.applications.oilspill.slicks import merged, outlined, placed  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine  # noqa: E402

WIDTH, HEIGHT = 1280, 720
TIMES = 9
SIGMAS = Sigmas(position_m=4, height_m=7, azimuth=0.5, tilt=0.3, roll=0.5, fov=0.01)
POSES = {
    "straight down": Pose(56.0, 10.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, SIGMAS),
    "oblique": Pose(56.0, 10.5, 500.0, 200.0, 25.0, 3.0, 50.0, 29.5, SIGMAS),
}
FLIGHTS = (40, 125, 250, 500)


def main() -> None:
    cv2.setNumThreads(1)
    print(machine())
    masks = {"few slicks": _classes(120, 0.0), "hundreds of pieces": _classes(12, 0.03)}
    picture = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    folder = Path(tempfile.mkdtemp())
    heads = ("plane", "outlines", "on the sea", "warp", "GeoTIFF", "look")
    print(f"{'view':>14} {'mask':>19} {'pieces':>7} " + " ".join(f"{head:>10}" for head in heads))
    for view, pose in POSES.items():
        for name, classes in masks.items():
            probability = np.full(classes.shape, 0.8, np.float32)
            plane = _plane(pose)
            slicks = outlined(classes, probability)
            laid = warped(picture, classes, plane)
            figures = [
                _ms(lambda pose=pose: _plane(pose)),
                _ms(lambda c=classes, p=probability: outlined(c, p)),
                _ms(lambda s=slicks, g=plane: placed(s, g)),
                _ms(lambda c=classes, g=plane: warped(picture, c, g)),
                _ms(lambda w=laid: write_picture(w, folder / "a.tif")),
                _ms(lambda w=laid: quicklook(w)),
            ]
            print(f"{view:>14} {name:>19} {len(slicks):>7} " + " ".join(f"{each:>10.1f}" for each in figures))
    print()
    print(f"{'frames':>7} {'one map, ms':>12} {'per frame':>10}")
    for count in FLIGHTS:
        flight = _flight(count, masks["few slicks"])
        took = _ms(lambda flight=flight: merged(flight), times=1)
        print(f"{count:>7} {took:>12.0f} {took / count:>10.1f}")


def _plane(pose: Pose) -> Georeference:
    found = georeference(pose, WIDTH, HEIGHT)
    if isinstance(found, str):
        raise SystemExit(found)
    return found


def _classes(side: int, speckles: float) -> np.ndarray:
    """Classes along the levels of smooth noise with features of ``side`` pixels; a share of the pixels is at chance."""
    rng = np.random.default_rng(3)
    small = rng.normal(size=(HEIGHT // side + 2, WIDTH // side + 2)).astype(np.float32)
    field = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    classes = np.digitize(field, [0.9, 1.2, 1.5]).astype(np.uint8)
    chance = rng.random(classes.shape) < speckles
    classes[chance] = rng.integers(0, 4, int(chance.sum()))
    return classes


def _flight(count: int, classes: np.ndarray) -> list[OilSpillResult]:
    """Frames 60 m apart on a straight line."""
    slicks = outlined(classes, np.full(classes.shape, 0.8, np.float32))
    frames = []
    for number in range(count):
        pose = Pose(56.0 + number * 60 / 111_320, 10.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, SIGMAS)
        plane = _plane(pose)
        frames.append(
            OilSpillResult(
                image_id=f"{number}.jpg",
                width=WIDTH,
                height=HEIGHT,
                verdict="oil",
                slicks=placed(slicks, plane),
                georeference=plane,
                time=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=2 * number),
            )
        )
    return frames


def _ms(work: Callable[[], object], times: int = TIMES) -> float:
    """The median of milliseconds of processor time of this thread."""
    work()
    took = []
    for _ in range(times):
        started = time.thread_time()
        work()
        took.append((time.thread_time() - started) * 1000)
    return float(np.median(took))


if __name__ == "__main__":
    main()
