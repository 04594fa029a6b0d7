"""Subtitles that say who does what: WebVTT (W3C), for any player, beside the video as it is."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.names import called, phrase


def webvtt(timeline: Timeline) -> bytes:
    """A cue for each time at which what is done changes, with a line per person."""
    people = {person.id: person for person in timeline.people}
    edges = sorted({t for one in timeline.actions for t in (one.from_ms, one.to_ms)})
    starts: dict[int, list[int]] = {t: [] for t in edges}
    ends: dict[int, list[int]] = {t: [] for t in edges}
    for at, one in enumerate(timeline.actions):
        starts[one.from_ms].append(at)
        ends[one.to_ms].append(at)
    running: set[int] = set()
    cues = ["WEBVTT"]
    for start, end in pairwise(edges):
        running = (running - set(ends[start])) | set(starts[start])
        lines: dict[int, list[str]] = {}
        for at in sorted(running):
            one = timeline.actions[at]
            lines.setdefault(one.person, []).append(phrase(one, people))
        if lines:
            text = "\n".join(
                _plain(f"{called(people[id])}: {', '.join(words)}") for id, words in sorted(lines.items())
            )
            cues.append(f"{_time(start)} --> {_time(end)}\n{text}")
    return ("\n\n".join(cues) + "\n").encode()


def _time(t_ms: int) -> str:
    seconds, rest = divmod(t_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _plain(text: str) -> str:
    """In one line, and none of it markup."""
    return escape(" ".join(text.split()), quote=False)
