"""Indicators: a figure of who (target), of what (data), measured how (method), and a score from 1 to 10 by thresholds.

The five of ``FIVE`` bear the names of those of the counselling service that this one follows. Their thresholds are
this program's own: nothing was normed on children, so that a score compares videos of one practice, and judges nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from siseon.applications.people.contracts import (
    ActionName,
    Finite,
    Name,
    Person,
    Role,
    Timeline,
)
from siseon.applications.people.expressions import NAMES as EXPRESSIONS
from siseon.applications.people.timeline.budget import covered, present

Target = Literal["child", "adult", "pair"]
Method = Literal["distance", "ratio", "count", "duration"]
LEAST_SECONDS = 10
"""Of people seen, or expressions told: below, there is too little to say."""
UNITS: dict[Method, str] = {
    "distance": "body heights",
    "ratio": "share",
    "count": "a minute",
    "duration": "seconds",
}


class Indicator(BaseModel):
    """One, as somebody defines it.

    ``distance``: between a child and the nearest adult, where both are seen. ``ratio``: of emotions, the share of
    ``what`` in all expressions; of actions, the share of the time in which the target is seen, and of a pair, the share
    of the child in all times that either of them began one. ``count``: beginnings a minute. ``duration``: mean length.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    target: Target
    data: Literal["emotion", "action", "position"]
    method: Method
    what: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """Names of actions or expressions; none: all."""
    thresholds: Annotated[tuple[Finite, ...], Field(min_length=9, max_length=9)]
    """From these on the score is 2, 3, … 10."""
    more_is_more: bool = True
    """False: the least values have the highest scores."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(low >= high for low, high in pairwise(self.thresholds)):
            raise ValueError("the thresholds are not in ascending order")
        if (self.data == "position") != (self.method == "distance"):
            raise ValueError("a distance is of positions, and nothing else is")
        if self.data == "emotion" and self.method != "ratio":
            raise ValueError("of emotions there are ratios only: they are told at moments, not over time")
        if self.method == "distance" and self.target != "pair":
            raise ValueError("a distance is of a pair")
        known = EXPRESSIONS if self.data == "emotion" else get_args(ActionName)
        if strange := [word for word in self.what if word not in known]:
            raise ValueError(f"{strange[0]!r} is not one of {', '.join(known)}")
        return self


class Scored(BaseModel):
    """What an indicator says of a video."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    value: Finite | None
    unit: str
    score: Annotated[int, Field(ge=1, le=10)] | None
    why_not: str = ""
    """Why there is no value, for a person."""


FIVE = (
    Indicator(
        name="closeness", target="pair", data="position", method="distance", more_is_more=False,
        thresholds=(0.3, 0.5, 0.7, 0.9, 1.2, 1.5, 2.0, 2.5, 3.0),
    ),
    Indicator(
        name="repetition", target="child", data="action", method="count",
        what=("wave", "reach", "touch", "hug", "hand_over", "bend"),
        thresholds=(0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0),
    ),
    Indicator(
        name="leading", target="pair", data="action", method="ratio",
        what=("approach", "reach", "touch", "hand_over"),
        thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    ),
    Indicator(
        name="joy", target="child", data="emotion", method="ratio", what=("happy",),
        thresholds=(0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    ),
    Indicator(
        name="persistence", target="child", data="action", method="duration",
        what=("stand", "sit", "lie", "bend", "walk", "run"),
        thresholds=(2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 36.0, 60.0),
    ),
)  # fmt: skip


class Indicators(BaseModel):
    """A file of them, TOML or JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=20)] = FIVE
    average: Annotated[dict[Name, Annotated[float, Field(ge=1, le=10)]], Field(max_length=100)] = {}
    """Scores of others by the name of their indicator, to compare with."""


def scored(timeline: Timeline, indicators: Sequence[Indicator] = FIVE) -> tuple[Scored, ...]:
    """In the order of the indicators. Who is a child and who an adult is as corrections say: nobody guesses."""
    return tuple(_scored(timeline, one) for one in indicators)


def lacking(timeline: Timeline, indicator: Indicator) -> Role | None:
    """The role that nobody is said to have, and without which there is no such figure; None: it can be told."""
    there = {person.role for person in timeline.people}
    return next((role for role in _roles(indicator) if role not in there), None)


def _roles(indicator: Indicator) -> tuple[Role, ...]:
    return ("child", "adult") if indicator.target == "pair" else (indicator.target,)


def _scored(timeline: Timeline, indicator: Indicator) -> Scored:
    value = _value(timeline, indicator)
    unit = UNITS[indicator.method]
    if isinstance(value, str):
        return Scored(name=indicator.name, value=None, unit=unit, score=None, why_not=value)
    passed = int(np.searchsorted(indicator.thresholds, value, side="right"))
    return Scored(
        name=indicator.name,
        value=value,
        unit=unit,
        score=1 + passed if indicator.more_is_more else 10 - passed,
    )


def _value(timeline: Timeline, indicator: Indicator) -> float | str:
    if (role := lacking(timeline, indicator)) is not None:
        return f"nobody is said to be {'an' if role == 'adult' else 'a'} {role}"
    groups = [[person for person in timeline.people if person.role == role] for role in _roles(indicator)]
    if indicator.method == "distance":
        return _distance(*groups)
    people = {person.id for group in groups for person in group}
    if indicator.data == "emotion":
        return _emotions(timeline, people, indicator)
    seconds = sum(present(person, 0, timeline.duration_ms) for group in groups for person in group) / 1000
    if seconds < LEAST_SECONDS:
        return "they are hardly seen"
    return _actions(timeline, people, {person.id for person in groups[0]}, indicator, seconds)


def _distance(children: Sequence[Person], adults: Sequence[Person]) -> float | str:
    """Median over the moments in which both are seen, from the middles of the lower edges, in heights of the two."""
    grown = [{position.t_ms: position.box for position in person.positions} for person in adults]
    nearest: list[float] = []
    seconds = set()
    for child in children:
        for t_ms, box in child.positions:
            ways = []
            for boxes in grown:
                if (other := boxes.get(t_ms)) is not None:
                    way = np.hypot((box.x1 + box.x2 - other.x1 - other.x2) / 2, box.y2 - other.y2)
                    ways.append(float(way) / ((box.y2 - box.y1 + other.y2 - other.y1) / 2))
            if ways:
                nearest.append(min(ways))
                seconds.add(t_ms // 1000)
    return float(np.median(nearest)) if len(seconds) >= LEAST_SECONDS else "they are hardly seen together"


def _emotions(timeline: Timeline, people: set[int], indicator: Indicator) -> float | str:
    told = list(timeline.expressions.of(people).names())
    if len(told) < LEAST_SECONDS:
        return "too few expressions are told"
    return sum(not indicator.what or name in indicator.what for name in told) / len(told)


def _actions(
    timeline: Timeline, people: set[int], first: set[int], indicator: Indicator, seconds: float
) -> float | str:
    """``seconds``: in which they are seen, over all of ``people``."""
    done = [
        one
        for one in timeline.actions
        if one.person in people and (not indicator.what or one.action in indicator.what)
    ]
    if indicator.method == "count":
        return len(done) / seconds * 60
    if not done:
        return "none of it is done"
    if indicator.method == "duration":
        return sum(one.to_ms - one.from_ms for one in done) / len(done) / 1000
    if indicator.target == "pair":
        return sum(one.person in first for one in done) / len(done)
    spent = sum(covered((one.from_ms, one.to_ms) for one in done if one.person == id) for id in people)
    return min(spent / 1000 / seconds, 1.0)
