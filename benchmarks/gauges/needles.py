"""The needle finder alone, on crops of dials from 0 at the top clockwise to 10.

``python benchmarks/gauges/needles.py FOLDER``: the value of a crop is the first part of its name (``2.4_x.jpg``). The
middle of the crop is taken for that of the dial.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from siseon.applications.gauges.needle import find_needles
from siseon.applications.gauges.plane import homography
from siseon.media import read_file
from siseon.media.decode import decode

SCALE_RADIUS = 0.85
"""Of half a crop's side."""


def main() -> None:
    errors = []
    paths = sorted(Path(sys.argv[1]).glob("*.jpg"))
    for path in paths:
        image = decode(read_file(path).data)
        half = np.array([image.width, image.height]) / 2
        needles = find_needles(image.pixels, homography(half, np.diag(half), np.zeros(2)), SCALE_RADIUS)
        if needles:
            off = needles[0].angle / 36 - float(path.name.split("_")[0])
            errors.append(abs((off + 5) % 10 - 5))
    within = sum(error <= 0.2 for error in errors) / len(paths)
    print(f"{len(paths)} crops, {len(errors)} with a needle")
    print(f"median error {np.median(errors):.3f}, within 0.2 {within:.1%}")


if __name__ == "__main__":
    main()
