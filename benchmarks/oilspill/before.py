"""A request as an earlier system served it, beside ours: the same frames, networks and machine, in one run.

    python benchmarks/oilspill/before.py --frames 1 4 --rounds 5 [--torch FOLDER]

*Before*: four processes one after the other, each loading what it needs, files between them (``before_steps.py`` says
what of the original that is, and what is not known of it). *After*: ``run_pipeline`` with a model that a service has
loaded at its start (warm), and the same in a fresh process that loads it (cold). Rounds take turns. Frames are drawn,
1280 × 720, with an overlay that is read, and with oil. Modules of all processes are compiled before, as those of
installed packages are. Times are seconds on the clock, for which nothing else should
run, and of the processor, which other work changes less. ``--torch``: a site-packages folder with PyTorch, which then
runs *before*'s network as the record has it; without, ONNX Runtime does on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pyogrio
import rasterio
from pyproj import Transformer

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine
from oilspill.before_steps import BEFORE, STEPS
from oilspill.before_torch import WEIGHTS
from spread import spread

from siseon.applications.oilspill.compat import Run, load_model, run_pipeline
from siseon.applications.oilspill.compat.folder import Folder
from siseon.applications.oilspill.compat.inference import seen
from siseon.applications.oilspill.compat.metadata import Facts
from siseon.applications.oilspill.contracts import SEA_CLASSES, Georeference
from siseon.applications.oilspill.georeference.plane import pixel_to_geo
from siseon.applications.oilspill.palette import COLOURS, TABLE
from siseon.applications.oilspill.position.generated import flight, frame, look
from siseon.applications.oilspill.position.generated.frame import template_of
from siseon.applications.oilspill.position.overlay.propose import to_toml
from siseon.applications.oilspill.sea import SeeTheSea

FLIGHT = 4
"""Number of the drawn flight whose overlay is read."""
PROGRAMS = Path(__file__).with_name("before_steps.py")
TORCH = Path(__file__).with_name("before_torch.py")
CORNERS = 5000
EDGE = np.ones((5, 5), np.uint8)
"""What is kept of a drawn frame around its letters."""
COLD = """
from siseon.applications.oilspill.compat import load_model, run_pipeline
import sys
run_pipeline(sys.argv[1], load_model())
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, nargs="+", default=[1, 4])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--torch", help="site-packages with PyTorch, that is to run the network of *before*")
    chosen = options.parse_args()
    print(machine())
    _parts()
    with tempfile.TemporaryDirectory(prefix="siseon-before-") as root:
        _draw(Path(root), chosen.frames)
        given = [] if chosen.torch is None else [chosen.torch]
        if given:
            _process(str(TORCH), *given, str(Path(root) / WEIGHTS))
        _measure(chosen.frames, chosen.rounds, given)


class Took(NamedTuple):
    """Seconds on the clock, and of the processor."""

    clock: float
    processor: float


def _measure(counts: list[int], rounds: int, given: list[str]) -> None:
    model = load_model()
    for count in counts:
        file_id = f"frames-{count}"
        run_pipeline(file_id, model)
        _looks(model, file_id)
        for step in STEPS:  # once, so that none of those that are measured compiles a module
            _process(str(PROGRAMS), step, file_id, *given)
        _process("-c", COLD, file_id)
        before: list[dict[str, Took]] = []
        cold: list[Took] = []
        warm: list[tuple[Took, Run]] = []
        for _ in range(rounds):
            before.append({step: _process(str(PROGRAMS), step, file_id, *given) for step in STEPS})
            cold.append(_process("-c", COLD, file_id))
            started, spent = time.perf_counter(), time.process_time()
            run = run_pipeline(file_id, model)
            warm.append((Took(time.perf_counter() - started, time.process_time() - spent), run))
        _tables(count, before, cold, warm)


def _looks(model: SeeTheSea, file_id: str) -> None:
    """What the two networks take of a frame: in both programs much the same, whatever is around them."""
    folder = Folder.of(file_id)
    facts = Facts(folder)
    took: dict[str, list[float]] = {"the sea is looked at": [], "its overlay is read": []}
    for picture in folder.pictures:
        file, image = folder.open(picture)
        started = time.process_time()
        seen(model, image)
        between = time.process_time()
        facts.engine.run(facts.read(file, image))
        for name, spent in zip(took, (between - started, time.process_time() - between), strict=True):
            took[name].append(spent)
    said = ", ".join(f"{name} in {spread(seconds)} s" for name, seconds in took.items())
    print(f"of the processor a frame: {said}\n")


def _parts() -> None:
    """What was made an array's work, on its own: corners to degrees, and a mask's colours."""
    rng = np.random.default_rng(0)
    matrix = ((0.4, 0.0, 500_000.0), (0.0, -0.4, 6_206_000.0), (0.0, 0.0, 1.0))
    where = Georeference(
        method="nadir",
        crs="EPSG:32632",
        matrix=matrix,
        corners=((10.0, 56.0),) * 5,
        gsd_m=0.4,
        ce90_m=1.0,
        interpolated=False,
    )
    corners = rng.integers(0, 1280, (CORNERS, 2))
    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    affine = rasterio.Affine(*matrix[0], *matrix[1])
    classes = rng.integers(0, len(SEA_CLASSES), (720, 1280)).astype(np.uint8)

    def one_by_one() -> None:
        for x, y in corners:
            to_degrees.transform(*rasterio.transform.xy(affine, y, x))

    def by_class() -> None:
        coloured = np.zeros((720, 1280, 3), np.uint8)
        for number, colour in enumerate(np.array([COLOURS[name] for name in SEA_CLASSES], np.uint8)):
            coloured[classes == number] = colour

    rows = [
        (f"{CORNERS:,} corners to degrees", one_by_one, lambda: pixel_to_geo(where, corners + 0.5)),
        ("colours of a mask of 1280 × 720", by_class, lambda: TABLE[classes]),
    ]
    print("| part | before, ms | after, ms |\n|---|---|---|")
    for name, before, after in rows:
        print(f"| {name} | {_ms(before):.1f} | {_ms(after):.1f} |")
    print()


def _ms(work: Callable[[], object]) -> float:
    """The median of milliseconds on the clock."""
    took = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def _draw(root: Path, counts: list[int]) -> None:
    """A folder of frames for each count, and the settings by which they are read."""
    drawn, seen = flight(FLIGHT, max(counts)), look(FLIGHT)
    (root / "layout.toml").write_text(to_toml(template_of(drawn, seen)), encoding="utf-8")
    for index, shot in enumerate(drawn.shots):
        image, letters = frame(shot, seen, index, "recorded")
        pixels = np.where(
            cv2.dilate(letters.astype(np.uint8), EDGE)[..., None] > 0, image.pixels, _sea(index)
        )
        for count in counts:
            if index < count:
                folder = root / f"frames-{count}"
                folder.mkdir(exist_ok=True)
                cv2.imwrite(str(folder / f"{index:03}.jpg"), pixels[:, :, ::-1])
    os.environ["SISEON_JOBS_FOLDER"] = str(root)
    os.environ["SISEON_CACHE_DIR"] = str(root / "cache")
    os.environ["PYTHONPYCACHEPREFIX"] = str(root / "compiled")
    os.environ["SISEON_PIPELINES"] = json.dumps({"oilspill": {"templates": [str(root / "layout.toml")]}})


def _sea(index: int) -> np.ndarray:
    """(720, 1280, 3): blue water with small waves, and streaks of emulsion on it."""
    rng = np.random.default_rng(index)
    waves = cv2.GaussianBlur(rng.normal(0, 1, (720, 1280)), (0, 0), sigmaX=12, sigmaY=4)
    sea = np.array([16, 70, 110]) * (1 + waves[..., None] * 2.4)
    lanes = np.zeros((720, 1280), np.uint8)
    for row in (260, 350, 440):
        points = np.array([(x, row + 50 * np.sin(x / 120 + row)) for x in range(200, 1080, 8)], np.int32)
        cv2.polylines(lanes, [points], False, 1, 52)
    oil = np.array([205, 105, 35]) * rng.normal(1, 0.12, (720, 1280, 1))
    return np.clip(np.where(lanes[..., None] > 0, oil, sea), 0, 255).astype(np.uint8)


def _tables(
    count: int, before: list[dict[str, Took]], cold: list[Took], warm: list[tuple[Took, Run]]
) -> None:
    """Both as a person reads them: the whole request, then its steps; the median, and the least and most."""
    seconds = [took for took, _ in warm]
    frames = "1 frame" if count == 1 else f"{count} frames"
    print(f"| {frames}, {len(before)} rounds | seconds | before is longer by | of the processor | more by |")
    print("|---|---|---|---|---|")
    whole = [[sum(took[kind] for took in steps.values()) for steps in before] for kind in (0, 1)]
    print(f"| before | {spread(whole[0])} | | {spread(whole[1])} | |")
    for name, ours in (("after, cold", cold), ("after, warm", seconds)):
        cells = []
        for kind in (0, 1):
            took = [one[kind] for one in ours]
            ratios = [one / other for one, other in zip(whole[kind], took, strict=True)]
            cells += [spread(took), spread(ratios)]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"\n| {frames} | before, s | after (warm), s | begins and ends at, s |\n|---|---|---|---|")
    for step in STEPS:
        steps = [run.steps[step] for _, run in warm]
        spans = spread([one.end_s - one.start_s for one in steps])
        start, end = (statistics.median(getattr(one, name) for one in steps) for name in ("start_s", "end_s"))
        earlier = spread([steps[step].clock for steps in before])
        print(f"| {step} | {earlier} | {spans} | {start:.2f} to {end:.2f} |")
    unplaced = warm[-1][1].without_position
    print(f"\nwithout a position: {unplaced or 'none'}; made: {_made(warm[-1][1].out)}\n", flush=True)


def _made(out: Path) -> str:
    """What ours has written, and of how many pieces of oil both have told."""
    shapes = {
        name: sum(pyogrio.read_info(path)["features"] for path in folder.glob("*.shp"))
        for name, folder in (("before", out / BEFORE / "Oilshape"), ("after", out / "Oilshape"))
    }
    return ", ".join(f"{pieces} pieces of oil {name}" for name, pieces in shapes.items())


def _process(*words: str) -> Took:
    """One process of Python, which finds its modules compiled as those of installed packages are."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, env=compiled)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = ended.ru_utime + ended.ru_stime - spent.ru_utime - spent.ru_stime
    return Took(time.perf_counter() - started, processor)


if __name__ == "__main__":
    main()
