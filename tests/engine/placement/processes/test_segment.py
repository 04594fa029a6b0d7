"""Memory without a name: sealed, gone with its last user, also where there is no memfd."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.placement.processes.shared import shared_names
from siseon.engine.placement.processes import segment

SIZE = 1 << 20


@pytest.fixture(params=["memfd", "nameless file"])
def made(request, monkeypatch):
    if request.param == "nameless file":
        monkeypatch.delattr(os, "memfd_create")
    before = shared_names()
    descriptor, size = segment.create(SIZE)
    assert shared_names() == before
    yield descriptor, size
    os.close(descriptor)


def test_both_ends_see_the_same_bytes_and_the_reader_cannot_write(made):
    descriptor, size = made
    ours = segment.mapped(descriptor, writable=True)
    theirs = segment.mapped(descriptor, writable=False)
    assert len(ours) == len(theirs) == size == SIZE
    ours[1000:2000] = 7
    assert (theirs[1000:2000] == 7).all()
    with pytest.raises(ValueError, match="read-only"):
        theirs[0] = 1


def test_nobody_can_shrink_it_under_the_other():
    descriptor, _ = segment.create(SIZE)
    for size in (0, SIZE - 1, SIZE + 1):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)
    os.close(descriptor)


def test_untouched_pages_take_no_memory():
    before = _shared_pages()
    descriptor, size = segment.create(1 << 30)
    memory = segment.mapped(descriptor, writable=True)
    memory[:4096] = 1
    assert size == 1 << 30
    assert _shared_pages() - before < 1 << 20
    os.close(descriptor)


def test_where_pages_are_reserved_less_is_taken(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    descriptor, size = segment.create(1 << 30)
    assert size == segment.RESERVED_BYTES == os.fstat(descriptor).st_size
    assert os.fstat(descriptor).st_blocks * 512 == size
    os.close(descriptor)


def test_the_address_is_that_of_the_bytes():
    array = np.arange(10, dtype=np.uint8)
    assert segment.address(array[3:]) == segment.address(array) + 3


def _shared_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[2]) * os.sysconf("SC_PAGE_SIZE")
