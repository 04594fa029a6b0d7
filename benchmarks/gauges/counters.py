"""Why counters are not read by sight: generated ones of letters that nothing was trained with, step by step.

``python benchmarks/gauges/counters.py --counters 60 --first 0``: how many have as many drums as a counter by sight must
have, of these how many windows are found as a counter's, and of these how sure the recogniser is of their digits, and
whether it is right. What is read is what it is surer of than 0.95.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator

import numpy as np

from siseon.applications.gauges.digital.alphabet import STYLES
from siseon.applications.gauges.digital.read import WINDOW, without_points
from siseon.applications.gauges.digital.recogniser import MODEL, Display
from siseon.applications.gauges.digital.sight import COUNTER, LEAST_DRUMS
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.digital.window import Box, window_in
from siseon.applications.gauges.generated.digital import DisplayPhoto, display_photo
from siseon.applications.gauges.instruments import MODEL as FINDER
from siseon.applications.gauges.instruments import FindInstruments
from siseon.applications.gauges.pipeline import boxes_of
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.models import ModelManager

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 1.001)
LEAST_OVERLAP = 0.4
"""Intersection over union of a box and the upright box around the window that it is to be of."""


class Looks(Pipeline[Image, list[tuple[Box, str, float, bool]]]):
    """Windows of counters in a picture: the box, the digits, how sure, and whether they are seen to be drums."""

    def __init__(self, models: ModelManager) -> None:
        self.find = FindInstruments(models[FINDER])
        self.read = ReadDigits(models[MODEL])

    async def run(self, item: Image) -> list[tuple[Box, str, float, bool]]:
        found = []
        for box in boxes_of("counter", await self.find(item)):
            seen = without_points(await self.read(Display(item, window_in(item.pixels, box), WINDOW)))
            found.append((box, seen.text, seen.sureness, seen.styles[STYLES.index("counter")] >= COUNTER))
        return found


async def steps(number: int, first: int) -> Counter[str]:
    """What became of so many counters."""
    became: Counter[str] = Counter()
    async with Looks(ModelManager()) as looks:
        for photo in counters(number, first):
            shown = photo.face.text.replace(".", "")
            if len(shown) < LEAST_DRUMS:
                became["too few drums"] += 1
                continue
            corners = photo.corners()
            around = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
            found = [
                one for one in (await looks(photo.image)).data if overlap(one[0], around) > LEAST_OVERLAP
            ]
            if not found:
                became["not found"] += 1
                continue
            _, text, sure, drums = found[0]
            at = int(np.searchsorted(EDGES, sure, side="right")) - 1
            said = f"sure {EDGES[at]:.2f} to {min(EDGES[at + 1], 1.0):.2f}" if drums else "not seen as drums"
            became[f"{said}, {'right' if text == shown else 'wrong'}"] += 1
    return became


def counters(number: int, first: int) -> Iterator[DisplayPhoto]:
    """The first so many from an index on."""
    while number:
        photo = display_photo(first, "evaluation")
        first += 1
        if photo.face.style == "counter":
            number -= 1
            yield photo


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    return both / (sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (one, other)) - both)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counters", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    for what, number in sorted(asyncio.run(steps(options.counters, options.first)).items()):
        print(f"{number:4} {what}")


if __name__ == "__main__":
    main()
