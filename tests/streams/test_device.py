"""Cameras of the machine itself: FFmpeg's own code, against a device that is made of a file in memory.

No kernel here has a camera. The device's requests are answered by a library that is loaded into a process of its own
(``v4l2_device.c``); what reads it is all real.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.watched import Watched

HERE = Path(__file__).parent
PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from siseon.streams.life import Pace
from streams.watched import OPTIONS, Watched
camera, mode, before, after = sys.argv[1:]
options = replace(OPTIONS, open_s=1, read_s=1.25, key_s=1, pace=Pace(stale_s=0.25))
with Watched(camera, options=options) as watched:
    if before:
        watched.until_state(*before.split(","))
        watched.until_more(3)
        first, last = (shot.view() for shot in (watched.shots[0], watched.shots[-1]))
        assert (last.width, last.height) == (64, 48)
        assert last.pixels.mean() > first.pixels.mean()
    if mode:
        Path(mode[1:]).write_text(mode[0])
    wanted = after.split(",")
    def place():
        here = range(len(watched.states) - len(wanted) + 1)
        return next((n for n in here if watched.states[n : n + len(wanted)] == wanted), None)
    watched.until(lambda _: place() is not None)
    print(watched.seen[place() + len(wanted) - 1].detail)
assert watched.source.over
"""


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A device of video that no driver has."""
    path = tmp_path / "video"
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(81, 200))
    except PermissionError:
        pytest.skip("making a device takes root")
    return path


@pytest.fixture
def reading(node: Path, tmp_path: Path) -> Callable[..., str]:
    """Reads the camera in a process of its own; what its last state says."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no compiler of C")
    library = tmp_path / "device.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, HERE / "v4l2_device.c", "-ldl"], check=True)
    mode = tmp_path / "mode"

    def read(before: str, then: str, after: str, at_first: str = "g") -> str:
        mode.write_text(at_first)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, f"v4l2://{node}", f"{then}{mode}" if then else "", before, after],
            env={
                **os.environ,
                "LD_PRELOAD": str(library),
                "FAKE_CAMERA": str(node),
                "FAKE_MODE": str(mode),
                "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")]),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return read


def test_a_device_that_nothing_is_plugged_into_is_unreachable(node: Path):
    with Watched(f"v4l2://{node}") as watched:
        watched.until(lambda watched: "lost: unreachable" in watched.states)
    assert "it is not plugged in" in [change.detail for change in watched.seen]


def test_its_pictures_are_read_and_one_that_is_unplugged_is_lost(reading):
    reading("live", "d", "lost: broken")


def test_one_that_stands_still_is_stale_then_lost_and_the_stop_is_clean(reading):
    reading("live", "s", "stale: silent,lost: silent")


@pytest.mark.parametrize(("mode", "detail"), [("b", "another program has it"), ("a", "this user may not")])
def test_one_that_may_not_be_opened_says_why(reading, mode, detail):
    assert detail in reading("", "", "lost: unreachable", mode)
