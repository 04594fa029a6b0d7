"""Pictures of a drone over a drawn sea with oil on it, with the positions that a drone writes, as a job of a service.

For the console's pictures and tests; ``benchmarks/oilspill/flight.py`` measures with a flight of its own.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
from PIL import Image

from siseon.applications.oilspill.position.photo.blocks import XMP_START

WIDTH, HEIGHT = 1280, 720
HEIGHT_M, HFOV = 300.0, 60.0
GSD_M = 2 * HEIGHT_M * np.tan(np.radians(HFOV / 2)) / WIDTH
HOME = (126.12, 36.84)
"""Off Taean, where the Hebei Spirit lost its oil in 2007."""
DEGREE_M = 111_320.0
TILE = 1024
XMP = """<x:xmpmeta><rdf:Description drone-dji:RelativeAltitude="+{height}" drone-dji:GpsLatitude="{latitude:.7f}"
 drone-dji:GpsLongitude="{longitude:.7f}" drone-dji:GimbalPitchDegree="-90.0" drone-dji:GimbalYawDegree="0.0"
 drone-dji:GimbalRollDegree="0.0" drone-dji:FlightYawDegree="0.0"/></x:xmpmeta>"""
SLICKS = (
    (40, 30, 120, 38, 0.5),
    (330, 70, 80, 30, -0.3),
    (560, -20, 46, 22, 0.2),
    (250, 210, 30, 18, 0.0),
    (610, 230, 70, 26, 0.9),
)
"""Metres east and north of home, half axes, turn."""
LEGS = ((0.0, (0.0, 200.0, 400.0, 600.0)), (160.0, (600.0, 400.0, 200.0, 0.0)))
SHOTS = tuple((east, north) for north, leg in LEGS for east in leg)
OPTIONS = {"hfov": HFOV}


def pictures(
    shots: Sequence[tuple[float, float]] = SHOTS, home: tuple[float, float] = HOME
) -> Iterator[bytes]:
    """JPEGs of a look straight down at each of these metres east and north of home."""
    random = np.random.default_rng(5)
    sea, film = _texture(random), _texture(random)
    for number, (east, north) in enumerate(shots):
        longitude = home[0] + east / (DEGREE_M * np.cos(np.radians(home[1])))
        place = {"latitude": home[1] + north / DEGREE_M, "longitude": (longitude + 180) % 360 - 180}
        yield _with_place(
            _drawn(east, north, sea, film), place, f"2026:06:01 03:{number // 6:02}:{number % 6 * 10:02}"
        )


def _drawn(east: float, north: float, sea: np.ndarray, film: np.ndarray) -> np.ndarray:
    columns = (np.arange(WIDTH) + round(east / GSD_M)) % TILE
    rows = (np.arange(HEIGHT) - round(north / GSD_M)) % TILE
    waves, ripples = sea[np.ix_(rows, columns)][:, :, None], film[np.ix_(rows, columns)][:, :, None]
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    for x, y, across, along, turn in SLICKS:
        swell = 1 + 0.22 * np.sin(3 * angles + x) + 0.1 * np.sin(7 * angles + y)
        right, up = across * swell * np.cos(angles), along * swell * np.sin(angles)
        at_x = x - east + right * np.cos(turn) - up * np.sin(turn)
        at_y = y - north + right * np.sin(turn) + up * np.cos(turn)
        ring = np.stack([at_x / GSD_M + WIDTH / 2, -at_y / GSD_M + HEIGHT / 2], axis=1)
        cv2.fillPoly(cover, [np.round(ring * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(cover, (0, 0), 1.2)[:, :, None].astype(np.float32) / 255
    water = np.array((34, 70, 92), np.float32) * (1 + 0.16 * waves)
    oil = np.array((186, 100, 40), np.float32) * (1 + 0.12 * ripples + 0.03 * waves)
    return np.clip(water * (1 - share) + oil * share, 0, 255).astype(np.uint8)


def _texture(random: np.random.Generator) -> np.ndarray:
    """(TILE, TILE) float32 about 0, without a seam."""
    found = np.zeros((TILE, TILE), np.float32)
    for cells, part in ((8, 0.4), (32, 0.5), (128, 0.6), (512, 0.8)):
        noise = np.pad(random.normal(0, 1, (cells, cells)).astype(np.float32), 2, mode="wrap")
        wide = cv2.resize(noise, None, fx=TILE / cells, fy=TILE / cells)
        edge = 2 * TILE // cells
        found += part * wide[edge : edge + TILE, edge : edge + TILE]
    return found / found.std()


def _with_place(pixels: np.ndarray, place: Mapping[str, float], time_utc: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9000: b"0232", 0x9003: time_utc, 0x9011: "+00:00"})
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90, exif=exif)
    segment = XMP_START + XMP.format(height=HEIGHT_M, **place).encode()
    plain = out.getvalue()
    return plain[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]


def hand_in(address: str, files: Mapping[str, bytes]) -> str:
    """A job of these files; its id."""
    asked = {"application": "oilspill", "options": OPTIONS, "pictures": True}
    with httpx.Client(base_url=address, timeout=60) as client:
        sent = [("files", (name, data, "image/jpeg")) for name, data in files.items()]
        answer = client.post("/v1/jobs", data={"job": json.dumps(asked)}, files=sent)
        answer.raise_for_status()
        return str(answer.json()["id"])


def done(address: str, job: str, within_s: float = 240.0) -> None:
    """Until all of a job is made.

    Raises:
        TimeoutError: it takes longer.
    """
    until = time.monotonic() + within_s
    with httpx.Client(base_url=address, timeout=60) as client:
        while time.monotonic() < until:
            told = client.get(f"/v1/jobs/{job}").raise_for_status().json()
            if told["conclusion"] and told["conclusion"]["state"] in ("done", "failed"):
                return
            time.sleep(0.2)
    raise TimeoutError(f"job {job} was not done within {within_s:g} seconds")


@contextmanager
def worker(folder: Path, application: str = "oilspill") -> Iterator[None]:
    """One beside a service that keeps its jobs in this folder."""
    environment = {**os.environ, "SISEON_CACHE_DIR": str(folder)}
    command = [sys.executable, "-m", "siseon", "worker", "--applications", application]
    with (folder / f"{application}-worker.log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env=environment, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
