"""When an alarm is to be raised: what an owner states of a tag, and what is wrong with it.

The kinds and attributes are those of ISA-18.2-2016 and IEC 62682: limits, deviation, rate of change, deadband, delays,
latching, re-alarming, priority. ``stale`` is their "bad measurement", by time.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from siseon.contracts.measurement import Finite

Priority = Literal["low", "medium", "high", "critical"]
LimitKind = Literal["high_high", "high", "low", "low_low"]
Kind = Literal[LimitKind, "deviation", "rate_of_change", "stale"]
MOST = 100
"""Rules of one stream."""
LONGEST_S = 7 * 24 * 3600.0
"""Of a delay, and of a shelf: longer than that is an alarm that nobody wants."""

Tag = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,62}$")]
Delay = Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False)]
Band = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Above = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    tag: Tag
    """Which figure of the stream."""
    priority: Priority = "medium"
    off_delay_s: Delay = 0.0
    """Seconds over which values must be seen to be back before the alarm returns to normal."""
    latch: bool = False
    """Whether it stays until somebody resets it, when values are back."""
    re_alarm_s: Annotated[float, Field(ge=1, le=LONGEST_S, allow_inf_nan=False)] | None = None
    """Seconds after which one that was acknowledged and is still there is to be acknowledged again."""


class _Compared(_Rule):
    deadband: Band = 0.0
    """How far behind the limit a value must be, in units of it, to be back."""
    on_delay_s: Delay = 0.0
    """Seconds over which values must be seen beyond the limit before the alarm is raised."""


class LimitRule(_Compared):
    """A value beyond a limit: above it for ``high``, below it for ``low``."""

    kind: LimitKind
    limit: Finite


class DeviationRule(_Compared):
    """A value that is farther than ``limit`` from the setpoint."""

    kind: Literal["deviation"]
    setpoint: Finite
    limit: Above

    @model_validator(mode="after")
    def _it_can_return(self) -> DeviationRule:
        _check_band(self.deadband, self.limit)
        return self


class RateRule(_Compared):
    """A value that rises or falls by more than ``limit`` in a second, over a window."""

    kind: Literal["rate_of_change"]
    limit: Above
    """In units of the value per second."""
    window_s: Annotated[float, Field(ge=0.1, le=24 * 3600, allow_inf_nan=False)] = 60.0
    """The change is that since the value of so many seconds ago."""

    @model_validator(mode="after")
    def _it_can_return(self) -> RateRule:
        _check_band(self.deadband, self.limit)
        return self


class StaleRule(_Rule):
    """No good value for so long: refused readings and uncertain ones are none, nor is a camera that is lost."""

    kind: Literal["stale"]
    after_s: Annotated[float, Field(ge=0.1, le=LONGEST_S, allow_inf_nan=False)]


AlarmRule = Annotated[LimitRule | DeviationRule | RateRule | StaleRule, Field(discriminator="kind")]


def alarm_id(stream: str, rule: AlarmRule) -> str:
    """Of the alarm: neither names of streams nor tags have dots."""
    return f"{stream}.{rule.tag}.{rule.kind}"


def check_rules(rules: tuple[AlarmRule, ...]) -> tuple[AlarmRule, ...]:
    """The rules of one stream, if they fit together.

    Raises:
        ValueError: two of a kind for one tag, or limits that are not in the order of their kinds.
    """
    limits: dict[str, dict[str, float]] = {}
    seen: set[tuple[str, str]] = set()
    for rule in rules:
        if (rule.tag, rule.kind) in seen:
            raise ValueError(f"two rules {rule.kind} for {rule.tag}: one of each kind may be stated")
        seen.add((rule.tag, rule.kind))
        if isinstance(rule, LimitRule):
            limits.setdefault(rule.tag, {})[rule.kind] = rule.limit
    for tag, stated in limits.items():
        _check_order(tag, stated)
    return rules


def _check_order(tag: str, stated: dict[str, float]) -> None:
    kinds: Iterable[str] = get_args(LimitKind)
    for upper, lower in pairwise(kind for kind in kinds if kind in stated):
        if not stated[upper] > stated[lower]:
            raise ValueError(
                f"{tag}: {upper} is {stated[upper]:g} and {lower} {stated[lower]:g}: "
                "high_high > high > low > low_low"
            )


def _check_band(deadband: float, limit: float) -> None:
    if deadband >= limit:
        raise ValueError(
            f"a deadband of {deadband:g} at a limit of {limit:g}: the alarm could never return; state a smaller one"
        )
