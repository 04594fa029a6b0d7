"""How honest a reading is out of focus: shares of the readings that are within the uncertainty that they state.

``python benchmarks/gauges/blur.py`` reads generated dials by a calibration, each blurred by so many pixels more
(standard deviation) and as noisy as a camera.
"""

from __future__ import annotations

import cv2
import numpy as np

from siseon.applications.gauges.generated import calibration_of, photo
from siseon.applications.gauges.reading import known_of, read_dial
from siseon.applications.gauges.scores import judged, scores

DIALS = range(1000, 1090)
BLURS = (0.0, 3.0, 4.5, 6.0)
NOISE = 3.0
"""Grey levels."""
WRONG = 0.02
"""Of full scale."""


def main() -> None:
    photos = [photo(index, "evaluation") for index in DIALS]
    print(f"{'blur px':>8} {'dials':>6} {'read':>5} {'wrong':>6} {'p95 %':>6} {'within':>7}")
    for blur in BLURS:
        found = []
        for index, one in zip(DIALS, photos, strict=True):
            pixels = one.image.pixels
            if blur:
                noise = np.random.default_rng(index).normal(0, NOISE, pixels.shape)
                soft = cv2.GaussianBlur(pixels, (0, 0), blur) + noise
                pixels = np.clip(soft, 0, 255).astype(np.uint8)
            reading = read_dial(pixels, known_of(calibration_of(one, seed=index)))
            ends = min(one.dial.numerals), max(one.dial.numerals)
            tolerance = WRONG * (ends[1] - ends[0])
            found.append(judged(f"dial {index}", [reading], one.value, tolerance, ends, one.dial.unit))
        total = scores(found)
        counts = f"{total.instruments:>6} {total.read:>5} {total.wrong:>6}"
        print(f"{blur:>8.1f} {counts} {total.p95:>6.2f} {total.within:>7.0%}")


if __name__ == "__main__":
    main()
