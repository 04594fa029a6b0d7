"""What is known of streams and alarms, in words."""

from __future__ import annotations

import math
from datetime import datetime

from siseon.console.live.known import Alarm, AlarmEvent, Figure, Rule, Stream
from siseon.console.parts.basic import Tone
from siseon.console.words.alarms import AlarmsWords
from siseon.console.words.live import LiveWords

STATE_TONES: dict[str, Tone] = {
    "connecting": "wait",
    "live": "ok",
    "stale": "warn",
    "lost": "bad",
    "stopped": "off",
}
QUALITY_TONES: dict[str, Tone] = {"good": "ok", "uncertain": "warn", "bad": "bad"}
ALARM_TONES: dict[str, Tone] = {
    "normal": "ok",
    "unacknowledged": "bad",
    "acknowledged": "warn",
    "returned_unacknowledged": "info",
    "latched_unacknowledged": "bad",
    "latched_acknowledged": "warn",
    "shelved": "off",
}
TO_ACKNOWLEDGE = ("unacknowledged", "returned_unacknowledged", "latched_unacknowledged")
LATCHED = ("latched_unacknowledged", "latched_acknowledged")
"""States of alarms that somebody has to see."""


def state_of(stream: Stream, words: LiveWords) -> tuple[Tone, str]:
    """Where a stream is in its life."""
    state = stream.state
    if state is None:
        return "wait", words.state_none
    return STATE_TONES.get(state.state, "off"), getattr(words, f"state_{state.state}", state.state)


def cause(code: str | None, message: str, words: LiveWords) -> str:
    """Why a stream is not live."""
    return getattr(words, f"cause_{code}", message) if code else message


def hint(code: str | None, told: str, words: LiveWords) -> str:
    """What a person can do about it; what the service tells where that names something of this stream alone."""
    return getattr(words, f"hint_{code}", told) if code else told


def number(value: float) -> str:
    """As many digits as the service tells, at most six."""
    return f"{value:.6g}"


def value_of(figure: Figure | Alarm | AlarmEvent, words: LiveWords) -> str:
    """With its unit."""
    if figure.value is None:
        return words.no_value
    return f"{number(figure.value)} {figure.unit or ''}".rstrip()


def with_uncertainty(value: float, uncertainty: float | None, unit: str | None) -> str:
    """As far as the second digit of its uncertainty, as the GUM has it."""
    if not uncertainty:
        return f"{number(value)} {unit or ''}".rstrip()
    decimals = max(0, 1 - math.floor(math.log10(uncertainty)))
    return f"{value:.{decimals}f} ± {uncertainty:.{decimals}f} {unit or ''}".rstrip()


def quality_of(figure: Figure, words: LiveWords) -> tuple[Tone, str]:
    """Of a value; of a refusal with its reason."""
    told = getattr(words, f"quality_{figure.quality}", figure.quality)
    if figure.reason:
        told = f"{told}: {reason(figure.reason, words)}"
    return QUALITY_TONES.get(figure.quality, "off"), told


def reason(code: str, words: LiveWords) -> str:
    """Of a refusal."""
    found = getattr(words, f"reason_{code}", None) or getattr(words, f"cause_{code}", code)
    return str(found)


def alarm_kind(rule: Rule, words: AlarmsWords) -> str:
    """What is watched for, with its limit."""
    told = getattr(words, f"kind_{rule.kind}", rule.kind)
    if rule.after_s is not None:
        return f"{told}, {words.seconds.format(seconds=f'{rule.after_s:g}')}"
    return told if rule.limit is None else f"{told}, {words.limit.format(limit=number(rule.limit))}"


def alarm_state(state: str, words: AlarmsWords) -> tuple[Tone, str]:
    """How an alarm stands."""
    return ALARM_TONES.get(state, "off"), getattr(words, f"state_{state}", state)


def priority(of: str, words: AlarmsWords) -> str:
    """Of an alarm."""
    return getattr(words, f"priority_{of}", of)


def at(moment: datetime) -> str:
    """A moment in this machine's time, short where it is of today."""
    local = moment.astimezone()
    same_day = local.date() == datetime.now(local.tzinfo).date()
    return local.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M:%S")
