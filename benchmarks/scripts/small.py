"""Small print in photos, with a ``truth.json``: what a look at a smaller scale would lose.

Lines of type of 8 to 24 pixels stand in photos whose long side is 240 to 1920 pixels, three a photo, in rows, on the
photo itself or on a label; ``clean`` as drawn, ``photo`` blurred, noisy and saved as a JPEG. Each size of type in each
size of photo is a set. What else is written in a photo is not in its truth (``partial``): it is not counted.
Run, then measure as what ``generate.py`` writes::

    python benchmarks/scripts/small.py OUT --photos FOLDER --fonts FOLDER
    python benchmarks/scripts/measure.py OUT
"""

from __future__ import annotations

import argparse
import io
import json
import tomllib
import zlib
from pathlib import Path

import cv2
import numpy as np
from generate import LOOKS, found, png
from PIL import Image, ImageDraw, ImageFont

TYPES = (8, 10, 12, 16, 24)
"""Pixels of type."""
SIDES = {240: 8, 320: 8, 640: 6, 1280: 4, 1920: 2}
"""Pixels of the long side, and photos of it in each set."""
LEAST_SIDE = 400
"""Pixels of the short side of the photos that are taken, before they are scaled."""
SETS = ("latin", "han", "japanese")
LINES = 3
LABELLED = 0.4
"""Share of lines on a label."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--photos", type=Path, required=True)
    arguments.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts"))
    arguments.add_argument("--lines", type=Path, default=Path(__file__).parent / "lines.toml")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    sets = tomllib.loads(given.lines.read_text("utf-8"))
    texts = [
        (line, found(given.fonts, sets[name]["fonts"][number % len(sets[name]["fonts"])]))
        for name in SETS
        for number, line in enumerate(sets[name]["lines"])
    ]
    photos = [photo for path in sorted(given.photos.iterdir()) if (photo := large(path)) is not None]
    for look in LOOKS:
        for side, count in SIDES.items():
            for size in TYPES:
                name = f"type_{size:02}_in_{side:04}"
                rng = np.random.default_rng([given.seed, zlib.crc32(name.encode()), LOOKS.index(look)])
                folder = given.out / look / name
                folder.mkdir(parents=True, exist_ok=True)
                entries = []
                for number in range(count):
                    photo = scaled(photos[int(rng.integers(len(photos)))], side)
                    written = write(photo, texts, size, rng)
                    file = f"{number:02}.{'png' if look == 'clean' else 'jpg'}"
                    (folder / file).write_bytes(png(photo) if look == "clean" else shot(photo, rng))
                    entries.append({"file": file, "kind": name, "truth": "partial", "text": written})
                (folder / "truth.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1), "utf-8")


def large(path: Path) -> Image.Image | None:
    photo = Image.open(path)
    return photo.convert("RGB") if min(photo.size) >= LEAST_SIDE else None


def scaled(photo: Image.Image, side: int) -> Image.Image:
    """A copy whose long side is of so many pixels."""
    scale = side / max(photo.size)
    return photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)


def write(
    photo: Image.Image, texts: list[tuple[str, Path]], size: int, rng: np.random.Generator
) -> list[str]:
    """Draw lines that have room, each in a band of its own; returns them from the top."""
    draw, band, written = ImageDraw.Draw(photo), photo.height // LINES, []
    for at in rng.permutation(len(texts)):
        line, path = texts[int(at)]
        font = ImageFont.truetype(str(path), size)
        left, top, right, bottom = (int(value) for value in font.getbbox(line))
        width, height = right - left, bottom - top
        if width > photo.width - 2 * size:
            continue
        x = int(rng.integers(size, photo.width - width - size + 1))
        y = len(written) * band + int(rng.integers(size // 2, max(size, band - height - size // 2)))
        box = (x - size // 2, y - size // 2, x + width + size // 2, y + height + size // 2)
        ink = (15, 15, 15) if np.asarray(photo.crop(box), np.float32).mean() > 127 else (245, 245, 245)
        if rng.random() < LABELLED:
            draw.rectangle(box, fill=(240, 238, 230) if ink[0] < 127 else (30, 40, 60))
        draw.text((x - left, y - top), line, ink, font=font)
        written.append(line)
        if len(written) == LINES:
            break
    return written


def shot(photo: Image.Image, rng: np.random.Generator) -> bytes:
    """A JPEG of it, a little out of focus."""
    blurred = cv2.GaussianBlur(np.asarray(photo, np.float32), (0, 0), rng.uniform(0.4, 0.8))
    noisy = blurred + rng.normal(0, rng.uniform(1, 5), blurred.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(
        buffer, "JPEG", quality=int(rng.integers(60, 90))
    )
    return buffer.getvalue()


if __name__ == "__main__":
    main()
