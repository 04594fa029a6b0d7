"""A real server on loopback for each test that asks for one."""

from __future__ import annotations

from service.held import held
from services import client, host, lasting, lasting_address, start

__all__ = ["client", "held", "host", "lasting", "lasting_address", "start"]
