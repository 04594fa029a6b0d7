"""Tables of a timeline as CSV: people, when they were there, what they did."""

from __future__ import annotations

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.names import AVA, called
from siseon.applications.sheet import Cell, sheet


def people_table(timeline: Timeline) -> bytes:
    """A row per person. ``role`` is child or adult where a person said so: it is not guessed."""
    rows = [
        [
            person.id,
            called(person),
            person.role,
            person.appearances[0].from_ms,
            person.appearances[-1].to_ms,
            sum(span.to_ms - span.from_ms for span in person.appearances),
            len(person.appearances),
            " ".join(str(one) for one in person.sub_ids),
        ]
        for person in timeline.people
    ]
    heads = ["id", "name", "role", "first_ms", "last_ms", "present_ms", "appearances", "sub_ids"]
    return sheet(heads, rows)


def presence_table(timeline: Timeline) -> bytes:
    """A row per appearance, in order of time."""
    spans = sorted(
        (span.from_ms, person.id, span.to_ms, called(person))
        for person in timeline.people
        for span in person.appearances
    )
    rows: list[list[Cell]] = [[id, name, start, end, end - start] for start, id, end, name in spans]
    return sheet(["id", "name", "from_ms", "to_ms", "duration_ms"], rows)


def action_table(timeline: Timeline) -> bytes:
    """A row per action, in order of time."""
    names = {person.id: called(person) for person in timeline.people}
    rows = [
        [
            one.person,
            names[one.person],
            one.action,
            AVA.get(one.action),
            one.from_ms,
            one.to_ms,
            one.to_ms - one.from_ms,
            round(one.confidence, 3),
            one.partner,
            None if one.partner is None else names[one.partner],
        ]
        for one in timeline.actions
    ]
    heads = [
        "id",
        "name",
        "action",
        "ava",
        "from_ms",
        "to_ms",
        "duration_ms",
        "confidence",
        "partner",
        "partner_name",
    ]
    return sheet(heads, rows)
