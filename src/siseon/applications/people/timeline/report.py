"""What the report of a video says, to be read, printed and completed by hand. It holds no picture of anybody.

What it says of feelings is what faces look like, where somebody asked for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from siseon.applications.paper.contents import Cell, Legend, Paper, Part, Table, Words, cells
from siseon.applications.people.contracts import Role, Timeline
from siseon.applications.people.timeline.budget import budget
from siseon.applications.people.timeline.chart import clock, radar, shares, strips
from siseon.applications.people.timeline.indicators import Indicators, Scored, lacking, scored
from siseon.applications.people.timeline.names import called
from siseon.applications.people.timeline.palette import ACTIONS, EXPRESSIONS, PRESENT

MOST_WARNINGS = 10
"""That stand at the top; the timeline has all."""
MOST_ROWS = 60
"""Of a table; the files beside the report have all."""
STRONG, WEAK = 7, 3
"""Scores from which on, and up to which, an indicator stands out."""
USUAL = Indicators()
SAY_WHO = (
    "{names}: not told, since nobody is said to be {roles}. Corrections say who is, with [[rename]] and a role, as"
    " the README of people shows."
)
NO_NORM = "Scores have no norm: they compare videos of one practice."
LIMITS = (
    "People and their actions were told by rules on boxes and joints, second by second; a confidence says how well a"
    " rule is met and is not a probability. Crouching counts as sitting; a handshake looks like handing something over;"
    " what happens towards the camera is hardly seen. Numbers of people may be wrong: two that were not sure to be one"
    " stay two, and corrections join them. A person must watch the video before anything rests on this, and no decision"
    " about anybody may be made from it alone."
)
FEELINGS = (
    "An expression is what a face looks like at one moment, not what somebody feels. In the European Union inferring"
    " emotions at work and in education is prohibited but for medical or safety reasons (Regulation (EU) 2024/1689,"
    " Article 5(1)(f))."
)


def report(
    timeline: Timeline,
    *,
    video: str,
    indicators: Indicators = USUAL,
) -> Paper:
    """To be printed.

    Args:
        timeline: what was seen.
        video: name of the file.
        indicators: those that are told, and what they are compared with.
    """
    untold = {one.name: role for one in indicators.indicator if (role := lacking(timeline, one)) is not None}
    scores = [one for one in scored(timeline, indicators.indicator) if one.name not in untold]
    average = indicators.average
    parts: list[Part] = [Words(_headline(timeline)), *map(Words, timeline.privacy.warnings[:MOST_WARNINGS])]
    if timeline.coverage.chunks_missing:
        parts.append(Words(f"Note: {timeline.coverage.chunks_missing} parts of the video could not be seen."))
    parts += [strips(timeline), _legend(timeline)] if timeline.people else [Words("Nobody was seen.")]
    parts += [_people(timeline), _indicators(scores, average, untold)]
    drawn = radar(scores, average)
    parts += [] if drawn is None else [drawn]
    parts += [
        _budget(timeline),
        *_expressions(timeline),
        _refused(timeline),
        _privacy(timeline),
        _form(),
        Words(LIMITS, is_note=True),
    ]
    return Paper(f"People in {video}", tuple(parts))


def _headline(timeline: Timeline) -> str:
    known = timeline.coverage
    seconds = max(known.person_seconds, 1)
    count = len(timeline.people)
    return (
        f"{count} {'person' if count == 1 else 'people'} in {clock(timeline.duration_ms)}, looked at in"
        f" {known.moments:,} moments. A posture is told for {known.posture_seconds / seconds:.0%} of the"
        f" {known.person_seconds:,} seconds in which they are seen, added up over all of them."
    )


def _legend(timeline: Timeline) -> Legend:
    said = {one.action for one in timeline.actions}
    known = [Cell(name.replace("_", " "), colour) for name, colour in ACTIONS.items() if name in said]
    return Legend((*known, Cell("seen, posture not told", PRESENT)))


def _people(timeline: Timeline) -> Table:
    rows = (
        cells(
            str(person.id),
            person.name or "–",
            person.role or "–",
            clock(person.appearances[0].from_ms),
            clock(person.appearances[-1].to_ms),
            clock(sum(span.to_ms - span.from_ms for span in person.appearances)),
            str(len(person.appearances)),
            ", ".join(str(one) for one in person.sub_ids[:6]) + (", …" if len(person.sub_ids) > 6 else ""),
        )
        for person in timeline.people
    )
    heads = ("", "name", "role", "first seen", "last seen", "seen for", "times", "tracks")
    return _table("People", heads, rows, numbers=(3, 4, 5, 6))


def _indicators(scores: Sequence[Scored], average: Mapping[str, float], untold: Mapping[str, Role]) -> Table:
    """``untold``: those that need somebody of a role that nobody is said to have, with that role."""
    rows = (
        cells(
            one.name,
            "–" if one.value is None else f"{one.value:.2f} {one.unit}",
            "–" if one.score is None else str(one.score),
            f"{average[one.name]:.1f}" if one.name in average else "–",
            one.why_not,
        )
        for one in scores
    )
    high = [one.name for one in scores if one.score is not None and one.score >= STRONG]
    low = [one.name for one in scores if one.score is not None and one.score <= WEAK]
    notes = [f"High ({STRONG} and more): {', '.join(high)}."] if high else []
    notes += [f"Low ({WEAK} and less): {', '.join(low)}."] if low else []
    notes += [NO_NORM] if scores else []
    if untold:
        roles = " or ".join(
            {"child": "a child", "adult": "an adult"}[role] for role in dict.fromkeys(untold.values())
        )
        notes.append(SAY_WHO.format(names=", ".join(untold), roles=roles))
    heads = ("indicator", "value", "score", "average", "not known because")
    return _table("Indicators", heads if scores else (), rows, numbers=(1, 2, 3), notes=tuple(notes))


def _budget(timeline: Timeline) -> Table:
    names = {person.id: called(person) for person in timeline.people}
    rows = (
        cells(
            names[one.person],
            Cell(one.action.replace("_", " "), ACTIONS[one.action]),
            str(one.count),
            f"{one.total_ms / 1000:.1f}",
            f"{one.mean_ms / 1000:.1f}"
            + ("" if one.deviation_ms is None else f" ± {one.deviation_ms / 1000:.1f}"),
            f"{one.share:.0%}",
        )
        for one in budget(timeline)
    )
    heads = ("person", "action", "times", "in all, s", "each, s", "of the time seen")
    return _table("Time budget", heads, rows, numbers=(2, 3, 4, 5))


def _expressions(timeline: Timeline) -> list[Part]:
    known = timeline.coverage
    if known.faces is None:
        return [Table("Expressions", (), (), notes=("Nobody asked for them.",))]
    counts: dict[int, Counter[str]] = {}
    for person, name in zip(timeline.expressions.person, timeline.expressions.names(), strict=True):
        counts.setdefault(person, Counter())[name] += 1
    counts = {id: counts[id] for id in sorted(counts)}
    names = {person.id: called(person) for person in timeline.people}
    rows = (
        cells(names[id], Cell(name, EXPRESSIONS[name]), str(told[name]), f"{told[name] / told.total():.0%}")
        for id, told in counts.items()
        for name in EXPRESSIONS
        if told[name]
    )
    told_of = (
        f"{known.expressions} told of {known.faces} faces; the others were too small, turned away, blurred, or of"
        " nobody."
    )
    made = _table(
        "Expressions", ("person", "", "moments", "share"), rows, numbers=(2, 3), notes=(told_of, FEELINGS)
    )
    return [made, shares(timeline, counts)] if counts else [made]


def _refused(timeline: Timeline) -> Table:
    rows = (
        cells(
            one.what,
            one.reason.replace("_", " "),
            ", ".join(str(id) for id in one.ids[:6]) or ("" if one.chunk is None else f"part {one.chunk}"),
            one.detail,
        )
        for one in timeline.refused
    )
    return _table("Not sure, not done", ("what", "why", "of", ""), rows)


def _privacy(timeline: Timeline) -> Table:
    told = timeline.privacy
    names = ", ".join(called(one) for one in timeline.people if one.id in told.visible)
    days = told.retention_days
    rows = (
        ("Consent on record", {"none": "of nobody", "in_part": "of some", "given": "of all"}[told.consent]),
        ("Heads in the annotated video", "hidden" if told.hidden else "not hidden"),
        ("But for", names or "–"),
        ("Results are kept for", "no time that was said" if days is None else f"{days} days"),
    )
    return Table("Privacy", ("", ""), tuple(cells(*row) for row in rows))


def _form() -> Table:
    fields = ("Date and place", "Observer", "Consent given by", "Remarks")
    return Table("Observer", ("field", ""), tuple(cells(name, Cell("", is_open=True)) for name in fields))


def _table(
    title: str,
    heads: tuple[str, ...],
    rows: Iterable[tuple[Cell, ...]],
    numbers: tuple[int, ...] = (),
    notes: tuple[str, ...] = (),
) -> Table:
    """As many rows as a page bears."""
    known = tuple(rows)
    more = (f"and {len(known) - MOST_ROWS} more, in the files.",) if len(known) > MOST_ROWS else ()
    return Table(title, heads, known[:MOST_ROWS], numbers, (*more, *notes))
