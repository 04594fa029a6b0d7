"""Decoders of JPEG on a 12-megapixel photo: full size, and at a quarter of it.

Run: ``python benchmarks/decode.py [PHOTO]``; without a photo one is made of noise and gradients.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from machine import machine
from PIL import Image

from siseon.media.decode import decode

WIDTH, HEIGHT = 4000, 3000
REPEATS = 7


def twelve_megapixels(source: Path | None) -> bytes:
    """The photo scaled to 12 megapixels, or a synthetic one; JPEG, quality 90."""
    if source is not None:
        picture = Image.open(source).convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    else:
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
        noise = np.random.default_rng(0).integers(0, 30, (HEIGHT, WIDTH))
        bands = [x * 220 // WIDTH + noise, y * 220 // HEIGHT + noise, (x + y) * 110 // WIDTH + noise]
        picture = Image.fromarray(np.clip(np.stack(bands, axis=2), 0, 255).astype(np.uint8))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def pillow_quarter(data: bytes) -> object:
    picture = Image.open(io.BytesIO(data))
    picture.draft("RGB", (WIDTH // 4, HEIGHT // 4))
    return np.asarray(picture)


def main() -> None:
    cv2.setNumThreads(1)
    data = twelve_megapixels(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    array = np.frombuffer(data, np.uint8)
    full: dict[str, Callable[[], object]] = {
        "Pillow": lambda: np.asarray(Image.open(io.BytesIO(data)).convert("RGB")),
        "OpenCV (BGR)": lambda: cv2.imdecode(array, cv2.IMREAD_COLOR),
        "simplejpeg": lambda: simplejpeg.decode_jpeg(data, "RGB"),
        "siseon (bounds, EXIF, ICC)": lambda: decode(data),
    }
    quarter: dict[str, Callable[[], object]] = {
        "Pillow": lambda: pillow_quarter(data),
        "OpenCV (BGR)": lambda: cv2.imdecode(array, cv2.IMREAD_REDUCED_COLOR_4),
        "simplejpeg": lambda: simplejpeg.decode_jpeg(
            data, "RGB", min_width=WIDTH // 4, min_height=HEIGHT // 4
        ),
        "siseon (bounds, EXIF, ICC)": lambda: decode(data, max_side=WIDTH // 4),
    }
    print(machine())
    print(f"{len(data) / 1e6:.1f} MB JPEG, {WIDTH} x {HEIGHT}, one thread, best of {REPEATS}\n")
    print("| decoder | full, ms | against Pillow | quarter, ms | against Pillow |")
    print("|---|---|---|---|---|")
    times = {name: (best(full[name]), best(quarter[name])) for name in full}
    for name, (whole, part) in times.items():
        ratios = times["Pillow"][0] / whole, times["Pillow"][1] / part
        print(f"| {name} | {whole * 1e3:.1f} | {ratios[0]:.2f} × | {part * 1e3:.1f} | {ratios[1]:.2f} × |")


def best(call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
