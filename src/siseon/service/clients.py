"""Who a request comes from: a flow of its own for each address, as long as it has requests here.

There is one token for all who may ask, so the address is what tells clients apart. Behind a proxy that uvicorn trusts,
on this machine or at an address of ``FORWARDED_ALLOW_IPS``, it is the one that the proxy has seen.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from siseon.engine.flow import INTERACTIVE, Flow

REMEMBERED = 4096
"""Addresses of which it is remembered what they are part of."""
LONGEST = 80
"""Letters of an address: what a proxy passes on may be anything, and is remembered."""
SITE_BITS = 64
"""Of an IPv6 address: who has one has all that begin with these."""


class Clients:
    """Those of one process; used from the event loop's thread alone."""

    def __init__(self) -> None:
        self._flows: WeakValueDictionary[str, Flow] = WeakValueDictionary()
        """Whoever has no request here, and is among the last of no pipeline, is forgotten."""

    def of(self, scope: Mapping[str, Any]) -> Flow:
        """The flow of the client of one connection's event."""
        client = scope.get("client")
        if client is None:
            return INTERACTIVE
        site = site_of(client[0][:LONGEST])
        flow = self._flows.get(site)
        if flow is None:
            flow = self._flows[site] = Flow("client")
        return flow


@lru_cache(maxsize=REMEMBERED)
def site_of(address: str) -> str:
    """What counts as one client: an IPv4 address, the network of an IPv6 address, and all that are no addresses."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is None:
            return str(ipaddress.IPv6Address(int(known) >> (128 - SITE_BITS) << (128 - SITE_BITS)))
        known = known.ipv4_mapped
    return str(known)
