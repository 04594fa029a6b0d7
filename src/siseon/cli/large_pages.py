"""Large pages for what networks compute in: the allocator asks for them only when it is told before it starts.

A run of a network walks through tens of megabytes. In pages of 4 KiB the processor must look up where each of thousands
lies; in pages of 2 MiB it hardly has to: networks take some 5 % less time (``benchmarks/large_pages.py``). Many
systems give them to everybody, some only to programs that ask. glibc asks where ``GLIBC_TUNABLES`` says so, and reads
that once, when a program begins: so where it matters this one begins again, before it has done anything.
Source: "Memory Allocation Tunables", glibc manual; "Transparent Hugepage Support", kernel documentation.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from siseon.cli.program import is_the_program

TUNABLES = "GLIBC_TUNABLES"
ASK = "glibc.malloc.hugetlb=1"
SINCE = (2, 35)
"""The version of glibc that knows it."""
MODE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
LASTING = ("serve", "worker", "profile", "evaluate")
"""Commands that run networks for long. One that reads a picture is done before it gains by it what it takes: the kernel
may have to make room for each large page, and the first answer came 4 % later."""


def begin_with_large_pages() -> None:
    """Begin again, with the same process and arguments, where that gives large pages.

    Who calls ``main`` in a process of its own is not started anew. Nor is it where ``GLIBC_TUNABLES`` is set, be it to
    nothing: then somebody has decided.
    """
    lasting = is_the_program() and sys.argv[1:2] and sys.argv[1] in LASTING
    if TUNABLES in os.environ or not lasting or not _given_to_who_asks():
        return
    os.environ[TUNABLES] = ASK  # worker processes have it too
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program


def _given_to_who_asks() -> bool:
    if sys.platform != "linux":
        return False
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        known = name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) >= SINCE
        return known and "[madvise]" in MODE.read_text()
    except (OSError, ValueError):  # another C library, or a kernel without them
        return False
