"""Whom an address opens the service to."""

from __future__ import annotations

import pytest

from siseon.contracts import InputError
from siseon.service.exposure import check_exposure, is_loopback
from siseon.settings import Settings

TOKEN = "a-secret-of-32-characters-length"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.com"])
def test_a_network_address_needs_a_token(host):
    with pytest.raises(InputError, match="without a token") as refused:
        check_exposure(Settings(host=host))
    assert "SISEON_TOKEN" in (refused.value.hint or "")
    check_exposure(Settings(host=host, token=TOKEN))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost.", "::1", "[::1]", "127.8.9.1"])
def test_loopback_needs_none(host):
    assert is_loopback(host)
    check_exposure(Settings(host=host))
