"""Where an MQTT broker is, as a person wrote it; shown to others without its password."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from siseon.contracts import InputError

PORTS = {"mqtt": 1883, "mqtts": 8883}
LONGEST = 2048
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252})")
"""A name or an address; what it resolves to is for the resolver to say."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker: ``str`` of it, and ``repr``, carry no secret."""

    host: str
    port: int
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Verifies whom it speaks with; None: not encrypted."""
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str, ca: Path | None = None) -> Broker:
        """A broker by its URL; ``ca``: certificates to trust, those of the system when None.

        Raises:
            InputError: one of them cannot be used. The message never carries the URL.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _refused("it is not a URL") from None
        if parts.scheme not in PORTS or len(url) > LONGEST:
            raise _refused("it does not begin with mqtt:// or mqtts://")
        if not _HOST.fullmatch(host) or port == 0:
            raise _refused("its host or port cannot be used")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise _refused("something follows host and port")
        return cls(
            host=host,
            port=PORTS[parts.scheme] if port is None else port,
            tls=_context(ca) if parts.scheme == "mqtts" else None,
            user=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "***@" if self.user is not None else ""
        return f"mqtt{'s' if self.tls else ''}://{user}{host}:{self.port}"


def _context(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"SISEON_MQTT_CA: {ca} cannot be used: {error.strerror or error}",
            hint="name a file of certificates in PEM format",
        ) from None


def _refused(reason: str) -> InputError:
    return InputError(
        f"SISEON_MQTT_URL cannot be used: {reason}",
        hint="write mqtts://USER:PASSWORD@HOST:PORT, with % codes for / ? # @ in user and password",
    )
