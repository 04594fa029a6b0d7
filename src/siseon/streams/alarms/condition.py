"""Whether what a rule watches for is there, as values say: comparison with a deadband, then the delays.

Free of clocks: times come with the values, in seconds of one clock that does not go back. A delay is over when a value
says so: what nobody sees neither raises an alarm nor ends one. That nothing is seen is what ``stale`` is for.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from siseon.contracts import Measurement
from siseon.streams.alarms.rules import AlarmRule, DeviationRule, LimitRule, RateRule, StaleRule

POINTS = 100
"""Values of a window that are kept: what a rate is taken over is exact to a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of values, over a restart too. Times are seconds of the clock that values come with."""

    at: float
    """When it was so."""
    good_at: float
    """When the newest good value came; at first when the watching began."""
    over: bool = False
    """Whether the newest value is beyond the limit, the deadband considered."""
    since: float = 0.0
    """When ``over`` became what it is."""
    active: bool = False
    """Whether the condition is there, the delays considered."""
    turns: int = 0
    """How often ``active`` has changed."""

    def resumed(self, now: float) -> Memory:
        """For who watches on from now: time in which nobody watched counts for nothing, nor does a clock that was set
        meanwhile."""
        gap = now - self.at
        return replace(self, at=now, good_at=self.good_at + gap, since=self.since + gap)

    def tells_more_than(self, other: Memory | None) -> bool:
        """Whether somebody who resumes needs to know it: a delay that runs goes on from ``at``."""
        pending = self.over != self.active
        return other is None or pending or replace(self, at=other.at) != other


class Condition:
    """What one rule watches for."""

    def __init__(self, rule: AlarmRule, memory: Memory) -> None:
        self.rule = rule
        self.memory = memory
        self.compared: float | None = None
        """What was last held against the limit: the value, its deviation, or its rate."""
        self._points: deque[tuple[float, float]] = deque()

    def value(self, measured: Measurement, at: float) -> bool:
        """A figure was seen, after a ``look`` at the same time. Returns whether the condition came or went."""
        at = max(at, self.memory.at)
        self.memory = replace(self.memory, at=at)
        if isinstance(self.rule, StaleRule):
            if measured.quality != "good":
                return False
            self.memory = replace(self.memory, good_at=at)
            return self._is_over(False, at)
        if measured.value is None:
            return False
        excess = self._excess(measured.value, at)
        if excess is None:
            return False
        return self._is_over(excess > (-self.rule.deadband if self.memory.over else 0.0), at)

    def look(self, now: float) -> bool:
        """Time has passed. Returns whether the condition came or went."""
        if not isinstance(self.rule, StaleRule):
            return False
        now = max(now, self.memory.at)
        self.compared = now - self.memory.good_at
        if self.compared < self.rule.after_s:
            return False
        self.memory = replace(self.memory, at=now)
        return self._is_over(True, now)

    def _excess(self, value: float, at: float) -> float | None:
        """By how much it is beyond the limit; None where that is not known yet."""
        match self.rule:
            case LimitRule(kind="high_high" | "high", limit=limit):
                self.compared = value
                return value - limit
            case LimitRule(limit=limit):
                self.compared = value
                return limit - value
            case DeviationRule(setpoint=setpoint, limit=limit):
                self.compared = value - setpoint
                return abs(self.compared) - limit
            case RateRule(limit=limit, window_s=window_s):
                self.compared = self._rate(value, at, window_s)
                return None if self.compared is None else abs(self.compared) - limit
            case _:
                return None

    def _rate(self, value: float, at: float, window_s: float) -> float | None:
        """Per second, since the newest value that is a window old or older."""
        points = self._points
        if not points or at - points[-1][0] >= window_s / POINTS:
            points.append((at, value))
        while len(points) > 1 and points[1][0] <= at - window_s:
            points.popleft()
        begun, before = points[0]
        return (value - before) / (at - begun) if at - begun >= window_s else None

    def _is_over(self, over: bool, at: float) -> bool:
        if over != self.memory.over:
            self.memory = replace(self.memory, over=over, since=at)
        memory = self.memory
        if over == memory.active or at - memory.since < self._delay_s(over):
            return False
        self.memory = replace(memory, active=over, turns=memory.turns + 1)
        return True

    def _delay_s(self, over: bool) -> float:
        if not over:
            return self.rule.off_delay_s
        return 0.0 if isinstance(self.rule, StaleRule) else self.rule.on_delay_s
