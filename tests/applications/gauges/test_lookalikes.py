"""What looks like an instrument and is none, or is not all there, drawn and given to the whole application."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from loaded import loaded_models
from siseon.applications.gauges import Gauges
from siseon.applications.gauges.generated import photo
from siseon.applications.gauges.plane import on_circle
from siseon.contracts import Image

MIDDLE = np.array([320.0, 240.0])
BOARD = (20, 1, 18, 4, 13, 6, 10, 15, 2, 17, 3, 19, 7, 16, 8, 11, 14, 9, 12, 5)
CLOCK = (12, *range(1, 12))


def disc(words: Sequence[object], hands: Sequence[tuple[float, float]]) -> Image:
    """Words around a circle, a mark for each, and hands of (angle, length)."""
    picture = PillowImage.new("RGB", (640, 480), "grey")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((120, 40, 520, 440), fill="white", outline="black", width=6)

    def place(angle: float, radius: float) -> tuple[float, float]:
        x, y = MIDDLE + on_circle(angle, radius)
        return float(x), float(y)

    for number, word in enumerate(words):
        angle = 360 * number / len(words)
        pen.line((place(angle, 175), place(angle, 190)), fill="black", width=4)
        pen.text(place(angle, 150), str(word), fill="black", font=ImageFont.load_default(24), anchor="mm")
    for angle, length in hands:
        pen.line((place(angle, 0), place(angle, length)), fill="black", width=8)
    return Image.from_array(np.array(picture))


async def test_a_clock_a_dart_board_a_wheel_and_half_a_dial_are_refused() -> None:
    whole = photo(4, "evaluation", hardness="clean")
    half = whole.image.pixels.copy()
    x, _ = whole.points((0.0,), 0.0)[0]
    half[:, int(x) :] = 128
    pictures = {
        "clock": disc(CLOCK, [(50, 90), (190, 140)]),
        "dart board": disc(BOARD, [(77, 120)]),
        "wheel": disc([""] * 24, [(angle, 170) for angle in range(0, 360, 45)]),
        "half a dial": Image.from_array(half),
        "minutes whose 60 is not seen": disc(["", *range(5, 60, 5)], [(200, 140)]),
        "minutes whose 55 is not seen": disc([*range(0, 55, 5), ""], [(200, 140)]),
    }
    async with Gauges(loaded_models()) as gauges:
        for name, picture in pictures.items():
            readings = (await gauges(picture)).data.readings
            assert [reading.value for reading in readings] == [None] * len(readings), name
