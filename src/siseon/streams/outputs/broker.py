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
CA, CERTIFICATE, KEY = "SISEON_MQTT_CA", "SISEON_MQTT_CERTIFICATE", "SISEON_MQTT_KEY"
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
    def parse(
        cls, url: str, ca: Path | None = None, certificate: Path | None = None, key: Path | None = None
    ) -> Broker:
        """A broker by its URL.

        Args:
            url: as a person wrote it.
            ca: certificates to trust; those of the system when None.
            certificate: chain of the one that this client shows to the broker; none when None.
            key: of that, without a password.

        Raises:
            InputError: one of them cannot be used, or has no use. The message never carries the URL.
        """
        if not (url.isascii() and url.isprintable()):  # ``urlsplit`` leaves out line breaks in silence
            raise _refused("it is not a URL")
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
        if parts.scheme == "mqtt" and any((ca, certificate, key)):
            raise InputError(
                f"{CA}, {CERTIFICATE} and {KEY} are for mqtts://, and SISEON_MQTT_URL is not encrypted",
                hint="write mqtts://, or unset them",
            )
        return cls(
            host=host,
            port=PORTS[parts.scheme] if port is None else port,
            tls=_context(ca, certificate, key) if parts.scheme == "mqtts" else None,
            user=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "***@" if self.user is not None else ""
        return f"mqtt{'s' if self.tls else ''}://{user}{host}:{self.port}"


def _context(ca: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(CA, ca, error) from None
    if certificate is None and key is None:
        return context
    if certificate is None or key is None:
        there, missing = (KEY, CERTIFICATE) if certificate is None else (CERTIFICATE, KEY)
        raise InputError(f"{there} is set without {missing}", hint="a certificate needs its key: set both")
    for name, path in ((CERTIFICATE, certificate), (KEY, key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise _unusable(name, path, error) from None
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise _unusable(f"{CERTIFICATE} with {KEY}", certificate, error) from None
    return context


def _no_password() -> str:
    """OpenSSL would ask at the terminal of a service otherwise."""
    raise InputError(f"{KEY} has a password", hint="openssl pkey -in KEY -out FILE writes it without")


def _unusable(name: str, path: Path | None, error: Exception) -> InputError:
    reason = (isinstance(error, OSError) and error.strerror) or error
    return InputError(f"{name}: {path} cannot be used: {reason}", hint="name a file in PEM format")


def _refused(reason: str) -> InputError:
    return InputError(
        f"SISEON_MQTT_URL cannot be used: {reason}",
        hint="write mqtts://USER:PASSWORD@HOST:PORT, with % codes for / ? # @ in user and password",
    )
