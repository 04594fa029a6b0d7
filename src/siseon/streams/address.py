"""Where frames come from, as a person wrote it; shown to others without what is secret in it.

The rules are those of ``media/addresses.py``: a URL in its plain form, an address that is public or allowed. Cameras
ask for two things more: a user and password in the URL, and the ports of RTSP.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import Network, named, networks, parse_url, permitted
from siseon.media.files import name_text
from siseon.streams.causes import Cause, Lost
from siseon.streams.device import is_camera

EVERYWHERE = networks("0.0.0.0/0, ::/0")
"""For what the owner of this machine types: whoever has a shell here needs no leave to connect."""
LONGEST = 2048
LONGEST_SHOWN = 255
"""Characters of a file's name that a message tells."""
DEVICES = ("/dev/video", "/dev/v4l/")
"""A path that begins so is a camera of this machine, not a file."""
Scheme = Literal["rtsp", "rtsps", "http", "https"]
Here = Literal["file", "v4l2"]
"""On this machine: ``v4l2`` is a camera of its own."""
_USUAL_PORT: dict[Scheme, int] = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_SCHEMES: dict[str, Scheme] = {scheme: scheme for scheme in _USUAL_PORT}
_SHOWN_KEYS = frozenset(
    {"channel", "subtype", "stream", "profile", "resolution", "width", "height", "fps", "quality", "camera"}
)
"""Parameters that tell streams of one camera apart. All others are masked: any may be a secret."""
_TARGET = re.compile(r"[!-~]*")
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")
MASK = "***"
PLAIN = "write rtsp://USER:PASSWORD@HOST:PORT/PATH, with % codes for / ? # @ in user and password"
PORTS = "take the port at which the camera serves: 80, 443, 554, 322, or one from 1024 on"

IPAddress = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """A source: ``str`` of it, and ``repr``, carry no secret."""

    scheme: Scheme | Here
    host: str = ""
    """A name, an IPv4 address, or an IPv6 address without brackets."""
    port: int = 0
    target: str = field(default="", repr=False)
    """Path and query; of a file or a device its path."""
    user: str = field(default="", repr=False)
    """Decoded, as the password is."""
    password: str = field(default="", repr=False)
    userinfo: str = field(default="", repr=False)
    """Both as they were written."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """An address as a person writes it. Messages never carry it, but for a file's without a password.

        Raises:
            InputError: ``url_blocked`` for one that is not in its plain form, ``file_unreadable``.
        """
        address = cls.written(text)
        if address.scheme == "v4l2" and not is_camera(address.target):
            raise InputError(
                "there is no such camera on this machine",
                code=FailureCode.file_unreadable,
                hint="ls /dev/video* /dev/v4l/by-id/*",
            )
        if address.scheme == "file" and not Path(text).is_file():
            name = name_text(address.target[:LONGEST_SHOWN])
            raise InputError(
                "there is no such file" if "@" in text else f"there is no file {name}",
                code=FailureCode.file_unreadable,
                hint="name a video file, /dev/videoN, or an address with rtsp://, rtsps://, http:// or https://",
            )
        return address

    @classmethod
    def written(cls, text: str) -> Address:
        """The same of what was written some time ago: a file need not be there now.

        Raises:
            InputError: ``url_blocked``.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            return cls(scheme="v4l2" if text.startswith(DEVICES) else "file", target=text)
        if scheme.lower() == "v4l2":
            return cls(scheme="v4l2", target=rest)
        kind = _SCHEMES.get(scheme.lower())
        if kind is None:
            raise _refused(
                "the address does not begin with rtsp://, rtsps://, http:// or https://, and is not a file"
            )
        if len(text) > LONGEST:
            raise _refused(f"the address has more than {LONGEST:,} characters")
        authority, slash, target = _parted(rest)
        userinfo, _, place = authority.rpartition("@")
        if not _TARGET.fullmatch(userinfo + target):
            raise _refused("the address has blanks, controls or letters that are not ASCII")
        user, _, password = userinfo.partition(":")
        host, port = _place(kind, place)
        return cls(
            scheme=kind,
            host=host,
            port=port,
            target=(slash + target) or "/",
            user=unquote(user),
            password=unquote(password),
            userinfo=userinfo,
        )

    @property
    def plain_url(self) -> str:
        """The URL without user and password, for HTTP."""
        return f"{self.scheme}://{self._place()}{self.target}"

    def __str__(self) -> str:
        if self.scheme == "file":
            return Path(self.target).name
        if self.scheme == "v4l2":
            return f"v4l2://{self.target}"
        return f"{self.scheme}://{f'{MASK}@' if self.userinfo else ''}{self._place()}{_masked(self.target)}"

    def rtsp_url(self, allow: tuple[Network, ...]) -> str:
        """The URL for FFmpeg, secrets included, its host replaced by one of its addresses, which were checked: FFmpeg
        would look the name up once more, and might be told another address. Public ones must be allowed too: FFmpeg
        follows a redirect wherever it leads, so a server of a stranger would reach what the stranger cannot.

        Raises:
            Lost: ``blocked``; ``unreachable`` for a name that is not known.
        """
        address = _pinned(self.host, self.port, allow)
        place = f"[{address}]" if ":" in address else address
        return (
            f"{self.scheme}://{f'{self.userinfo}@' if self.userinfo else ''}{place}:{self.port}{self.target}"
        )

    @property
    def is_rtsp(self) -> bool:
        """Encrypted or not."""
        return self.scheme in ("rtsp", "rtsps")

    def _place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.scheme != "file" and self.scheme != "v4l2" and self.port == _USUAL_PORT[self.scheme]
        return host if usual else f"{host}:{self.port}"


def may_connect(address: Address, place: IPAddress, allow: tuple[Network, ...]) -> bool:
    """Whether ``place``, an address of its host, may be connected to."""
    return named(place, allow) if address.is_rtsp else permitted(place, allow)


def _parted(rest: str) -> tuple[str, str, str]:
    """Authority, and what follows it with its first character apart."""
    for index, character in enumerate(rest):
        if character in "/?#":
            return rest[:index], character, rest[index + 1 :].partition("#")[0]
    return rest, "", ""


def _place(scheme: Scheme, place: str) -> tuple[str, int]:
    """Host and port, by the rules for URLs that are fetched; RTSP has ports of its own."""
    parts = _HOST_PORT.fullmatch(place)
    port = int(parts[2]) if parts is not None and parts[2] else _USUAL_PORT[scheme]
    if parts is not None and port in (_USUAL_PORT["rtsp"], _USUAL_PORT["rtsps"]):
        place = parts[1]
    try:
        url = parse_url(f"{scheme if scheme == 'https' else 'http'}://{place}/")
    except InputError as error:
        hint = PORTS if parts is not None and parts[2] else PLAIN
        raise _refused(error.message, hint) from None
    return url.raw_host.decode("ascii").strip("[]"), port


def _masked(target: str) -> str:
    path, mark, query = target.partition("?")
    parts = [MASK if "=" in part or "@" in part else part for part in path.split("/")]
    pairs = [
        pair if pair.partition("=")[0].lower() in _SHOWN_KEYS else MASK for pair in query.split("&") if pair
    ]
    return "/".join(parts) + mark + "&".join(pairs)


def _pinned(host: str, port: int, allow: tuple[Network, ...]) -> str:
    """One of the host's addresses. All must be allowed: which one is used must not matter."""
    try:
        found = {ip_address(end[0]) for *_, end in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError, ValueError):
        raise Lost(Cause.unreachable, "its name is not known") from None
    if not all(named(address, allow) for address in found):
        raise Lost(Cause.blocked)
    return str(min(found, key=lambda address: (isinstance(address, IPv6Address), int(address))))


def _refused(message: str, hint: str = PLAIN) -> InputError:
    return InputError(message, code=FailureCode.url_blocked, hint=hint)
