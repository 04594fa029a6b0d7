"""Whom an address opens the service to. Apart from the gate: a command that is refused for it has loaded no server."""

from __future__ import annotations

import ipaddress

from siseon.contracts import InputError
from siseon.settings import Settings


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine alone."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_exposure(settings: Settings) -> None:
    """Refuse to open the service to a network without a token.

    Raises:
        InputError: the host is not loopback and there is no token.
    """
    if settings.token is None and not is_loopback(settings.host):
        raise InputError(
            f"listening at {settings.host} would open the service to the network without a token",
            hint="set SISEON_TOKEN to a secret of 16 characters or more, or listen at 127.0.0.1",
        )
