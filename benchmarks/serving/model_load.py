"""Does loading a model slow the requests that run meanwhile? And does unloading give its memory back?

Run: ``python benchmarks/serving/model_load.py``. Poisson arrivals at a third of saturation, in slices of four seconds
in turn without and with another model being loaded, warmed up and unloaded all the time; p95 of all slices of a kind.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

import httpx
import numpy as np
from run import find_photos
from servers import HERE, SERVERS, running
from soak import _load

sys.path.append(str(HERE.parent))
from machine import machine

OTHER = "nanodet-m-416"
SHARE = 1 / 3
PAUSE_S = 0.5
SLICE_S = 4


class Loader(threading.Thread):
    """Loads and unloads a model until it is stopped."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.stop = threading.Event()
        self.load_s: list[float] = []
        self.freed: list[int] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.base, timeout=60, trust_env=False) as client:
            while not self.stop.wait(PAUSE_S):
                started = time.monotonic()
                client.post(f"/v1/models/{OTHER}/load", json={"warm_up": 1}).raise_for_status()
                self.load_s.append(time.monotonic() - started)
                self.freed.append(
                    client.post(f"/v1/models/{OTHER}/unload").raise_for_status().json()["freed_bytes"]
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slices", type=int, default=8)
    options = parser.parse_args()
    photos = find_photos(None)
    ours = next(server for server in SERVERS if server.name == "siseon")
    latencies: dict[bool, list[float]] = {False: [], True: []}
    load_s: list[float] = []
    freed: list[int] = []
    with running(ours, ours.settings[0], photos[0]) as up:
        closed = _load(up, photos, ["--clients", "16", "--seconds", "6"])
        rate = SHARE * len(closed["latencies"]) / closed["seconds"]
        for number in range(2 * options.slices):
            loading = bool(number % 2)
            loader = Loader(f"http://127.0.0.1:{up.port}")
            if loading:
                loader.start()
            figures = _load(up, photos, ["--rate", f"{rate:.2f}", "--seconds", str(SLICE_S)])
            loader.stop.set()
            if loading:
                loader.join()
            latencies[loading] += figures["latencies"]
            load_s += loader.load_s
            freed += loader.freed
    print(machine())
    print(
        f"{rate:.1f} requests/s; {OTHER} loaded {len(load_s)} times, {np.median(load_s) * 1000:.0f} ms each\n"
    )
    print("| meanwhile | requests | p50, ms | p95, ms |")
    print("|---|---|---|---|")
    p95 = {}
    for loading, name in ((False, "nothing"), (True, "loads")):
        p50, p95[loading] = np.percentile(latencies[loading], (50, 95)) * 1000
        print(f"| {name} | {len(latencies[loading])} | {p50:.1f} | {p95[loading]:.1f} |")
    print(
        f"\np95 {p95[True] / p95[False]:.2f} × (goal: at most 1.2 ×); an unload gave back "
        f"{np.median(freed) / 2**20:.1f} MB; its weights are {_weights_mb():.1f} MB (median)"
    )


def _weights_mb() -> float:
    from siseon.cli.chosen import models

    model = models()[OTHER]
    model.load()
    return model.files[0].path.stat().st_size / 2**20


if __name__ == "__main__":
    main()
