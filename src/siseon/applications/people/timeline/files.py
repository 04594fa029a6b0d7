"""All files of a timeline that need no pixels, each under its own name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from siseon.applications.paper.html import html
from siseon.applications.paper.pdf import pdf
from siseon.applications.people.contracts import ActionName, Timeline
from siseon.applications.people.libraries import needed
from siseon.applications.people.timeline.agreement import agreement_table, read_coding
from siseon.applications.people.timeline.boris import boris
from siseon.applications.people.timeline.budget import budget_table
from siseon.applications.people.timeline.document import document
from siseon.applications.people.timeline.eaf import eaf
from siseon.applications.people.timeline.indicators import Indicators
from siseon.applications.people.timeline.logs import action_log, emotion_log
from siseon.applications.people.timeline.report import USUAL, report
from siseon.applications.people.timeline.srt import srt
from siseon.applications.people.timeline.tables import action_table, people_table, presence_table
from siseon.applications.people.timeline.webvtt import webvtt
from siseon.contracts import Encoded, MadeFile
from siseon.media.nameless import made_of

BIN_MS = 60_000
"""Of the time budget."""


def files(
    timeline: Timeline,
    *,
    video: str,
    made: datetime,
    without: Collection[ActionName] = (),
    indicators: Indicators = USUAL,
    coding: bytes | None = None,
) -> Iterator[Encoded | MadeFile]:
    """One at a time.

    Args:
        timeline: what was seen.
        video: name of its file, as it stands in those that refer to it.
        made: the date of formats that ask for one, with a time zone.
        without: actions that the log leaves out.
        indicators: those that the report tells, and what they are compared with.
        coding: a person's own, as ``read_coding`` reads it.

    Raises:
        InputError: the coding cannot be read; ``storage_failed``.
        DependencyMissing: reportlab is not installed; all but the last file are there.
    """
    yield from made_of(document(timeline), "timeline.json")
    yield from made_of(action_log(timeline, without=without), "action.log")
    if timeline.coverage.faces is not None:
        yield from made_of(emotion_log(timeline), "emotion.log")
    yield Encoded(people_table(timeline), "people.csv")
    yield Encoded(presence_table(timeline), "presence.csv")
    yield Encoded(action_table(timeline), "actions.csv")
    yield Encoded(budget_table(timeline, bin_ms=BIN_MS), "budget.csv")
    if coding is not None:
        yield Encoded(agreement_table(timeline, read_coding(coding, timeline)), "agreement.csv")
    yield Encoded(boris(timeline, media=video), "boris.csv")
    yield Encoded(eaf(timeline, media=video, made=made), "actions.eaf")
    yield Encoded(webvtt(timeline), "actions.vtt")
    yield Encoded(srt(timeline), "actions.srt")
    told = report(timeline, video=video, indicators=indicators)
    yield Encoded(html(told), "report.html")
    with needed():
        printed = pdf(told)
    yield Encoded(printed, "report.pdf")
