"""The program begins again where that gives it large pages, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, pathlib, sys
from siseon.cli import large_pages
name, large_pages.MODE, sys.argv = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[2:]
sys.argv[0] = name
large_pages.begin_with_large_pages()
print(os.getpid(), os.environ.get("GLIBC_TUNABLES"), sys.argv[1:])
"""
WHO_ASKS = "always [madvise] never"
C_LIBRARY = os.confstr("CS_GNU_LIBC_VERSION") or "" if hasattr(os, "confstr") else ""


def told(
    tmp_path: Path, *, mode: str = WHO_ASKS, name: str = "/usr/bin/siseon", command: str = "serve", **env: str
) -> str:
    """What the program has in the end."""
    (tmp_path / "enabled").write_text(mode)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name, str(tmp_path / "enabled"), command, "a b"],
        env={key: value for key, value in os.environ.items() if key != "GLIBC_TUNABLES"} | env,
        stdout=subprocess.PIPE,
        text=True,
    )
    out, _ = process.communicate(timeout=60)
    number, tunables, arguments = out.strip().split(maxsplit=2)
    assert (process.returncode, number, arguments) == (0, str(process.pid), f"['{command}', 'a b']")
    return tunables


@pytest.mark.skipif(
    not C_LIBRARY.startswith("glibc") or C_LIBRARY < "glibc 2.35", reason="this C library cannot ask for them"
)
@pytest.mark.parametrize("name", ["/usr/bin/siseon", "/lib/siseon/__main__.py"])
def test_where_the_system_gives_them_to_who_asks_it_asks_as_the_same_process(tmp_path, name):
    assert told(tmp_path, name=name) == "glibc.malloc.hugetlb=1"


@pytest.mark.parametrize(
    "otherwise",
    [
        {"mode": "[always] madvise never"},
        {"mode": "always madvise [never]"},
        {"name": "/usr/bin/pytest"},
        {"command": "run"},
    ],
)
def test_elsewhere_it_goes_on(tmp_path, otherwise):
    assert told(tmp_path, **otherwise) == "None"


def test_what_somebody_has_set_stays(tmp_path):
    assert told(tmp_path, GLIBC_TUNABLES="glibc.malloc.perturb=0") == "glibc.malloc.perturb=0"
