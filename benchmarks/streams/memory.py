"""Memory of a service that reads four cameras of 720p at 5 frames a second, over ten minutes after its warm-up.

It is sampled every ten seconds. Told are the medians of each minute, the slope of a line through all samples (least
squares), and what it comes to over the time. Goal: no growth over ten minutes.

Run: ``python benchmarks/streams/memory.py``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from rig import cameras, film, machine, service

CAMERAS = 4
EVERY_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=3.0, help="minutes before the first sample")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = film(folder)
        with cameras(shown, folder, CAMERAS) as addresses, service(folder) as serving:
            serving.add(addresses, shown)
            time.sleep(60 * options.warm_up)
            begun, at, held = time.monotonic(), [], []
            while (now := time.monotonic() - begun) <= 60 * options.minutes:
                at.append(now / 60)
                held.append(serving.process.memory_info().rss / 2**20)
                time.sleep(EVERY_S)
            minutes = np.minimum(np.array(at), options.minutes - 1e-6).astype(int)
            medians = [np.median(np.array(held)[minutes == minute]) for minute in np.unique(minutes)]
            slope = float(np.polyfit(at, held, 1)[0])
            print("MiB by minute:", ", ".join(f"{each:.0f}" for each in medians))
            print(
                f"slope {slope:+.2f} MiB a minute, {slope * options.minutes:+.1f} MiB over {options.minutes:g}"
            )
            print(f"threads {serving.process.num_threads()}, descriptors {serving.process.num_fds()}")


if __name__ == "__main__":
    main()
