"""Subtitles that say who does what: WebVTT (W3C), for any player, beside the video as it is."""

from __future__ import annotations

from html import escape

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.cues import clock, cues


def webvtt(timeline: Timeline) -> bytes:
    """A cue for each time at which what is done changes, with a line per person; none of it is markup."""
    blocks = ["WEBVTT"]
    for one in cues(timeline):
        text = "\n".join(escape(line, quote=False) for line in one.lines)
        blocks.append(f"{clock(one.from_ms, '.')} --> {clock(one.to_ms, '.')}\n{text}")
    return ("\n\n".join(blocks) + "\n").encode()
