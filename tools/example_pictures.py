"""The pictures that the console offers where somebody has none at hand: made here, or free of rights.

    ./dev python tools/example_pictures.py

`sign` is `examples/sign.png`, `cup` the photo of `siseon demo` (CC0, Rachel Michetti), `dials` is drawn below, `sea`
comes from the generator that the oil spill network was trained with.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src" / "siseon" / "console" / "static" / "examples"
SMALL = 320
"""Longer side of what is shown to choose from."""
SEA, SIDE = 80, 512
FINE = 3
"""Everything is drawn so many times larger."""
BEGIN, SWEEP = 135.0, 270.0
"""Degrees clockwise from the right: of the first mark, and from there to the last."""


def main() -> None:
    """Write them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    write("sign", Image.open(ROOT / "examples" / "sign.png").convert("RGB"))
    write("cup", Image.open(ROOT / "src" / "siseon" / "cli" / "coffee.jpg").convert("RGB"))
    write("dials", dials())
    sys.path.insert(0, str(ROOT / "training"))
    from oilspill.scenes import scene

    write("sea", Image.fromarray(scene(SEA, side=SIDE, oil=True).pixels))


def write(name: str, picture: Image.Image) -> None:
    """The picture, and a small one to choose it by."""
    picture.save(TARGET / f"{name}.jpg", quality=86, optimize=True)
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    small.save(TARGET / f"{name}-small.jpg", quality=80, optimize=True)
    print(name, picture.size, (TARGET / f"{name}.jpg").stat().st_size)


def dials() -> Image.Image:
    """Two instruments on a panel."""
    width, height = 960, 540
    rng = np.random.default_rng(7)
    shade = np.linspace(128, 96, height)[:, None] + np.linspace(0, 14, width)[None, :]
    grain = rng.normal(0, 1, (height, width)).cumsum(axis=1)
    grain -= grain.mean(axis=1, keepdims=True)
    panel = np.clip(shade + np.clip(grain * 0.15, -5, 5), 0, 255).astype(np.uint8)
    ground = Image.fromarray(np.stack([panel, panel, np.clip(panel * 1.04, 0, 255).astype(np.uint8)], axis=2))
    ground = ground.resize((width * FINE, height * FINE), Image.Resampling.BICUBIC)
    dial(ground, (240, 270), 165, 10, 2, 6.4, "bar")
    dial(ground, (720, 270), 165, 120, 20, 52, "°C")
    return ground.resize((width, height), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.5))


def dial(
    ground: Image.Image,
    middle: tuple[int, int],
    radius: int,
    most: float,
    step: float,
    value: float,
    unit: str,
) -> None:
    """One round instrument."""
    pen = ImageDraw.Draw(ground)
    x, y, r = middle[0] * FINE, middle[1] * FINE, radius * FINE

    def disc(share: float, colour: tuple[int, int, int]) -> None:
        pen.ellipse((x - share * r, y - share * r, x + share * r, y + share * r), fill=colour)

    def at(share: float, angle: float) -> tuple[float, float]:
        turn = math.radians(angle)
        return x + share * r * math.cos(turn), y + share * r * math.sin(turn)

    for share, colour in (
        (1.12, (52, 55, 58)),
        (1.08, (150, 154, 157)),
        (1.02, (60, 63, 66)),
        (1.0, (246, 245, 240)),
    ):
        disc(share, colour)
    font = ImageFont.truetype("DejaVuSans.ttf", round(0.135 * r))
    marks = round(most / step)
    for small in range(marks * 5 + 1):
        angle = BEGIN + SWEEP * small / (marks * 5)
        large = small % 5 == 0
        pen.line(
            (*at(0.92, angle), *at(0.80 if large else 0.86, angle)), (20, 20, 20), (5 if large else 2) * FINE
        )
        if large:
            pen.text(at(0.65, angle), f"{step * small / 5:g}", (20, 20, 20), font, anchor="mm")
    pen.text((x, y + 0.42 * r), unit, (20, 20, 20), font, anchor="mm")
    angle = BEGIN + SWEEP * value / most
    pen.polygon(
        (at(0.82, angle), at(0.05, angle + 90), at(0.2, angle + 180), at(0.05, angle - 90)), (176, 24, 20)
    )
    disc(0.08, (30, 30, 30))


if __name__ == "__main__":
    main()
