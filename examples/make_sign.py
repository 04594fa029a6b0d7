"""Draws ``examples/sign.png``, the picture of the README: our own, so that the repository ships no one's photo."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 960, 600
LINES = [
    ("SEOUL LINE OF SIGHT", 58, 90),
    ("Opening hours", 44, 200),
    ("Monday to Friday  8:30 - 18:00", 40, 290),
    ("Saturday  10:00 - 14:00", 40, 360),
    ("Please ring twice", 34, 470),
]


def draw() -> Image.Image:
    """A dark board with light lettering, turned by two degrees as a photo would be."""
    board = Image.new("RGB", (WIDTH, HEIGHT), (31, 52, 60))
    pen = ImageDraw.Draw(board)
    pen.rounded_rectangle((24, 24, WIDTH - 24, HEIGHT - 24), 18, outline=(222, 210, 180), width=4)
    for text, size, y in LINES:
        pen.text((WIDTH / 2, y), text, font=ImageFont.load_default(size), fill=(240, 232, 210), anchor="mm")
    return board.rotate(2, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(140, 138, 130))


if __name__ == "__main__":
    draw().save(Path(__file__).with_name("sign.png"), optimize=True)
