"""Lines and columns in many scripts, in fonts that no threshold was chosen with, as pictures with a ``truth.json``.

``clean`` is dark on light or light on dark; ``photo`` is seen at an angle, unevenly lit, blurred, noisy and saved as a
JPEG. Each set is a folder of its own. The fonts are Debian's packages that ``lines.toml`` names; ``apt-get download``
and ``dpkg -x`` bring them without installing them. Run, then measure each folder::

    python benchmarks/scripts/generate.py OUT --fonts FOLDER
    siseon evaluate text OUT/clean/korean
"""

from __future__ import annotations

import argparse
import io
import json
import re
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

LOOKS = ("clean", "photo")
SIZES = (26, 64)
"""Pixels of type."""
PAGE = (720, 540)
"""Pixels, at least: a small picture is scaled up for the detector, which then takes lines apart."""
RUBY = 0.45
"""Size of ruby over that of its column."""
PITCH = 1.75
"""Columns' distance, over the size of their type: ruby stands between them."""
COLOURS = (
    ((20, 20, 20), (255, 255, 255)),
    ((30, 40, 90), (236, 228, 208)),
    ((150, 20, 30), (250, 240, 240)),
    ((255, 255, 255), (20, 60, 120)),
    ((250, 220, 60), (20, 30, 30)),
)
"""Ink and ground."""
Pixels = NDArray[np.uint8]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument(
        "--fonts", type=Path, default=Path("/usr/share/fonts"), help="searched with subfolders"
    )
    arguments.add_argument("--lines", type=Path, default=Path(__file__).parent / "lines.toml")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    sets = tomllib.loads(given.lines.read_text("utf-8"))
    for look in LOOKS:
        for name, one in sets.items():
            seed = [given.seed, zlib.crc32(name.encode()), LOOKS.index(look)]
            write(given.out / look / name, name, one, look, given.fonts, np.random.default_rng(seed))


def write(
    folder: Path, name: str, one: dict[str, Any], look: str, fonts: Path, rng: np.random.Generator
) -> None:
    """One set in one look."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [found(fonts, file) for file in one["fonts"]]
    entries = []
    for number, line in enumerate(one["lines"]):
        columns = line.split("|")
        size, path = int(rng.integers(*SIZES)), paths[number % len(paths)]
        colours = COLOURS[int(rng.integers(len(COLOURS)))] if rng.random() < 0.6 else COLOURS[0]
        picture = (
            typeset_columns(columns, path, size, *colours)
            if one.get("vertical")
            else typeset_rows(columns, path, size, *colours, direction=one.get("direction", "ltr"))
        )
        file = f"{number:02}.{'png' if look == 'clean' else 'jpg'}"
        picture = on_a_page(picture, rng)
        (folder / file).write_bytes(seen(picture, rng) if look == "photo" else png(picture))
        text = [re.sub(r"\{\w+\}", "", column) for column in columns]
        kind = f"{name}, vertical" if one.get("vertical") else name
        entries.append({"file": file, "kind": kind, "font": path.name, "text": text})
    (folder / "truth.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1), "utf-8")


def found(fonts: Path, file: str) -> Path:
    """The font's path.

    Raises:
        SystemExit: it is nowhere below the folder.
    """
    for path in sorted(fonts.rglob(file)):
        return path
    raise SystemExit(f"{file} is not below {fonts}: lines.toml names the packages")


def typeset_rows(
    rows: Sequence[str], path: Path, size: int, ink: Any, ground: Any, *, direction: str
) -> Image.Image:
    """One below the other."""
    pictures = [typeset(row, path, size, ink, ground, direction=direction) for row in rows]
    width, height = max(one.width for one in pictures), sum(one.height for one in pictures)
    whole, y = Image.new("RGB", (width, height), ground), 0
    for one in pictures:
        whole.paste(one, (0, y))
        y += one.height
    return whole


def typeset(line: str, path: Path, size: int, ink: Any, ground: Any, *, direction: str) -> Image.Image:
    font = ImageFont.truetype(str(path), size)
    left, top, right, bottom = font.getbbox(line, direction=direction)
    edge = size
    picture = Image.new("RGB", (int(right - left) + 2 * edge, int(bottom - top) + 2 * edge), ground)
    ImageDraw.Draw(picture).text((edge - left, edge - top), line, ink, font=font, direction=direction)
    return picture


def on_a_page(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Somewhere on an empty page of its ground."""
    width, height = max(PAGE[0], picture.width), max(PAGE[1], picture.height)
    page = Image.new("RGB", (width, height), picture.getpixel((0, 0)))
    at = rng.integers(0, [width - picture.width + 1, height - picture.height + 1])
    page.paste(picture, (int(at[0]), int(at[1])))
    return page


def typeset_columns(columns: Sequence[str], path: Path, size: int, ink: Any, ground: Any) -> Image.Image:
    """From the right, each from the top; a space as wide as a column between two is left for ruby."""
    font, small = ImageFont.truetype(str(path), size), ImageFont.truetype(str(path), round(RUBY * size))
    longest = max(sum(len(text) for text, _ in words(column)) for column in columns)
    width, height = round((len(columns) - 1) * PITCH * size) + size, round(longest * size * 1.05)
    picture = Image.new("RGB", (width + 3 * size, height + 2 * size), ground)
    draw = ImageDraw.Draw(picture)
    for number, column in enumerate(columns):
        x, y = size + width - size - number * PITCH * size, float(size)
        for text, ruby in words(column):
            draw.text((x + size / 2, y), text, ink, font=font, direction="ttb", anchor="mt", language="ja")
            length = font.getlength(text, direction="ttb")
            if ruby:
                beside = small.getlength(ruby, direction="ttb")
                at = (x + size * (1.02 + RUBY / 2), y + (length - beside) / 2)
                draw.text(at, ruby, ink, font=small, direction="ttb", anchor="mt", language="ja")
            y += length
    return picture


def words(column: str) -> Iterator[tuple[str, str]]:
    """Pieces of a column with their ruby, or without: one piece for all up to the next ruby."""
    for match in re.finditer(r"([一-鿿]+)\{(\w+)\}|((?:(?![一-鿿]+\{).)+)", column):
        yield (match[1], match[2]) if match[1] else (match[3], "")


def seen(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """A JPEG of a photo of it."""
    flat = np.asarray(picture)
    height, width = flat.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + rng.uniform(-0.12, 0.12, (4, 2)).astype(np.float32) * min(width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved - moved.min(axis=0))
    size = tuple(int(side) for side in np.ceil(np.ptp(moved, axis=0)))
    turned = cv2.warpPerspective(flat, matrix, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    light = cv2.resize(
        rng.uniform(0.55, 1.0, (2, 3)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR
    )
    blurred = cv2.GaussianBlur(turned, (0, 0), rng.uniform(0.6, 1.6))
    noisy = blurred * light[:, :, None] + rng.normal(0, rng.uniform(2, 9), blurred.shape)
    buffer = io.BytesIO()
    shot = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    shot.save(buffer, "JPEG", quality=int(rng.integers(45, 85)))
    return buffer.getvalue()


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
