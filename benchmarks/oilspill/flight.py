"""A flight of many frames through ``siseon run oilspill``, against what is known of it since it was drawn.

``python benchmarks/oilspill/flight.py [--frames 40 500] [--killed 40] [--folder FOLDER]``: straight-down frames of
1280 × 720 in legs of 25, 300 m above a drawn sea with slicks of emulsion, their positions in a table; one frame in the
middle is broken. For each run: the seconds until so many frames were written down, and the most memory until then; how
far area and positions are off. Then where the time goes, step by step, in processor time of all threads of one process:
what other programs do hardly counts there. ``--killed``: a run of so many frames is ended by SIGKILL half-way and
resumed; its files must be those of a run that nobody has ended.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from pyproj import Geod
from shapely import Polygon, box, union_all
from shapely.geometry.base import BaseGeometry

from siseon.applications.concluding import Answered
from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.oilspill.flight import conclude, flown
from siseon.applications.oilspill.georeference import georeference, pose_of
from siseon.applications.oilspill.georeference.geotiff import write_picture
from siseon.applications.oilspill.georeference.warp import warped
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.sea import MODEL, SeeTheSea
from siseon.applications.oilspill.show import draw
from siseon.applications.oilspill.slicks import outlined, placed
from siseon.contracts import Encoded
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.models import ModelManager

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine

WIDTH, HEIGHT = 1280, 720
HEIGHT_M, HFOV, HEADING = 300.0, 60.0, 20.0
GSD_M = 2 * HEIGHT_M * np.tan(np.radians(HFOV / 2)) / WIDTH
HOME = (10.5, 56.0)
LEG, ALONG_M, ACROSS_M = 25, 80.0, 250.0
"""Frames of a leg, and metres from frame to frame and from leg to leg: a frame shows 346 × 195."""
SLICK_EVERY_M = 500.0
TILE = 2048
SAMPLED = 8
"""Frames of which the steps are measured."""
SPEED_MS = 40.0
MARKS = (40, 125, 250, 500)
COLUMNS = (
    "file", "time", "longitude", "latitude", "height_m", "hfov", "platform_heading", "platform_pitch",
    "platform_roll", "sensor_azimuth", "sensor_elevation", "sensor_roll",
)  # fmt: skip
WGS84 = Geod(ellps="WGS84")
T = TypeVar("T")


@dataclass(frozen=True)
class Shot:
    """A frame: where its middle is, in metres right and up from home as the camera's picture is turned."""

    name: str
    right: float
    up: float

    @property
    def place(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        bearing = np.degrees(np.arctan2(self.right, self.up)) + HEADING
        east, north, _ = WGS84.fwd(*HOME, bearing, np.hypot(self.right, self.up))
        return float(east), float(north)

    @property
    def footprint(self) -> BaseGeometry:
        """In the same metres."""
        across, up = WIDTH * GSD_M / 2, HEIGHT * GSD_M / 2
        return box(self.right - across, self.up - up, self.right + across, self.up + up)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[40, 500])
    parser.add_argument("--killed", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="for the frames and what is made of them")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = asked.folder or Path(scratch)
        for count in asked.frames:
            shots = drawn(folder / str(count), count)
            print(_ran(shots, folder / str(count), folder / f"out-{count}"), flush=True)
        if asked.killed:
            shots = drawn(folder / "killed", asked.killed)
            print(_killed(shots, folder / "killed", folder), flush=True)
        last = asked.frames[-1]
        marks = [one for one in MARKS if one <= last]
        _steps(folder / str(last), folder / f"out-{last}" / "results.jsonl", marks)


def drawn(folder: Path, count: int) -> list[Shot]:
    """The frames, and ``frames.csv`` beside them; the one in the middle is no picture."""
    folder.mkdir(parents=True, exist_ok=True)
    shots = [
        Shot(
            f"frame-{n:04d}.jpg",
            n // LEG * ACROSS_M,
            (n % LEG if n // LEG % 2 == 0 else LEG - 1 - n % LEG) * ALONG_M,
        )
        for n in range(count)
    ]
    sea, oil = _texture(1), _texture(2)
    slicks = list(_slicks(shots))
    with (folder / "frames.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, shot in enumerate(shots):
            facts = (1_777_880_000 + number * ALONG_M / SPEED_MS, *shot.place, HEIGHT_M, HFOV)
            rows.writerow((shot.name, *facts, HEADING, 0, 0, 0, -90, 0))
            broken = number == count // 2
            (folder / shot.name).write_bytes(b"half a pict" if broken else _picture(shot, sea, oil, slicks))
    return shots


def _texture(seed: int) -> np.ndarray:
    """(TILE, TILE) float32 about 1, without a seam."""
    rng = np.random.default_rng(seed)
    found = np.zeros((TILE, TILE), np.float32)
    for cells, part in ((16, 0.4), (64, 0.5), (256, 0.6), (1024, 0.8)):
        noise = rng.normal(0, 1, (cells, cells)).astype(np.float32)
        wide = cv2.resize(np.pad(noise, 2, mode="wrap"), None, fx=TILE / cells, fy=TILE / cells)
        edge = 2 * TILE // cells
        found += part * wide[edge : edge + TILE, edge : edge + TILE]
    return found / found.std()


def _slicks(shots: Sequence[Shot]) -> Iterator[Polygon]:
    """One about every ``SLICK_EVERY_M``."""
    rng = np.random.default_rng(12)
    for right in np.arange(0, max(shot.right for shot in shots) + SLICK_EVERY_M, SLICK_EVERY_M):
        for up in np.arange(100, LEG * ALONG_M, SLICK_EVERY_M):
            angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
            radii = rng.uniform(30, 60) * (
                1 + 0.25 * np.sin(angles * 3 + rng.uniform(0, 6)) * rng.uniform(0.3, 1)
            )
            middle = np.array([right, up]) + rng.uniform(-60, 60, 2)
            yield Polygon(middle + radii[:, None] * np.stack([1.5 * np.cos(angles), np.sin(angles)], axis=1))


def _picture(shot: Shot, sea: np.ndarray, oil: np.ndarray, slicks: Sequence[Polygon]) -> bytes:
    """A JPEG."""
    columns = (np.arange(WIDTH) + round(shot.right / GSD_M)) % TILE
    rows = (np.arange(HEIGHT) - round(shot.up / GSD_M)) % TILE
    waves = sea[np.ix_(rows, columns)][:, :, None]
    pixels = np.array((34, 70, 92), np.float32) * (1 + 0.16 * waves)
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    for slick in slicks:
        if slick.intersects(shot.footprint):
            metres = np.array(slick.exterior.coords) - (shot.right, shot.up)
            at = metres * (1, -1) / GSD_M + (WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5)
            cv2.fillPoly(cover, [np.round(at * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(cover, (0, 0), 1.2)[:, :, None].astype(np.float32) / 255
    film = np.array((186, 100, 40), np.float32) * (
        1 + 0.12 * oil[np.ix_(rows, columns)][:, :, None] + 0.03 * waves
    )
    mixed = np.clip(pixels * (1 - share) + film * share, 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", mixed[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1])


def _command(frames: Path, out: Path, *more: str) -> list[str]:
    table = f"sidecar={frames / 'frames.csv'}"
    return [
        sys.executable,
        "-m",
        "siseon",
        "run",
        "oilspill",
        str(frames),
        "--set",
        table,
        "--out",
        str(out),
        *more,
    ]


def _ran(shots: Sequence[Shot], frames: Path, out: Path) -> str:
    """What a run has taken and found, in lines."""
    load, started = os.getloadavg()[0], time.perf_counter()
    said: list[str] = []
    with subprocess.Popen(
        _command(frames, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for mark in (one for one in MARKS if one <= len(shots)):
            while process.poll() is None and _count(out) < mark:
                time.sleep(0.1)
            since = time.perf_counter() - started
            said.append(f"{mark} frames {since:.0f} s, {since / mark:.2f} a frame, {_memory_mb(process.pid)}")
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    took = time.perf_counter() - started
    said.append(f"to the end {took:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} s of processor time")
    said.append(f"{usage.ru_maxrss / 1024:.0f} MB at most")
    results = _results(out)
    told, true = _areas(shots, results)
    places = {shot.name: shot.place for shot in shots}
    away = [
        WGS84.inv(*places[one.image_id], *np.mean(one.georeference.corners[:-1], axis=0))[2]
        for one in results
        if one.georeference is not None
    ]
    area = f"{told:,.0f} m² of {true:,.0f} that were drawn ({told / true - 1:+.1%})"
    return (
        f"{len(shots)} frames, load {load:.1f} at the start: {'; '.join(said)}; {len(results)} answered, area {area}; "
        f"middles of {len(away)} frames at most {max(away):.2f} m away"
    )


def _count(out: Path) -> int:
    file = out / "results.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _memory_mb(process: int) -> str:
    status = Path(f"/proc/{process}/status").read_text()
    peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return f"{int(peak[0]) / 1024:.0f} MB" if peak else "ended"


def _areas(shots: Sequence[Shot], results: Sequence[OilSpillResult]) -> tuple[float, float]:
    """Square metres of oil as the flight's map has them, and as they were drawn where an answered frame looked."""
    answered = {one.image_id for one in results}
    seen = union_all([shot.footprint for shot in shots if shot.name in answered])
    true = union_all(list(_slicks(shots))).intersection(seen).area
    return sum(one.area_m2 for one in flown(results).slicks), true


def _results(out: Path) -> list[OilSpillResult]:
    lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    return [OilSpillResult.model_validate(line["result"]["data"]) for line in lines if "result" in line]


def _killed(shots: Sequence[Shot], frames: Path, folder: Path) -> str:
    """A run that is ended by SIGKILL when half of its lines are there, and resumed, beside a whole one."""
    whole, cut = folder / "out-whole", folder / "out-cut"
    subprocess.run(_command(frames, whole, "--in-flight", "1"), check=False, capture_output=True)
    with subprocess.Popen(_command(frames, cut, "--in-flight", "1"), stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            if (cut / "results.jsonl").exists() and len(_results(cut)) >= len(shots) // 2:
                process.kill()
                break
            time.sleep(0.05)
    before = len(_results(cut))
    subprocess.run(_command(frames, cut, "--in-flight", "1", "--resume"), check=False, capture_output=True)
    names = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    kept = {name for name in names if name.name not in ("results.jsonl", ".siseon.json")}
    other = [str(name) for name in kept if (whole / name).read_bytes() != (cut / name).read_bytes()]
    same = _results(whole) == _results(cut)
    return (
        f"killed after {before} of {len(shots)} frames and resumed: results {'the same' if same else 'NOT THE SAME'}, "
        f"{len(kept) - len(other)} of {len(kept)} files the same{': not ' + ', '.join(other[:8]) if other else ''}"
    )


def _steps(frames: Path, results: Path, counts: Sequence[int]) -> None:
    """Milliseconds a frame of processor time, by step."""
    stage = SeeTheSea(ModelManager()[MODEL])
    stage.setup()
    told = _results(results.parent)
    sample = told[:: max(1, len(told) // SAMPLED)][:SAMPLED]
    took: dict[str, list[float]] = {}

    def timed(step: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        made = work()
        took.setdefault(step, []).append((time.process_time() - started) * 1000)
        return made

    with tempfile.TemporaryDirectory() as scratch:
        for one in (sample[0], *sample):  # the first time everything is slower
            file = read_file(frames / one.image_id)
            image = timed("decode", lambda file=file: decode(file.data))
            (seen,) = timed("segmentation", lambda image=image: stage.process([image]))
            pose = timed("position", lambda one=one: pose_of(one.metadata, WIDTH, HEIGHT))
            if isinstance(pose, str):
                raise SystemExit(pose)
            plane = timed("plane", lambda pose=pose: georeference(pose, WIDTH, HEIGHT))
            if isinstance(plane, str):
                raise SystemExit(plane)
            found = timed("outlines", lambda s=seen: outlined(s.classes, s.probability))
            timed("on the sea", lambda f=found, p=plane: placed(f, p))
            laid = timed(
                "warp", lambda i=image, s=seen, p=plane: warped(i.pixels, s.classes, p, s.classes > 9)
            )
            timed("GeoTIFF", lambda laid=laid: write_picture(laid, Path(scratch) / "map.tif"))
            timed("drawing", lambda i=image, one=one: encode(draw(i, one)))
    print("\nstep, ms a frame: " + ", ".join(f"{step} {np.median(ms[1:]):.1f}" for step, ms in took.items()))
    for count in counts:
        part = told[:count]

        def unread() -> Encoded:
            raise SystemExit("no picture is needed")

        started = time.process_time()
        for _ in conclude(OilSpillOptions(), (Answered(one.image_id, one, unread) for one in part)):
            pass
        spent = (time.process_time() - started) * 1000
        print(f"conclude {len(part)} frames: {spent:,.0f} ms, {spent / len(part):.1f} a frame")


if __name__ == "__main__":
    main()
