"""The serving comparison: ours and six others on the same photos and cores, round by round.

Run: ``python benchmarks/serving/run.py``; ``--minutes 8`` stops after so long, and the same command goes on from
where it was (all figures are kept in ``--json``). ``--only`` and ``--cells`` measure a part, ``--tables`` prints
what there is. Progress goes to the standard error, the tables to the standard output.

Every round measures every server once, forwards and backwards in turn, and servers are compared round by round: a
machine that becomes slower meanwhile does so for all of them. What the cells mean is in the README beside this file.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cells import CLOSED, IN_PROCESS, OPEN, OVERLOAD, UNTOLD, Cell, Measured, Results, object_cells
from measure import check, in_process, load
from photos import compose
from servers import HERE, OUT, SERVERS, Running, Server, chosen, install, running
from steady import TRIES, Steady
from tables import show

sys.path.append(str(HERE.parent))
from machine import machine

CHECKED = 5
"""Photos whose answers are compared before a server is measured."""
WARM_UP_S = 1.5
TRIAL_CLIENTS = 16
FAMILIES = ("closed", "objects", "open", "overload")
Photos = Sequence[Path]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [server.name for server in SERVERS]
    parser.add_argument("--only", default="", help=f"some of {';'.join(names)}, separated by semicolons")
    parser.add_argument("--cells", default=",".join(FAMILIES), help="some of the default")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a cell in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many; run again to go on")
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs; SISEON_TEST_DATA/coco-dev/images")
    parser.add_argument("--json", type=Path, default=OUT / "serving.json", help="the file of all figures")
    parser.add_argument(
        "--anyhow",
        action="store_true",
        help="beside other work: processor time can be compared, nothing else",
    )
    parser.add_argument("--tables", action="store_true", help="measure nothing, print what the file has")
    options = parser.parse_args()
    only = [name for name in options.only.split(";") if name]
    if unknown := set(only) - set(names):
        parser.error(f"no server is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if not options.tables:
        photos = find_photos(options.photos)
        comparison = Comparison(
            photos, options.json, options.seconds, options.minutes * 60, anyhow=options.anyhow
        )
        done = comparison.run(chosen(only), options.rounds, options.cells.split(","))
        print("all rounds are measured" if done else "time is up: run again to go on", file=sys.stderr)
    results = Results.load(options.json)
    print(machine())
    print(
        f"{told_rounds(results)} of {options.seconds:g} s a cell, {results.seconds:.0f} s altogether; "
        f"{results.again} cells measured again, for the machine was not itself\n"
    )
    show(results)


class Comparison:
    """Measures what the file of figures does not have yet."""

    def __init__(self, photos: Photos, path: Path, seconds: float, limit_s: float, *, anyhow: bool) -> None:
        self.photos = photos
        self.path = path
        self.seconds = seconds
        self.since = time.monotonic()
        self.end = self.since + limit_s
        self.steady = Steady(tries=1 if anyhow else TRIES)
        self.objects = compose(photos, OUT / "photos")
        if path.exists():
            self.results = Results.load(path)
        else:
            self.results = Results(object_cells(list(self.objects)))
            self.results.expected = in_process(photos, CLOSED[-1].clients, 0.1, CHECKED)[0]

    def run(self, servers: Sequence[Server], rounds: int, families: Sequence[str]) -> bool:
        """Try the settings, then measure round after round; False when the time was over before."""
        if "closed" not in families and {"open", "overload"} & set(families):
            for server in servers:
                if min(len(self.results.rounds(server.name, cell)) for cell in CLOSED) < rounds:
                    raise SystemExit(
                        f"open loops and overload are a part of what {server.name} answers at saturation in that "
                        "round: measure the cells 'closed' too, or before"
                    )
        for server in servers:
            install(server)
            if self.is_late():
                return False
            self.try_settings(server, limits="overload" in families)
        for number in range(rounds):
            # Forwards and backwards in turn: no server is always the first or the last.
            for server in servers if number % 2 == 0 else reversed(servers):
                if self.is_late():
                    return False
                self.measure(server, number, families)
            if len(self.results.rounds(IN_PROCESS, CLOSED[-1])) <= number:
                clients = CLOSED[-1].clients
                self.results.add(IN_PROCESS, CLOSED[-1], in_process(self.photos, clients, self.seconds, 0)[1])
                self.keep()
        return True

    def is_late(self) -> bool:
        return time.monotonic() > self.end

    def keep(self) -> None:
        now = time.monotonic()
        self.results.seconds += now - self.since
        self.results.again += self.steady.again
        self.steady.again = 0
        self.since = now
        self.results.save(self.path)

    def try_settings(self, server: Server, *, limits: bool) -> None:
        """Answers a second of each setting, then with ``limits`` answers in time of each that has some, once."""
        results, name = self.results, server.name
        if name not in results.trials:
            trials = dict.fromkeys(server.settings, 0.0)
            for setting in trials if len(trials) > 1 else ():
                with self.up(server, setting) as up:
                    trials[setting] = self.load(up, Cell("trial", clients=TRIAL_CLIENTS)).rate
                say(f"{name}, {setting}: {trials[setting]:.1f} answers a second")
            results.trials[name] = trials
            self.keep()
        if limits and server.limits and name not in results.limit_trials:
            trials = dict.fromkeys(server.limits, 0.0)
            rate = self.trial_saturation(server)
            for setting in server.limits:
                with self.up(server, setting) as up:
                    trials[setting] = self.load(up, UNTOLD, rate).rate
                say(f"{name}, {setting}: {trials[setting]:.1f} answers in time a second")
            results.limit_trials[name] = trials
            self.keep()

    def trial_saturation(self, server: Server) -> float:
        """Answers a second of the fastest setting."""
        best = max(self.results.trials[server.name].values())
        if best:
            return best
        with self.up(server, server.settings[0]) as up:
            return self.load(up, Cell("trial", clients=TRIAL_CLIENTS)).rate

    def load(
        self, up: Running, cell: Cell, saturation: float = 0.0, photos: Photos | None = None
    ) -> Measured:
        """One cell, in a steady time."""
        photos = self.photos if photos is None else photos
        return self.steady.run(partial(load, up, photos, cell, self.seconds, saturation))

    @contextmanager
    def up(self, server: Server, setting: str) -> Iterator[Running]:
        """The server, checked and warm."""
        with running(server, setting, self.photos[0]) as up:
            check(server, up, self.photos, self.results.expected)
            load(up, self.photos, Cell("warm-up", clients=TRIAL_CLIENTS), WARM_UP_S)
            yield up

    def measure(self, server: Server, number: int, families: Sequence[str]) -> None:
        """The cells of one server that have no figure of this round."""
        results, name = self.results, server.name
        wanted = {
            "closed": [(cell, self.photos) for cell in CLOSED],
            "objects": [
                (cell, [photo]) for cell, photo in zip(results.objects, self.objects.values(), strict=True)
            ],
            "open": [(cell, self.photos) for cell in OPEN],
            "overload": [(cell, self.photos) for cell in OVERLOAD],
        }
        todo = {
            family: [pair for pair in wanted[family] if len(results.rounds(name, pair[0])) <= number]
            for family in families
        }
        overload = todo.pop("overload", [])
        usual = [pair for pairs in todo.values() for pair in pairs]
        setting, limits = results.setting(name), results.limits(name)
        if setting == limits:
            usual, overload = usual + overload, []
        for how, pairs in ((setting, usual), (limits, overload)):
            if not pairs:
                continue
            say(f"round {number + 1}: {name}, {how}")
            with self.up(server, how) as up:
                for cell, photos in pairs:
                    saturation = self.saturation(name, number) if cell.of_saturation else 0.0
                    results.add(name, cell, self.load(up, cell, saturation, photos))
                if pairs is usual:
                    results.memory_mb[name] = max(results.memory_mb.get(name, 0.0), up.memory_mb())
            self.keep()

    def saturation(self, name: str, number: int) -> float:
        """Answers a second of the server's best closed loop of that round."""
        return max(self.results.rounds(name, cell)[number].rate for cell in CLOSED)


def told_rounds(results: Results) -> str:
    """How often the cells were measured, the least and the most often of them."""
    counts = sorted(len(rounds) for cells in results.cells.values() for rounds in cells.values()) or [0]
    return f"{counts[0]} rounds" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]} rounds"


def find_photos(folder: Path | None) -> list[Path]:
    """The folder's JPEGs, those of COCO when it is None."""
    folder = folder or Path(os.environ.get("SISEON_TEST_DATA", ".")) / "coco-dev" / "images"
    photos = sorted(folder.glob("*.jpg"))
    if not photos:
        raise SystemExit(f"there are no .jpg files in {folder}: give --photos FOLDER or set SISEON_TEST_DATA")
    return photos


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
