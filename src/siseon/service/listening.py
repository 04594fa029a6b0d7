"""The port of a service. Apart from the server: where the port cannot be had, no server is loaded."""

from __future__ import annotations

import errno
import socket

from siseon.contracts import FailureCode, InputError
from siseon.service.exposure import check_exposure
from siseon.settings import Settings

BACKLOG = 2048


def listen(settings: Settings) -> socket.socket:
    """A listening socket at the settings' host and port.

    Raises:
        InputError: the address cannot be used, or would open the service to a network without a token.
    """
    check_exposure(settings)
    host = settings.host.strip("[]")  # as it stands in URLs
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, settings.port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:  # the second: no name of a machine can be so
        raise InputError(
            f"cannot listen at {settings.host}:{settings.port}: {_cause(error)}",
            code=FailureCode.invalid_input,
            hint=_remedy(error),
        ) from None
    # What it accepts has it too. asyncio's loop sets it on sockets that name their protocol, which these do not, and
    # the body of an answer then waits 40 ms for a client to acknowledge its head; uvloop sets it on all.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def address_of(door: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _cause(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "that is not an address"
    return (error.strerror or str(error)).partition(" (while attempting")[
        0
    ]  # Python adds the address once more


def _remedy(error: OSError | UnicodeError) -> str:
    if isinstance(error, PermissionError):
        return "choose one from 1024 on with --port: this user has no right to lower ones"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "choose another with --port, or stop what listens there"
    return "--host is an address of this machine, 127.0.0.1 for example, without http:// and without a port"
