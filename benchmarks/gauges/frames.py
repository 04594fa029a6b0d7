"""How long a frame of a calibrated camera takes: found again after a push, and read.

``python benchmarks/gauges/frames.py`` prints milliseconds of processor time per frame of 640 × 480 and of 1280 × 720
pixels, on one thread: other programs do not count.
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.reading import known_of, read_dial
from siseon.applications.gauges.registration import Reference

PHOTOS = 30
PUSHED = np.array([[1, 0.02, 6], [-0.02, 1, -9], [0, 0, 1.0]])


def main() -> None:
    cv2.setNumThreads(1)
    print("| picture | part | ms: median | p95 |\n|---|---|---|---|")
    for width, height in ((640, 480), (1280, 720)):
        found, read = [], []
        for index in range(PHOTOS):
            before = photo(index, "evaluation")
            later = photo(index, "evaluation", view=PUSHED @ before.to_picture)
            one, two = (_on_canvas(each, width, height) for each in (before, later))
            known = known_of(calibration_of(before))
            reference = Reference(one, known.to_picture, numbered=True)
            started = time.thread_time()
            motion = reference.motion_to(two)
            middle = time.thread_time()
            read_dial(two, known if motion is None else known.moved(motion))
            found.append((middle - started) * 1000)
            read.append((time.thread_time() - middle) * 1000)
        for part, times in (("found", found), ("read", read), ("both", np.add(found, read))):
            print(
                f"| {width} × {height} | {part} | {np.median(times):.1f} | {np.percentile(times, 95):.1f} |"
            )


def _on_canvas(one: Photo, width: int, height: int) -> np.ndarray:
    """The photo with more of the wall to its right and below."""
    pixels = one.image.pixels
    below, right = height - pixels.shape[0], width - pixels.shape[1]
    return np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="reflect")


if __name__ == "__main__":
    main()
