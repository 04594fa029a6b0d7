"""When which line of subtitles is shown: what all formats of subtitles are written from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.names import called, phrase


class Cue(NamedTuple):
    """What is shown from one time to another."""

    from_ms: int
    to_ms: int
    lines: tuple[str, ...]
    """One a person, none with a line break. They hold names, which are a stranger's text."""


def cues(timeline: Timeline) -> Iterator[Cue]:
    """One for each time at which what is done changes, in order."""
    people = {person.id: person for person in timeline.people}
    edges = sorted({t for one in timeline.actions for t in (one.from_ms, one.to_ms)})
    starts: dict[int, list[int]] = {t: [] for t in edges}
    ends: dict[int, list[int]] = {t: [] for t in edges}
    for at, one in enumerate(timeline.actions):
        starts[one.from_ms].append(at)
        ends[one.to_ms].append(at)
    running: set[int] = set()
    for start, end in pairwise(edges):
        running = (running - set(ends[start])) | set(starts[start])
        doing: dict[int, list[str]] = {}
        for at in sorted(running):
            one = timeline.actions[at]
            doing.setdefault(one.person, []).append(phrase(one, people))
        if doing:
            lines = (f"{called(people[id])}: {', '.join(words)}" for id, words in sorted(doing.items()))
            yield Cue(start, end, tuple(" ".join(line.split()) for line in lines))


def clock(t_ms: int, point: str) -> str:
    """``01:02:03.456``, with the character before the milliseconds that the format wants."""
    seconds, rest = divmod(t_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
