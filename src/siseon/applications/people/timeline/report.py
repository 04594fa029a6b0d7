"""The report of a video: one HTML file that needs nothing else, to be read, printed and completed by hand.

It holds no picture of anybody. What it says of feelings is what faces look like, where somebody asked for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from siseon.applications.paper import document, section, swatch, table
from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.budget import budget
from siseon.applications.people.timeline.chart import clock, radar, strips
from siseon.applications.people.timeline.indicators import FIVE, Indicator, Scored, scored
from siseon.applications.people.timeline.names import called
from siseon.applications.people.timeline.palette import ACTIONS, EXPRESSIONS, PRESENT

MOST_ROWS = 60
"""Of a table; the files beside the report have all."""
STRONG, WEAK = 7, 3
"""Scores from which on, and up to which, an indicator stands out."""
STYLE = """
.mark { stroke: #c3cdd8; stroke-width: .6 } svg.radar { max-width: 32rem; background: none; border: 0 }
.ring { fill: none; stroke: #c3cdd8 } .own { fill: #4c86c655; stroke: #1f4fa3; stroke-width: 2 }
.others { fill: none; stroke: #4a5a6c; stroke-dasharray: 5 4 }
.share { display: flex; height: 1.1rem; border: 1px solid #d8dee6 } .share span { display: block }
.legend span { margin-right: 1rem; white-space: nowrap }
"""
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
    indicators: Sequence[Indicator] = FIVE,
    average: Mapping[str, float] | None = None,
) -> bytes:
    """HTML in UTF-8. Text of strangers (names of files and people) is escaped.

    Args:
        timeline: what was seen.
        video: name of the file.
        indicators: those that are told.
        average: scores of others by the name of their indicator, to compare with.
    """
    scores = scored(timeline, indicators)
    parts = [
        f"<h1>People in {escape(video)}</h1><p>{_headline(timeline)}</p>",
        strips(timeline) or "<p>Nobody was seen.</p>",
        _legend(timeline),
        section("People", _people(timeline)),
        section(
            "Indicators",
            radar(scores, average or {}) + _indicators(scores, average or {}) + _stands_out(scores),
        ),
        section("Time budget", _budget(timeline)),
        section("Expressions", _expressions(timeline)),
        section("Not sure, not done", _refused(timeline)),
        section("Observer", _form()),
        f'<p class="note">{LIMITS}</p>',
    ]
    return document(f"People in {video}", parts, style=STYLE)


def _headline(timeline: Timeline) -> str:
    known = timeline.coverage
    seconds = max(known.person_seconds, 1)
    missing = (
        f" <b>{known.chunks_missing} parts of the video could not be seen.</b>"
        if known.chunks_missing
        else ""
    )
    return (
        f"{_several(len(timeline.people), 'person', 'people')} in {clock(timeline.duration_ms)}, looked at in"
        f" {known.moments:,} moments. A posture is told for {known.posture_seconds / seconds:.0%} of the"
        f" {known.person_seconds:,} seconds in which somebody is seen.{missing}"
    )


def _legend(timeline: Timeline) -> str:
    said = {one.action for one in timeline.actions}
    words = [swatch(colour, name.replace("_", " ")) for name, colour in ACTIONS.items() if name in said]
    words += [swatch(PRESENT, "seen, posture not told")] if timeline.people else []
    return f'<p class="legend">{"".join(f"<span>{word}</span>" for word in words)}</p>'


def _people(timeline: Timeline) -> str:
    rows = [
        [
            str(person.id),
            escape(person.name or "–"),
            person.role or "–",
            clock(person.appearances[0].from_ms),
            clock(person.appearances[-1].to_ms),
            clock(sum(span.to_ms - span.from_ms for span in person.appearances)),
            str(len(person.appearances)),
            ", ".join(str(one) for one in person.sub_ids[:6]) + (", …" if len(person.sub_ids) > 6 else ""),
        ]
        for person in timeline.people[:MOST_ROWS]
    ]
    heads = ["", "name", "role", "first seen", "last seen", "seen for", "times", "tracks"]
    return table(heads, rows, numbers=(3, 4, 5, 6)) + _more(len(timeline.people))


def _indicators(scores: Sequence[Scored], average: Mapping[str, float]) -> str:
    rows = [
        [
            escape(one.name),
            "–" if one.value is None else f"{one.value:.2f} {one.unit}",
            "–" if one.score is None else str(one.score),
            f"{average[one.name]:.1f}" if one.name in average else "–",
            escape(one.why_not),
        ]
        for one in scores
    ]
    return table(["indicator", "value", "score", "average", "not known because"], rows, numbers=(1, 2, 3))


def _stands_out(scores: Sequence[Scored]) -> str:
    high = [escape(one.name) for one in scores if one.score is not None and one.score >= STRONG]
    low = [escape(one.name) for one in scores if one.score is not None and one.score <= WEAK]
    lines = [f"High ({STRONG} and more): {', '.join(high)}."] if high else []
    lines += [f"Low ({WEAK} and less): {', '.join(low)}."] if low else []
    note = "Scores have no norm: they compare videos of one practice."
    return f'<p>{" ".join(lines)}</p><p class="note">{note}</p>'


def _budget(timeline: Timeline) -> str:
    names = {person.id: called(person) for person in timeline.people}
    spent = budget(timeline)
    rows = [
        [
            escape(names[one.person]),
            swatch(ACTIONS[one.action], one.action.replace("_", " ")),
            str(one.count),
            f"{one.total_ms / 1000:.0f}",
            f"{one.mean_ms / 1000:.1f}"
            + ("" if one.deviation_ms is None else f" ± {one.deviation_ms / 1000:.1f}"),
            f"{one.share:.0%}",
        ]
        for one in spent[:MOST_ROWS]
    ]
    heads = ["person", "action", "times", "in all, s", "each, s", "of the time seen"]
    return table(heads, rows, numbers=(2, 3, 4, 5)) + _more(len(spent))


def _expressions(timeline: Timeline) -> str:
    known = timeline.coverage
    if known.faces is None:
        return "<p>Nobody asked for them.</p>"
    told = f"<p>{known.expressions} told of {known.faces} faces; the others were too small, turned away or blurred.</p>"
    rows = []
    for person in timeline.people[:MOST_ROWS]:
        counts = Counter(one.expression for one in timeline.expressions if one.person == person.id)
        if counts:
            bar = "".join(
                f'<span style="flex:{counts[name]};background:{colour}" title="{name}"></span>'
                for name, colour in EXPRESSIONS.items()
                if counts[name]
            )
            words = ", ".join(f"{name} {count / counts.total():.0%}" for name, count in counts.most_common())
            rows.append(
                [escape(called(person)), f'<div class="share">{bar}</div>{words}', str(counts.total())]
            )
    return told + table(["person", "", "moments"], rows, numbers=(2,)) + f'<p class="note">{FEELINGS}</p>'


def _refused(timeline: Timeline) -> str:
    rows = [
        [
            one.what,
            one.reason.replace("_", " "),
            ", ".join(str(id) for id in one.ids[:6]) or ("" if one.chunk is None else f"part {one.chunk}"),
            escape(one.detail),
        ]
        for one in timeline.refused[:MOST_ROWS]
    ]
    return table(["what", "why", "of", ""], rows) + _more(len(timeline.refused))


def _form() -> str:
    blank = '<span class="open">to be filled in</span>'
    return table(
        ["field", ""],
        [[name, blank] for name in ("Date and place", "Observer", "Consent given by", "Remarks")],
    )


def _more(count: int) -> str:
    return f"<p>and {count - MOST_ROWS} more, in the files.</p>" if count > MOST_ROWS else ""


def _several(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
