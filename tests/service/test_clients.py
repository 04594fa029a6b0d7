"""Whose requests count together."""

from __future__ import annotations

import pytest

from siseon.engine.flow import INTERACTIVE
from siseon.service.clients import Clients, site_of


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
        ("unknown", "_hidden", True),  # what proxies say of clients that they do not name
        ("unknown", "192.0.2.1", False),
    ],
)
def test_one_client_is_an_address_or_the_network_of_one(one: str, other: str, *, together: bool) -> None:
    clients = Clients()
    first = clients.of({"client": (one, 1000)})
    assert (clients.of({"client": (other, 2000)}) is first) is together


def test_a_socket_without_an_address_is_nobody_in_particular() -> None:
    assert Clients().of({"client": None}) is INTERACTIVE
    assert Clients().of({}) is INTERACTIVE


def test_who_has_no_request_here_is_forgotten() -> None:
    clients = Clients()
    for number in range(1000):
        clients.of({"client": (f"2001:db8:0:{number:x}::1", 1)})
    kept = clients.of({"client": ("192.0.2.1", 1)})
    assert list(clients._flows.values()) == [kept]
    assert site_of.cache_info().maxsize is not None


def test_of_a_long_text_in_place_of_an_address_its_beginning_is_remembered() -> None:
    clients = Clients()
    site_of.cache_clear()
    first, second = (clients.of({"client": (f"{'x' * 60_000}{number}", 1)}) for number in range(2))
    assert first is second
    assert site_of.cache_info().currsize == 1
