"""What chunks before have left of the memory goes back to the system before a chunk is read."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from video_files import film

MIB = 1 << 20

HOLES = """
import sys
from pathlib import Path
from siseon.applications.people.footage import ReadFootage, Wanted
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from siseon.models.resident import resident_bytes

part = Wanted(VideoPart(Path(sys.argv[1]), 0, 0, 2_000), 5)
read = ReadFootage(longest=640, bounds=DEFAULT_BOUNDS)
read.process([part])  # what is loaded once
whole = [bytes(100_000) + b"." for _ in range(1_000)]  # below what glibc asks the system for one by one
kept = whole[::2]
del whole
before = resident_bytes()
read.process([part])
print(before - resident_bytes())
"""
"""In a process of its own: what others there take would be counted too."""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="of glibc")
def test_holes_that_pictures_of_other_chunks_have_left_are_given_back(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", list(range(0, 2_001, 200)))
    told = subprocess.run(
        [sys.executable, "-c", HOLES, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(told.stdout) > 30 * MIB, os.linesep.join((told.stdout, told.stderr))
