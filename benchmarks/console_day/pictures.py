"""What the live picture of a stream costs a browser, outside of what JavaScript holds: the memory of its processes.

    ./dev python benchmarks/console_day/pictures.py --seconds 120

Chromium shows the page of a camera, by itself: nothing is attached to it that could keep what it loads. Every twenty
seconds are printed the MB of its processes that draw pages, the largest of which is that page's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
from day import READY, START_S, cameras, environment

from siseon.applications.gauges.generated import calibration_of, photo

EVERY_S = 20


def main() -> None:
    """Read the command line, and look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=120)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, cameras() as seen:
        dial = Path(folder) / "dial.json"
        dial.write_text(calibration_of(photo(1, "evaluation")).model_dump_json())
        command = [sys.executable, "-m", "siseon", "serve", "gauges", "--set", f"calibration={dial}"]
        started: list[subprocess.Popen[bytes]] = []
        try:
            with (Path(folder) / "log").open("w") as log:
                own = environment(Path(folder))
                started.append(subprocess.Popen([*command, "--port", "0", "--console"], stderr=log, env=own))
            address = address_in(Path(folder) / "log")
            httpx.get(f"{seen}/1", params={"share": 0.5})
            camera = {"name": "gauge", "source": f"{seen}/1", "application": "gauges"}
            httpx.post(f"{address}/v1/streams", json=camera, timeout=60).raise_for_status()
            started.append(browser(f"{address}/console/live/gauge", folder))
            for second in range(EVERY_S, words.seconds + 1, EVERY_S):
                time.sleep(EVERY_S)
                print(second, json.dumps(drawing_mb(started[-1])), flush=True)
        finally:
            for one in reversed(started):
                one.terminate()
                one.wait()


def address_in(log: Path) -> str:
    """Of the service that writes it, when it is ready."""
    until = time.monotonic() + START_S
    while not (found := READY.search(log.read_text())):
        if time.monotonic() > until:
            sys.exit(log.read_text())
        time.sleep(0.2)
    return found[1]


def browser(page: str, folder: str) -> subprocess.Popen[bytes]:
    """Chromium with one page."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    command = [shutil.which("chromium") or "chromium", *flags, f"--user-data-dir={folder}/browser", page]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)


def drawing_mb(browser: subprocess.Popen[bytes]) -> list[int]:
    """Of the processes that draw pages, the smallest first."""
    drawing = [
        one
        for one in psutil.Process(browser.pid).children(recursive=True)
        if "--type=renderer" in one.cmdline()
    ]
    return sorted(round(one.memory_info().rss / 1e6) for one in drawing)


if __name__ == "__main__":
    main()
