"""A request of the review, what came back, and all of it together: the evidence that checks judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from siseon.review.listing import Box
from siseon.review.operation import Operation


class Group(StrEnum):
    """Why a request is sent."""

    plain = "plain"
    blank = "blank"
    colour = "colour"
    """Things known by their colour, and the same with red and blue swapped."""
    layout = "layout"
    """The plain picture elsewhere, larger, or turned by EXIF: boxes must follow."""
    formats = "formats"
    """The plain picture in other formats and colour modes."""
    odd = "odd"
    """Valid pictures of extreme sizes and contents."""
    hostile = "hostile"
    malformed = "malformed"
    """The picture is right, the request around it is not."""
    many = "many clients"


class Expect(StrEnum):
    """What a sound service may answer."""

    accept = "2xx"
    refuse = "4xx"
    either = "2xx or 4xx"


class Form(StrEnum):
    """How the request is put together."""

    right = "right"
    missing_field = "missing field"
    two_files = "two files"
    text_field = "text instead of a file"
    empty = "empty"
    json_instead = "JSON instead"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a client sends it."""

    data: bytes
    filename: str = "photo.jpg"
    content_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Shift:
    """Where the plain picture's pixels are in another one: ``box * scale + (dx, dy)``, in pixels."""

    scale: float = 1.0
    dx: float = 0.0
    dy: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """One request to send."""

    name: str
    group: Group
    expect: Expect
    upload: Upload
    size: tuple[int, int] | None = None
    """Width and height of the upright picture in pixels, where there is one."""
    shift: Shift | None = None
    """Where the objects of ``like`` must be found."""
    like: str = "plain photo"
    copy_shift: Shift = Shift()
    """Where they must be found once more, in a picture with two copies."""
    hidden: Box | None = None
    """The area, x1, y1, x2, y2 in pixels, that is transparent."""
    form: Form = Form.right
    among: int = 1
    """How many requests of its kind there are at once, itself included; it may wait for them."""


@dataclass(frozen=True)
class Exchange:
    """A case and its answer. ``status`` is 0 when none came; ``trouble`` then says why."""

    case: Case
    status: int
    elapsed_s: float
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """Whether the service accepted the request."""
        return 200 <= self.status < 300

    @property
    def failed(self) -> bool:
        """Whether the service broke: a 5xx, or no answer."""
        return self.status >= 500 or self.status == 0

    @cached_property
    def document(self) -> object:
        """The body as JSON; None when it is not. NaN and Infinity are let through: a check of its own."""
        try:
            parsed: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return parsed

    @property
    def content_type(self) -> str:
        """Media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def brief(self, length: int = 160) -> str:
        """Status, media type and the beginning of the body, on one line."""
        if not self.status:
            return self.trouble
        text = " ".join(self.body[: 4 * length].decode("utf-8", "replace").split())
        return f"{self.status} {self.content_type} {text[:length]}{'…' if len(text) > length else ''}".strip()


@dataclass
class ManyClients:
    """What the experiments with many, slow and vanishing clients measured; None where one was not made."""

    busy_health_s: float | None = None
    """Seconds that a health answer took, half of the time in which many requests ran."""
    others_blocked: bool | None = None
    """Whether slow clients kept another request from its answer."""
    behind_others_s: list[float] = field(default_factory=list)
    """Times of a request sent after those of many clients, all of whom waited for their answers."""
    after_hang_up_s: list[float] = field(default_factory=list)
    """The same after they had hung up."""
    flood_read: int | None = None
    """Bytes of an endless upload that the service took before it answered."""
    flood_total: int | None = None
    """Bytes that upload would have had."""
    flood_status: int = 0


@dataclass
class Evidence:
    """Everything that one review saw."""

    operation: Operation
    exchanges: list[Exchange] = field(default_factory=list)
    health: Exchange | None = None
    many: ManyClients = field(default_factory=ManyClients)
    over_http: bool = True

    @property
    def plain(self) -> Exchange | None:
        """The first answer to the plain photo, if it was accepted."""
        return next(self.accepted(Group.plain), None)

    @property
    def typical_s(self) -> float:
        """Median time of a plain request alone."""
        times = sorted(exchange.elapsed_s for exchange in self.of(Group.plain))
        return times[len(times) // 2] if times else 0.0

    def of(self, *groups: Group) -> Iterator[Exchange]:
        """The exchanges of some groups, of all when none is named."""
        return (each for each in self.exchanges if not groups or each.case.group in groups)

    def accepted(self, *groups: Group) -> Iterator[Exchange]:
        """Those that were answered with 2xx."""
        return (each for each in self.of(*groups) if each.ok)

    def named(self, name: str) -> Exchange | None:
        """The exchange of the case of that name."""
        return next((each for each in self.exchanges if each.case.name == name), None)
