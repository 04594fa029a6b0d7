"""Which URLs and addresses may be fetched: rules only, nothing here connects.

A service that fetches what a stranger names must not become the stranger's way into the network around it. So a
URL is taken only in its plain form (each library reads the odd forms its own way), and an address only if it is
public or if the owner allows its network.
"""

from __future__ import annotations

import re
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

import httpx

from siseon.contracts import FailureCode, InputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries, written out: Python's `is_global` differs by release and has holes.
_RESERVED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' own; Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host, reachable from every machine in it
        "169.254.0.0/16",  # link-local; metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays from IPv6
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
"""All that is routed in public. Outside: loopback, private (fc00::/7; Amazon's metadata service), link-local,
site-local, multicast, IPv4-compatible (::a.b.c.d), local translation (64:ff9b:1::/48)."""
_RESERVED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo carries an IPv4 address inside
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as seen from a network that has only IPv6: judged by the IPv4 address inside."""

_LOWEST_FREE_PORT = 1024
"""Below it only the two ports of the web: the others belong to mail, shells, files and databases."""
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s\\%:\[\]]+)(?::[0-9]{1,5})?")
_HINT = "send a public address of the plain form https://name/path, or the picture's bytes"


def permitted(address: Address, allow: tuple[Network, ...] = ()) -> bool:
    """Whether a connection to ``address`` may be opened: it is public, or in one of the owner's networks."""
    return _public(_embedded(address)) or named(address, allow)


def named(address: Address, allow: tuple[Network, ...]) -> bool:
    """Whether ``address`` is in one of the owner's networks."""
    inner = _embedded(address)
    return any(address in network or inner in network for network in allow)


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _RESERVED_4)
    return address in _UNICAST_6 and not any(address in network for network in _RESERVED_6)


def networks(text: str) -> tuple[Network, ...]:
    """The networks that an owner allows, as in ``"10.0.0.0/8, 192.168.1.5"``.

    Raises:
        InputError: ``invalid_input`` for what is not a network.
    """
    found: list[Network] = []
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError as error:
            raise InputError(
                f"{part!r} is not a network: {error}",
                hint="write them in SISEON_URL_ALLOW as 10.0.0.0/8, 192.168.1.5, fd00::/8",
            ) from None
    return tuple(found)


def parse_url(text: str) -> httpx.URL:
    """A URL of the plain form ``http[s]://host[:port]/...``; its host's addresses are judged when they are known.

    Messages name the broken rule and never the URL, which may carry a password or a token.

    Raises:
        InputError: ``url_blocked``.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise blocked("the URL does not begin with http:// or https://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise blocked("the URL carries a user name or a password")
    if not _HOST_AND_PORT.fullmatch(authority):
        raise blocked("the host or port of the URL is not in its plain form")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        raise blocked("the URL is not valid") from None
    if not _plain(url.raw_host.decode("ascii")):
        raise blocked("the host of the URL is not in its plain form")
    if url.port is not None and url.port not in (80, 443) and not _LOWEST_FREE_PORT <= url.port <= 0xFFFF:
        raise blocked(f"port {url.port} is not taken, only 80, 443 and those from {_LOWEST_FREE_PORT}")
    return url


def _plain(host: str) -> bool:
    """Whether a host that httpx has read is an IPv6 address, a plain IPv4 address or a name.

    What ends in a number is an IPv4 address to browsers and to C libraries: 127.1, 0x7f.1 and 2130706433 too.
    """
    labels = host.split(".")
    if ":" in host:
        return True
    if _NUMBER.fullmatch(labels[-1]):
        return len(labels) == 4 and all(label.isdecimal() for label in labels)  # 0177 is refused by httpx
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def blocked(message: str) -> InputError:
    """The failure for a URL that is not fetched, whatever is behind it."""
    return InputError(message, code=FailureCode.url_blocked, hint=_HINT)
