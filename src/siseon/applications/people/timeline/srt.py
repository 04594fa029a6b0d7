"""Subtitles that say who does what: SubRip (``.srt``), for players and cutting programs that read no WebVTT."""

from __future__ import annotations

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.cues import clock, cues

PLAIN = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})
"""The format has no way to say that these begin no markup."""


def srt(timeline: Timeline) -> bytes:
    """The cues of ``webvtt``, numbered from 1."""
    blocks = [
        f"{number}\n{clock(one.from_ms, ',')} --> {clock(one.to_ms, ',')}\n"
        + "\n".join(line.translate(PLAIN) for line in one.lines)
        for number, one in enumerate(cues(timeline), 1)
    ]
    return ("\n\n".join(blocks) + "\n" if blocks else "").encode()
