"""Drums of real counters, one in each crop.

``python benchmarks/gauges/drums.py FOLDER``: the digit of a crop is the first part of its name (``7_x.jpg``), ``NaN``
where the drum is between two, or the crop shows something else. The whole crop is taken for the window.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.evaluate import ReadDisplay
from siseon.applications.gauges.digital.recogniser import MODEL, Display
from siseon.applications.gauges.digital.value import Form
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager


async def readings_of(paths: list[Path]) -> list[Reading]:
    """Of each crop."""
    found = []
    async with ReadDisplay(ModelManager()[MODEL]) as pipeline:
        for path in paths:
            image = decode(read_file(path).data)
            x, y = float(image.width), float(image.height)
            corners = np.array([(0.0, 0.0), (x, 0.0), (x, y), (0.0, y)])
            found.append((await pipeline((Display(image, corners), Form(counter=True, digits=1)))).data)
    return found


def main() -> None:
    paths = sorted(Path(sys.argv[1]).glob("*.jpg"))
    readings = asyncio.run(readings_of(paths))
    pairs = [(path.name.split("_")[0], reading) for path, reading in zip(paths, readings, strict=True)]
    digits = [(label, reading) for label, reading in pairs if reading.quality == "good"]
    right = sum(reading.text == label for label, reading in digits)
    at_rest = sum(label != "NaN" for label, _ in pairs)
    between = [reading for label, reading in pairs if label == "NaN"]
    print(f"{len(paths)} crops, {at_rest} with a digit")
    print(f"read as a digit {len(digits)}, right {right} ({right / len(digits):.2%})")
    print(
        f"of {len(between)} others: refused {sum(one.value is None for one in between)}, named as between two digits "
        f"{sum(one.quality == 'uncertain' for one in between)}, read {sum(one.quality == 'good' for one in between)}"
    )


if __name__ == "__main__":
    main()
