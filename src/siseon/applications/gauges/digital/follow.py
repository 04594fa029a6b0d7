"""A display over time: what one picture of it leaves open, the ones before tell.

- Multiplexed digits: a camera that is faster than a display's refresh sees some of its digits dark. A digit that was
  lit in one of the last pictures is lit, as long as all of them agree on each place.
- A vote of three: a text that neither of the two readings before confirms gives way to theirs where they agree; where
  they do not either, it is uncertain.
- What the calibration says of how fast a value can change, and that counters only rise, and start again at zero when
  all their drums show nine. What cannot be is refused, until five readings in a row go on from each other.

Pure: from what is known of the past and a reading to what is known then, and the reading to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.value import Form, Number, number_of

TOGETHER_S = 1.0
"""Seconds within which pictures are taken to show the same value, for dark digits."""
MOST_TOGETHER = 5
"""Pictures."""
SAME_PLACE = 0.025
"""Of a strip's width, within which two symbols are at one place."""
VOTERS = 3
IN_A_ROW = 5
"""Readings that go on from each other, after which they are believed in spite of what was before."""
NEAR_THE_END = 0.1
"""Of a counter's range: where it was and where it is, when it has started again."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of one display."""

    form: Form
    max_rate: float | None = None
    """In units of the value, in a second."""

    @property
    def rollover(self) -> float | None:
        """What a counter cannot show any more; None for a display, and where its drums are not counted."""
        if not self.form.counter or self.form.digits is None:
            return None
        return float(10 ** (self.form.digits - (self.form.decimals or 0)))


class Told(NamedTuple):
    """A reading and when its picture was taken, in seconds of any clock that runs evenly."""

    at_s: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a display."""

    seen: tuple[Told, ...] = ()
    """Its last readings as they were made of single pictures, the newest last."""
    votes: tuple[str, ...] = ()
    """Texts of the last that were read."""
    believed: Told | None = None
    """The last one that could be."""
    doubted: tuple[Told, ...] = ()
    """Those since then that could not, each going on from the one before."""


NOTHING = Past()


def followed(past: Past, reading: Reading, at_s: float, rules: Rules) -> tuple[Past, Reading]:
    """What is known then, and the reading to tell."""
    seen = (*past.seen, Told(at_s, reading))[-MOST_TOGETHER:]
    past = replace(past, seen=seen)
    whole = _completed([told.reading for told in seen if at_s - told.at_s <= TOGETHER_S], rules)
    if whole.value is None or whole.text is None:
        return past, whole
    votes = (*past.votes, whole.text)[-VOTERS:]
    past, voted = replace(past, votes=votes), _voted(whole, votes, past.believed)
    return _believed(past, voted, at_s, rules)


def _completed(readings: list[Reading], rules: Rules) -> Reading:
    """The newest, with the digits that were lit in those before, back to the first that does not agree."""
    newest = readings[-1]
    if not _complete_or_dark(newest) or newest.kind != "digital":
        return newest
    lit = _places(newest)
    for reading in reversed(readings[:-1]):
        more = _merged(lit, _places(reading)) if _complete_or_dark(reading) else None
        if more is None:
            break
        lit = more
    text = "".join(symbol for _, symbol in lit)
    number = number_of(text, rules.form)
    filled = len(lit) >= len(newest.text or "")  # its dark places too
    if text == newest.text or not filled or not isinstance(number, Number):
        return newest
    return newest.model_copy(
        update={
            "quality": "good",
            "reason": None,
            "text": text,
            "places": tuple(place for place, _ in lit),
            "value": number.value,
            "uncertainty": number.uncertainty,
            "unit": newest.unit or number.unit,
        }
    )


def _complete_or_dark(reading: Reading) -> bool:
    return reading.text is not None and (reading.value is not None or reading.reason == "incomplete")


def _places(reading: Reading) -> list[tuple[float, str]]:
    """Places and symbols that are lit."""
    pairs = zip(reading.places or (), reading.text or "", strict=False)
    return [(place, symbol) for place, symbol in pairs if symbol != " "]


def _merged(
    first: list[tuple[float, str]], second: list[tuple[float, str]]
) -> list[tuple[float, str]] | None:
    """What is lit in either; None where they disagree."""
    merged = list(first)
    for place, symbol in second:
        there = [other for at, other in merged if abs(at - place) <= SAME_PLACE]
        if not there:
            merged.append((place, symbol))
        elif there != [symbol]:
            return None
    return sorted(merged)


def _voted(reading: Reading, votes: tuple[str, ...], before: Told | None) -> Reading:
    if reading.text in votes[:-1]:
        return reading
    if (
        len(votes) == VOTERS
        and votes[0] == votes[1]
        and before is not None
        and before.reading.text == votes[0]
    ):
        return before.reading.model_copy(update={"display": reading.display})
    return reading.model_copy(update={"quality": "uncertain"})


def _believed(past: Past, reading: Reading, at_s: float, rules: Rules) -> tuple[Past, Reading]:
    now = Told(at_s, reading)
    if past.believed is None or _can_follow(past.believed, now, rules):
        return replace(past, believed=now, doubted=()), reading
    goes_on = past.doubted and _can_follow(past.doubted[-1], now, rules)
    doubted = (*past.doubted, now) if goes_on else (now,)
    if len(doubted) >= IN_A_ROW:
        return replace(past, believed=now, doubted=()), reading
    refused = reading.model_copy(
        update={
            "quality": "refused",
            "reason": "implausible",
            "value": None,
            "uncertainty": None,
            "limit": None,
        }
    )
    return replace(past, doubted=doubted), refused


def _can_follow(before: Told, now: Told, rules: Rules) -> bool:
    if before.reading.value is None or now.reading.value is None:
        return True
    change = now.reading.value - before.reading.value
    slack = (before.reading.uncertainty or 0.0) + (now.reading.uncertainty or 0.0)
    end = rules.rollover
    if end is not None and change < -slack:
        started_again = (
            before.reading.value >= (1 - NEAR_THE_END) * end and now.reading.value <= NEAR_THE_END * end
        )
        if not started_again:
            return False
        change += end
    if rules.max_rate is None:
        return True
    return abs(change) <= rules.max_rate * max(now.at_s - before.at_s, 0.0) + slack
