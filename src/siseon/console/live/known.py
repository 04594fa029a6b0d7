"""What the API tells of streams and alarms, as far as the console shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Figure(_Read):
    """One value that a stream measured."""

    tag: str
    value: float | None
    unit: str | None = None
    quality: str
    reason: str | None = None


class Values(_Read):
    """Of its newest result."""

    at: datetime
    figures: tuple[Figure, ...]


class StateTold(_Read):
    """Where a stream is in its life, since when, and why."""

    at: datetime
    state: str
    cause: str | None = None
    message: str = ""
    hint: str = ""
    retry_s: float | None = None


class Counts(_Read):
    """Of frames, and rates."""

    frames: int
    skipped: int
    superseded: int
    answered: int
    failed: int
    losses: int
    frames_per_s: float
    results_per_s: float
    latency_ms: float | None
    latency_p95_ms: float | None


class Stream(_Read):
    """One of them."""

    name: str
    address: str
    application: str
    options: dict[str, JsonValue]
    created_at: datetime
    calibrated: bool
    here: bool
    state: StateTold | None
    figures: Counts | None
    values: Values | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether pictures come; what was measured before is of the past otherwise."""
        return self.state is not None and self.state.state == "live"

    @property
    def measured(self) -> tuple[Figure, ...]:
        """What it measures now; nothing of a stream that is not live."""
        return self.values.figures if self.is_live and self.values is not None else ()

    @property
    def rules(self) -> list[dict[str, JsonValue]]:
        """When its figures raise alarms, as its options say."""
        rules = self.options.get("alarms")
        return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


class Rule(_Read):
    """When an alarm is raised."""

    tag: str
    kind: str
    priority: str = "medium"
    limit: float | None = None
    after_s: float | None = None
    latch: bool = False


class Alarm(_Read):
    """As it stands."""

    id: str
    stream: str
    state: str
    active: bool
    rule: Rule
    value: float | None
    unit: str | None
    changed_at: datetime
    acknowledged_by: str | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    warning: str | None = None


class AlarmEvent(_Read):
    """Something that happened to an alarm."""

    id: int
    kind: str
    at: datetime
    alarm: str
    stream: str
    tag: str
    alarm_kind: str
    priority: str
    state: str
    value: float | None
    unit: str | None
    by: str | None
    note: str | None


class Failed(_Read):
    """Why a clip has no video."""

    code: str
    message: str
    hint: str | None = None


class Clip(_Read):
    """A video of something that happened."""

    id: str
    state: str
    at: datetime
    reasons: tuple[str, ...]
    seconds: float
    nbytes: int
    failure: Failed | None = None


class Point(_Read):
    """A figure of the past."""

    at: datetime
    tag: str
    value: float | None
    unit: str | None
    quality: str
    reason: str | None = None


class HistoryPage(_Read):
    """A part of a history."""

    points: tuple[Point, ...]
    next: str | None


class Pipeline(_Read):
    """An application that is served."""

    name: str


class Tested(_Read):
    """What came of a source that was tested."""

    address: str
    state: str
    cause: str | None = None
    message: str = ""
    hint: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float = 0.0
    picture: str | None = None


STREAM = TypeAdapter(Stream)
STREAMS = TypeAdapter(tuple[Stream, ...])
ALARMS = TypeAdapter(tuple[Alarm, ...])
EVENTS = TypeAdapter(tuple[AlarmEvent, ...])
CLIPS = TypeAdapter(tuple[Clip, ...])
HISTORY = TypeAdapter(HistoryPage)
PIPELINES = TypeAdapter(tuple[Pipeline, ...])
TESTED = TypeAdapter(Tested)
