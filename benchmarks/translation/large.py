"""Memory that the translation of one very large picture takes, as PNG and as JPEG.

``python benchmarks/translation/large.py [--width 11000] [--height 8000]``: a picture with 24 short texts, each format
in a process of its own. Printed: the peak of the process above what it has after a small picture, in megabytes and as
a multiple of the picture's own pixels (3 bytes each).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import resource

from PIL import Image, ImageDraw

from siseon.applications.translation import Translation, TranslationOptions
from siseon.applications.translation.fonts import face_for
from siseon.contracts import Encoded
from siseon.models import ModelManager

TEXTS = ("Please wash your hands", "The museum opens at nine", "Keep the door closed")
ROWS = 8


def _drawn(width: int, height: int, format: str) -> Encoded:
    picture = Image.new("RGB", (width, height), (240, 235, 220))
    face = face_for("".join(TEXTS), "en")
    if face is None:
        raise SystemExit("no font for Latin letters: apt install fonts-dejavu-core")
    font, draw = face.sized(max(8, width // 70)), ImageDraw.Draw(picture)
    for row in range(ROWS):
        for column, text in enumerate(TEXTS):
            at = width * (column + 0.1) / len(TEXTS), height * (row + 0.4) / ROWS
            draw.text(at, text, (20 * row, 0, 80), font=font)
    stream = io.BytesIO()
    picture.save(stream, format=format)
    return Encoded(stream.getvalue(), f"large.{format.lower()}")


def _peak() -> float:
    """Megabytes that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _measured(large: Encoded, small: Encoded) -> tuple[float, float]:
    async with Translation(
        ModelManager(), TranslationOptions(target="es", translator="none", terms=_TERMS)
    ) as one:
        await one(small)
        before = _peak()
        await one(large)
    return before, _peak()


def _run(large: Encoded, small: Encoded, pixels: int) -> None:
    before, after = asyncio.run(_measured(large, small))
    print(
        f"{large.name}: {before:.0f} MB after a small picture, at most {after:.0f} MB with the large one: "
        f"{after - before:.0f} MB more, {(after - before) * 2**20 / (3 * pixels):.1f} × its pixels"
    )


_TERMS = tuple(f"{text}=Texto" for text in TEXTS)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--width", type=int, default=11_000)
    parser.add_argument("--height", type=int, default=8_000)
    words = parser.parse_args()
    clean = multiprocessing.get_context("spawn")
    for format in ("PNG", "JPEG"):
        pictures = _drawn(words.width, words.height, format), _drawn(1100, 800, format)
        process = clean.Process(target=_run, args=(*pictures, words.width * words.height))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
