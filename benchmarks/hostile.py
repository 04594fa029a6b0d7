"""Pictures made to exhaust whoever decodes them: what becomes of each, how long it takes, how much memory.

Run: ``python benchmarks/hostile.py``. Each file is decoded in a process of its own, which is given up after
``LIMIT_S``. The last rows are no attacks: the most expensive pictures that the default limits allow.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from machine import machine
from PIL import Image as PillowImage

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from hostile_pictures import ALL, bmp, sound, strips

LIMIT_S = 60.0
MEGABYTE = 1 << 20
WIDTH, HEIGHT = 9_400, 9_400
"""88 megapixels, just below the limit."""


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    PillowImage.new(mode, (WIDTH, HEIGHT)).save(stream, kind, **options)
    return stream.getvalue()


ALLOWED: list[tuple[str, Callable[[], bytes]]] = [
    (
        "allowed: JPEG, 88 megapixels, 10 scans of full colour",
        lambda: saved("JPEG", progressive=True, subsampling=0),
    ),
    ("allowed: PNG, 88 megapixels", lambda: saved("PNG")),
    ("allowed: BMP in runs, 88 megapixels", lambda: bmp(WIDTH, HEIGHT, 8, 1, b"\x00\x00" * HEIGHT)),
    ("allowed: GIF, 88 megapixels", lambda: saved("GIF", "L")),
    ("allowed: TIFF, 4,000 × 4,000 in 4,000 strips", lambda: strips(4_000, 1, body=bytes(4_000 * 4_000))),
]
CASES = [(one.name, one.build) for one in ALL] + ALLOWED


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measured(CASES[int(sys.argv[1])][1])))
        return
    print(machine())
    print("| file | MB | ms to the verdict | peak memory, MB | verdict |")
    print("|---|---|---|---|---|")
    for number, (name, _) in enumerate(CASES):
        command = [sys.executable, __file__, str(number)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            print(f"| {name} | | more than {LIMIT_S * 1e3:,.0f} | | none |", flush=True)
            continue
        size, milliseconds, peak, verdict = json.loads(done.stdout.splitlines()[-1])
        print(f"| {name} | {size:.2f} | {milliseconds:,.1f} | {peak:,.0f} | {verdict} |", flush=True)


def measured(build: Callable[[], bytes]) -> tuple[float, float, float, str]:
    """Megabytes of the file, milliseconds, megabytes at the peak above those before, and what came of it."""
    from siseon.contracts import InputError
    from siseon.media.decode import decode

    decode(sound("PNG"))  # what is imported or made once is not a part of it
    data = build()
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = memory("VmRSS")
    start = time.perf_counter()
    try:
        image = decode(data)
        verdict = "; ".join(("a picture", *image.notes))
    except InputError as failure:
        verdict = f"`{failure.code}`"
    seconds = time.perf_counter() - start
    return len(data) / MEGABYTE, seconds * 1e3, memory("VmHWM") - before, verdict


def memory(field: str) -> float:
    """A figure of this process, in megabytes."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
