"""What is said of people, spans and corrections, in words: for eyes and for screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from siseon.console.people.correcting import Asked, whoever
from siseon.console.people.known import Person, Refusal, Someone, Timeline
from siseon.console.people.spans import Row, Span, clock
from siseon.console.words.people import PeopleWords

MOST_NAME = 100
"""Letters of a name, as the service takes them; a file that is none of ours may have more."""
MOST_SAID = 6
"""Spans of a person that a screen reader hears of; all others are told by the time and the colours."""


def called(person: Person, words: PeopleWords) -> str:
    """The name, or the number."""
    return (person.name or words.person.format(number=person.id))[:MOST_NAME]


def drawn(row: Row, people: Mapping[int, Person], words: PeopleWords) -> dict[str, JsonValue]:
    """A row as the browser gets it."""
    names = dict(words.told.names)

    def lane(spans: Sequence[Span]) -> list[JsonValue]:
        return [[one.from_ms, one.to_ms, one.what, _partner(one, people, words)] for one in spans]

    there = [f"{clock(one.from_ms)} – {clock(one.to_ms)}" for one in row.seen]
    done = [
        " ".join(
            (
                names.get(one.what, one.what),
                _partner(one, people, words),
                f"{clock(one.from_ms)} – {clock(one.to_ms)}",
            )
        ).replace("  ", " ")
        for one in (*row.beside, *row.postures, *row.faces)
    ]
    said = [words.there.format(spans=_some(there, words)), *([_some(done, words)] if done else [])]
    name = called(row.person, words)
    return {
        "id": row.person.id,
        "name": name,
        "role": getattr(words, row.person.role) if row.person.role else "",
        "said": f"{name}: {'; '.join(said)}",
        "seen": lane(row.seen),
        "postures": lane(row.postures),
        "beside": lane(row.beside),
        "faces": lane(row.faces),
    }


def told(one: Asked, timeline: Timeline, words: PeopleWords) -> str:
    """A correction in a sentence."""
    who = " + ".join(_track(someone, timeline, words) for someone in one.meant)
    if one.kind == "split":
        return words.told_split.format(who=who, at=clock(one.at_ms or 0, exactly=True))
    if one.kind == "merge":
        return words.told_merge.format(who=who)
    given = [(one.name or "")[:MOST_NAME], getattr(words, one.role) if one.role else ""]
    return words.told_rename.format(who=who, name=", ".join(each for each in given if each))


def why(refusal: Refusal, words: PeopleWords) -> str:
    """Why a correction was refused."""
    reason = dict(words.told.reasons).get(refusal.reason, refusal.reason)
    detail = "" if refusal.reason == "other_run" else refusal.detail.partition(": ")[2]
    return f"{reason} ({detail})" if detail else reason


def _track(someone: Someone, timeline: Timeline, words: PeopleWords) -> str:
    person = whoever(timeline, someone)
    if person is None:
        return words.track.format(track=someone.sub_id)
    return words.track_of.format(track=someone.sub_id, name=called(person, words))


def _partner(one: Span, people: Mapping[int, Person], words: PeopleWords) -> str:
    partner = people.get(one.partner) if one.partner is not None else None
    return words.with_somebody.format(name=called(partner, words)) if partner else ""


def _some(texts: Sequence[str], words: PeopleWords) -> str:
    more = len(texts) - MOST_SAID
    return ", ".join((*texts[:MOST_SAID], *([words.more.format(count=more)] if more > 0 else [])))
