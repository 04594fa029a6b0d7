"""The port of a service, or why it cannot be had."""

from __future__ import annotations

import re
import socket

import pytest

from siseon.contracts import InputError
from siseon.service.listening import address_of, listen
from siseon.settings import Settings

TOKEN = "a-secret-of-32-characters-length"


def test_answers_go_out_as_they_are_written_whatever_the_loop():
    with listen(Settings(port=0)) as door, socket.create_connection(door.getsockname()):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_may_stand_as_in_urls(host):
    with listen(Settings(host=host, port=0)) as door:
        assert address_of(door) == f"http://[::1]:{door.getsockname()[1]}"


@pytest.mark.parametrize("host", ["nobody.invalid", "a..b", "192.0.2.7", "http://127.0.0.1", "127.0.0.1:80"])
def test_an_address_of_no_machine_or_of_another_one_is_not_blamed_on_the_port(host):
    with pytest.raises(InputError, match="cannot listen at") as refused:
        listen(Settings(host=host, port=0, token=TOKEN))
    assert not re.search("while attempting|Unknown error", refused.value.message)
    assert (refused.value.hint or "").startswith("--host is an address of this machine")


def test_a_port_that_is_taken_is_said_to_be():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError) as refused:
        listen(Settings(port=taken.getsockname()[1]))
    assert "--port" in (refused.value.hint or "")
