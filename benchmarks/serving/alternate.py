"""Ways of serving, all up at once and loaded in turn: what a machine with other work on it can still tell.

Run: ``python benchmarks/serving/alternate.py "as shipped" "--workers 2" SISEON_MAX_AT_WORK=4 litserve``. A way is
options of ``siseon serve inspection``, variables, ``src=FOLDER`` (the ``src`` of another commit), some together, or a
peer with its first setting. Each is compared with the first, round by round: the median of the ratios, and their range.
Beside other work answers a second and latencies are much of a lottery, processor time is less of one.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from cells import Cell, Measured
from measure import load
from servers import HERE, SERVERS, Server, running

sys.path.append(str(HERE.parent))
from machine import machine
from run import find_photos
from spread import spread

WARM_UP_S = 1.5
PEERS = {server.name: server for server in SERVERS if not server.name.startswith("siseon")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ways", nargs="+")
    parser.add_argument("--clients", default="8,32")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--photos", type=Path)
    options = parser.parse_args()
    photos = find_photos(options.photos)
    cells = [Cell(f"{count} clients", clients=int(count)) for count in options.clients.split(",")]
    got: dict[tuple[str, str], list[Measured]] = {}
    with ExitStack() as stack:
        up = {way: stack.enter_context(running(*_server(way), photos[0])) for way in options.ways}
        for one in up.values():
            load(one, photos, cells[0], WARM_UP_S)
        for number in range(options.rounds):
            for cell in cells:
                for way in up if number % 2 == 0 else reversed(up):
                    got.setdefault((cell.name, way), []).append(load(up[way], photos, cell, options.seconds))
    print(machine())
    print(f"{options.rounds} rounds of {options.seconds:g} s a cell; against {options.ways[0]!r}\n")
    print(
        "| | way | answers/s | processor ms an answer | p50, ms | p95 | p99 |\n|---|---|---|---|---|---|---|"
    )
    for cell in cells:
        first = got[cell.name, options.ways[0]]
        for way in options.ways:
            print(f"| {cell.name} | {way} | {' | '.join(_told(first, got[cell.name, way]))} |")


def _server(way: str) -> tuple[Server, str]:
    """What is started for one, and its setting."""
    if way in PEERS:
        return PEERS[way], PEERS[way].settings[0]
    words = [] if way == "as shipped" else shlex.split(way)
    sources = [word.removeprefix("src=") for word in words if word.startswith("src=")]
    variables = [word for word in words if "=" in word and not word.startswith(("-", "src="))]
    variables += [f"PYTHONPATH={Path(source).resolve()}" for source in sources]
    rest = [word for word in words if word not in variables and not word.startswith("src=")]
    return Server("way-" + re.sub(r"\W+", "-", way), partial(_command, variables, rest), ("",)), ""


def _command(
    variables: Sequence[str], rest: Sequence[str], programs: str, _: str, ports: Sequence[int]
) -> list[str]:
    serve = ["-m", "siseon", "serve", "inspection", "--port", str(ports[0]), "--no-console", *rest]
    return ["env", *variables, f"{programs}/python", *serve]


def _told(first: Sequence[Measured], own: Sequence[Measured]) -> list[str]:
    cells = []
    for name in ("rate", "cpu_ms", "p50", "p95", "p99"):
        figures = [getattr(one, name) for one in own]
        ratios = [figure / getattr(other, name) for figure, other in zip(figures, first, strict=True)]
        cells.append(f"{median(figures):.1f}, {spread(ratios)}")
    return cells


if __name__ == "__main__":
    main()
