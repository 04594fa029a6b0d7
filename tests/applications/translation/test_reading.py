"""Long pictures are read tile by tile, and each line once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from siseon.applications.text import Text, TextOptions
from siseon.applications.translation.reading import read_in_tiles
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.media.decode import decode
from siseon.models import ModelManager

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"


class Reading(Pipeline[Image, list]):
    def __init__(self):
        self.text = Text(ModelManager(), TextOptions())

    async def run(self, item):
        return (await read_in_tiles(self.text, item, TextOptions())).lines


async def test_a_strip_of_signs_is_read_in_full_and_each_line_once():
    sign = decode(SIGN.read_bytes()).pixels
    strip = Image.from_array(np.concatenate([sign] * 6))
    async with Reading() as reading:
        lines = (await reading(strip)).data

    told = [line.text for line in lines]
    for number in range(6):
        top, bottom = number * sign.shape[0], (number + 1) * sign.shape[0]
        inside = [line.text for line in lines if top <= line.polygon[0][1] < bottom]
        assert "Opening hours" in inside
        assert "Please ring twice" in inside
    assert told.count("Opening hours") == 6
    assert told.count("Please ring twice") == 6
