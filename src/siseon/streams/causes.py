"""Why a stream is not live: the closed set of causes, what each means, and when it is worth another try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Again = Literal["soon", "later", "never"]
"""Another try: with short pauses that grow; with long ones, since somebody has to mend it; not at all."""


class Cause(StrEnum):
    """The names that states are told with; see ``_RULES`` for their meaning."""

    unreachable = "unreachable"
    timed_out = "timed_out"
    silent = "silent"
    ended = "ended"
    broken = "broken"
    not_found = "not_found"
    unauthorized = "unauthorized"
    untrusted = "untrusted"
    not_video = "not_video"
    no_video = "no_video"
    too_large = "too_large"
    undecodable = "undecodable"
    blocked = "blocked"
    failed = "failed"
    finished = "finished"
    asked = "asked"
    not_served = "not_served"
    unusable = "unusable"

    @property
    def again(self) -> Again:
        """Whether, and how soon, another try makes sense."""
        return _RULES[self].again

    @property
    def meaning(self) -> str:
        """What happened, in a sentence's part."""
        return _RULES[self].meaning

    @property
    def remedy(self) -> str:
        """What a person can do; empty where there is nothing to do."""
        return _RULES[self].remedy


@dataclass(frozen=True, slots=True)
class _Rule:
    again: Again
    meaning: str
    remedy: str = ""


_RULES: dict[Cause, _Rule] = {
    Cause.unreachable: _Rule("soon", "nothing answers at its address", "check address, cable and firewall"),
    Cause.timed_out: _Rule("soon", "it did not open in time", "check the network"),
    Cause.silent: _Rule("soon", "it sends nothing any more", "check the camera"),
    Cause.ended: _Rule("soon", "the other side closed it"),
    Cause.broken: _Rule("soon", "the connection broke off"),
    Cause.not_found: _Rule("later", "there is no such stream", "check the path in the address"),
    Cause.unauthorized: _Rule(
        "later",
        "user or password were refused",
        "write USER:PASSWORD@ before the host, with % codes for / ? # @ in them",
    ),
    Cause.untrusted: _Rule(
        "later",
        "its certificate was not verified",
        "SISEON_STREAMS_CA names a file with the certificate of who signed it; the address names the camera as it does",
    ),
    Cause.not_video: _Rule(
        "later", "what is there is not a video or a picture", "open the address in a player"
    ),
    Cause.no_video: _Rule(
        "later", "it carries no video, only sound or data", "choose another stream of the camera"
    ),
    Cause.too_large: _Rule("later", "its pictures are larger than allowed", "choose the camera's sub-stream"),
    Cause.undecodable: _Rule("later", "nothing of it can be decoded", "set the camera to H.264 or MJPEG"),
    Cause.blocked: _Rule(
        "never",
        "its network is not allowed",
        "start the service with the cameras' networks: SISEON_STREAMS_ALLOW=192.168.1.0/24",
    ),
    Cause.failed: _Rule("later", "siseon made a mistake with it", "the log has the traceback"),
    Cause.finished: _Rule("never", "the file has ended"),
    Cause.asked: _Rule("never", "it was stopped"),
    Cause.not_served: _Rule(
        "never", "its application is not served here", "name the application to `siseon serve`"
    ),
    Cause.unusable: _Rule(
        "later", "it cannot be run as it is kept", "change the stream, or mend what is named"
    ),
}


class Lost(Exception):
    """A session with a source ended; ``detail`` says more than the cause, and never carries an address."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(cause.value)
        self.cause = cause
        self.detail = detail
