"""Ten minutes at 80 % of saturation: does the service keep its memory, threads, tasks and files?

Run: ``python benchmarks/serving/soak.py [--minutes 10]``. The figures are the service's own (``/metrics``), read every
five seconds; the last minute is compared with the second one, the first warms up.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np
from prometheus_client.parser import text_string_to_metric_families
from run import find_photos
from servers import HERE, SERVERS, Running, running

sys.path.append(str(HERE.parent))
from machine import machine

SHARE = 0.8
EVERY_S = 5.0
SETTLE_S = 2.0
"""After the load generator has closed its connections."""
WATCHED = {
    "process_resident_memory_bytes": "resident memory, MB",
    "siseon_threads": "threads",
    "siseon_event_loop_tasks": "tasks",
    "process_open_fds": "open files",
}
Sample = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    photos = find_photos(None)
    ours = next(server for server in SERVERS if server.name == "siseon")
    with running(ours, ours.settings[0], photos[0]) as up:
        _load(up, photos, ["--clients", "32", "--seconds", "3"])
        closed = _load(up, photos, ["--clients", "32", "--seconds", "8"])
        rate = SHARE * len(closed["latencies"]) / closed["seconds"]
        seconds = options.minutes * 60
        time.sleep(SETTLE_S)
        before = _figures(up)
        samples, load = _watch(up, photos, rate, seconds)
        time.sleep(SETTLE_S)
        after = _figures(up)
    print(machine())
    print(
        f"{rate:.1f} requests/s for {seconds:.0f} s: {len(load['latencies'])} answered, refused {load['refused']}, "
        f"dropped {load['dropped']}, broken {load['broken']}"
    )
    latencies = np.array(load["latencies"]) * 1000
    print("p50 {:.0f} ms, p95 {:.0f} ms, p99 {:.0f} ms\n".format(*np.percentile(latencies, (50, 95, 99))))
    _table(before, samples, after, seconds)


def _load(up: Running, photos: Sequence[Path], how: Sequence[str]) -> dict:
    command = [sys.executable, str(HERE / "load.py"), "--ports", str(up.port), *how, *map(str, photos)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _watch(up: Running, photos: Sequence[Path], rate: float, seconds: float) -> tuple[list[Sample], dict]:
    how = ["--rate", f"{rate:.2f}", "--seconds", f"{seconds:.0f}"]
    command = [sys.executable, str(HERE / "load.py"), "--ports", str(up.port), *how, *map(str, photos)]
    samples: list[Sample] = []
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:
        while time.monotonic() - started < seconds - EVERY_S:
            time.sleep(EVERY_S)
            samples.append({"at": time.monotonic() - started, **_figures(up)})
        out, _ = load.communicate()
    return samples, json.loads(out)


def _figures(up: Running) -> Sample:
    text = httpx.get(f"http://127.0.0.1:{up.port}/metrics", trust_env=False).text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in WATCHED
    }


def _table(before: Sample, samples: Sequence[Sample], after: Sample, seconds: float) -> None:
    second = [sample for sample in samples if 60 <= sample["at"] < 120]
    last = [sample for sample in samples if sample["at"] >= seconds - 60]
    print("| figure | before, idle | second minute | last minute | change | afterwards, idle |")
    print("|---|---|---|---|---|---|")
    for name, label in WATCHED.items():
        unit = 2**20 if name.endswith("bytes") else 1
        early = float(np.mean([sample[name] for sample in second])) / unit
        late = float(np.mean([sample[name] for sample in last])) / unit
        idle = f"{before[name] / unit:.1f}", f"{after[name] / unit:.1f}"
        print(f"| {label} | {idle[0]} | {early:.1f} | {late:.1f} | {late / early - 1:+.1%} | {idle[1]} |")


if __name__ == "__main__":
    main()
