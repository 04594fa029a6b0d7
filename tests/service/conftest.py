"""A real server on loopback for each test that asks for one."""

from __future__ import annotations

from services import client, host, lasting, lasting_address, start

__all__ = ["client", "host", "lasting", "lasting_address", "start"]
