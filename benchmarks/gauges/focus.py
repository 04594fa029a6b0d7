"""What becomes of displays that are out of focus, where a point or a colon is lost before any digit is.

``python benchmarks/gauges/focus.py --displays 400 --first 0`` reads generated displays of segments and dots by their
corners, each blurred by so many pixels more (standard deviation) and as noisy as a camera. *Good and wrong* are those
whose readings are not marked as uncertain.
"""

from __future__ import annotations

import argparse
import asyncio

import cv2
import numpy as np

from siseon.applications.gauges.digital.evaluate import ReadDisplay, judged_display, marked
from siseon.applications.gauges.digital.recogniser import MODEL
from siseon.applications.gauges.generated.digital import display_photo
from siseon.contracts import Image
from siseon.models import ModelManager

BLURS = (0.0, 1.5, 2.5, 3.5)
NOISE = 2.0
"""Grey levels."""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--displays", type=int, default=400)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.displays)
    photos = [(index, display_photo(index, "evaluation")) for index in numbers]
    photos = [(index, one) for index, one in photos if one.face.style in ("segments", "matrix")]
    print(f"{'blur px':>8} {'displays':>9} {'read':>5} {'good':>5} {'wrong':>6} {'good and wrong':>15}")
    async with ReadDisplay(ModelManager()[MODEL]) as pipeline:
        for blur in BLURS:
            found = []
            for index, one in photos:
                display, form = marked(one, index)
                pixels = one.image.pixels
                if blur:
                    noise = np.random.default_rng(index).normal(0, NOISE, pixels.shape)
                    soft = cv2.GaussianBlur(pixels, (0, 0), blur) + noise
                    pixels = np.clip(soft, 0, 255).astype(np.uint8)
                reading = (await pipeline((display._replace(image=Image.from_array(pixels)), form))).data
                found.append(judged_display(index, one, [reading]))
            read = [one for one in found if one.read]
            good = [one for one in read if one.reading.quality == "good"]
            wrong, silent = (sum(not one.exact for one in those) for those in (read, good))
            print(f"{blur:>8.1f} {len(found):>9} {len(read):>5} {len(good):>5} {wrong:>6} {silent:>15}")


if __name__ == "__main__":
    asyncio.run(main())
