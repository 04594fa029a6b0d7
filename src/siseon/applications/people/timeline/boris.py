"""Events in the form of BORIS's export of aggregated events, so that what reads those reads these."""

from __future__ import annotations

from siseon.applications.people.contracts import POSTURES, Timeline
from siseon.applications.people.timeline.names import called
from siseon.applications.sheet import Cell, sheet

HEADS = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation type",
    "Source",
    "Time offset (s)",
    "Coding duration",
    "Media duration (s)",
    "FPS (frame/s)",
    "Subject",
    "Observation duration by subject by observation",
    "Behavior",
    "Behavioral category",
    "Modifier #1",
    "Behavior type",
    "Start (s)",
    "Stop (s)",
    "Duration (s)",
    "Media file name",
    "Image index start",
    "Image index stop",
    "Image file path start",
    "Image file path stop",
    "Comment start",
    "Comment stop",
)
"""Of BORIS 8 and 9, compared with 8.27.4, which writes such files and reads none; what a timeline does not know is left
empty."""


def boris(timeline: Timeline, *, media: str) -> bytes:
    """CSV, a row per action; all are states. The partner is the modifier. ``media``: name of the video's file."""
    names = {person.id: called(person) for person in timeline.people}
    present = {
        person.id: sum(span.to_ms - span.from_ms for span in person.appearances) for person in timeline.people
    }
    rows = []
    for one in timeline.actions:
        known: dict[str, Cell] = {
            "Observation id": media,
            "Observation type": "Media file(s)",
            "Source": media,
            "Time offset (s)": 0,
            "Media duration (s)": timeline.duration_ms / 1000,
            "Subject": names[one.person],
            "Observation duration by subject by observation": present[one.person] / 1000,
            "Behavior": one.action,
            "Behavioral category": "posture" if one.action in POSTURES else "activity",
            "Modifier #1": None if one.partner is None else names[one.partner],
            "Behavior type": "STATE",
            "Start (s)": one.from_ms / 1000,
            "Stop (s)": one.to_ms / 1000,
            "Duration (s)": (one.to_ms - one.from_ms) / 1000,
            "Media file name": media,
            "Comment start": f"confidence {one.confidence:.2f}",
        }
        rows.append([known.get(head) for head in HEADS])
    return sheet(HEADS, rows)
