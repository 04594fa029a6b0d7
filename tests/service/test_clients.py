"""Whose requests count together."""

from __future__ import annotations

import pytest

from siseon.engine.flow import INTERACTIVE, Flow
from siseon.service.clients import Clients, site_of


def flow_of(clients: Clients, address: str, port: int = 1000) -> Flow:
    return clients.of({"client": (address, port)})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="an IPv4 address, whatever the port"),
        pytest.param("192.0.2.1", "::ffff:192.0.2.1", id="the same written as IPv6"),
        pytest.param(
            "2001:db8::1", "2001:db8:0:0:ffff::2", id="a network of 64 bits, which is one household's"
        ),
        pytest.param("fe80::1%eth0", "fe80::1%eth1", id="an address, by whichever interface it comes"),
        pytest.param("unknown", "_hidden", id="all whom a proxy does not name"),
    ],
)
def test_one_client_is(one: str, other: str) -> None:
    clients = Clients()
    first = flow_of(clients, one, port=1000)
    assert flow_of(clients, other, port=2000) is first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("192.0.2.1", "192.0.2.2", id="neighbouring IPv4 addresses"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", id="neighbouring networks of 64 bits"),
        pytest.param("unknown", "192.0.2.1", id="who has an address, and who is not named"),
    ],
)
def test_two_clients_are(one: str, other: str) -> None:
    clients = Clients()
    first = flow_of(clients, one)
    assert flow_of(clients, other) is not first


def test_a_socket_without_an_address_is_nobody_in_particular() -> None:
    assert Clients().of({"client": None}) is INTERACTIVE
    assert Clients().of({}) is INTERACTIVE


def test_who_has_no_request_here_is_forgotten() -> None:
    clients = Clients()
    for number in range(1000):
        flow_of(clients, f"2001:db8:0:{number:x}::1")
    kept = flow_of(clients, "192.0.2.1")
    assert list(clients._flows.values()) == [kept]
    assert site_of.cache_info().maxsize is not None


def test_of_a_long_text_in_place_of_an_address_its_beginning_is_remembered() -> None:
    clients = Clients()
    site_of.cache_clear()
    first, second = (flow_of(clients, f"{'x' * 60_000}{number}") for number in range(2))
    assert first is second
    assert site_of.cache_info().currsize == 1
