"""The parts of all workers are together what the settings allow the service."""

from __future__ import annotations

import pytest

from siseon.service.bodies import BATCH
from siseon.service.workers.share import share
from siseon.settings import Settings


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_what_uploads_and_registered_networks_may_take_is_divided(workers):
    stated = Settings(max_upload_bytes=1 << 20, max_uploads_bytes=64 << 20, registered_bytes=1 << 30)
    part = share(stated, workers)
    assert workers * part.max_uploads_bytes == 64 << 20
    assert workers * part.registered_bytes == 1 << 30


def test_a_worker_keeps_room_for_one_request_of_the_largest_kind_but_never_more_than_was_stated():
    large = share(Settings(max_upload_bytes=10 << 20, max_uploads_bytes=64 << 20), 4)
    assert large.max_uploads_bytes == BATCH * 10 << 20
    small = share(Settings(max_upload_bytes=10 << 20, max_uploads_bytes=20 << 20), 4)
    assert small.max_uploads_bytes == 20 << 20
