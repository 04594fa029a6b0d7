"""What all chunks of a video say together: its timeline, the files for people and programs, and the video to watch."""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from siseon.applications.concluding import Answered, Unanswered
from siseon.applications.people.appearance.colours import DESCRIPTOR as COLOURS
from siseon.applications.people.chunks import Chunks
from siseon.applications.people.contracts import ChunkSeen, Timeline
from siseon.applications.people.hiding import Spared
from siseon.applications.people.lying import is_lying
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.merging.merge import MergeRules
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.allowed import check, record, told
from siseon.applications.people.privacy.visible import spared_of
from siseon.applications.people.reading import Said, read, written_as
from siseon.applications.people.render import rendering
from siseon.applications.people.timeline.agreement import check_coding
from siseon.applications.people.timeline.build import timeline_of
from siseon.applications.people.timeline.files import files
from siseon.applications.people.timeline.indicators import Indicators
from siseon.applications.people.timeline.logs import TICK_MS
from siseon.applications.steps import FOUND, Step
from siseon.contracts import ContractViolation, Encoded, MadeFile
from siseon.engine.trace import Figures, current_figures
from siseon.media.files import read_file
from siseon.media.film.fingerprint import check_same
from siseon.media.film.parts import Video, VideoPart, parts_of
from siseon.media.film.reading import open_video
from siseon.media.nameless import nameless
from siseon.models.resident import give_back

ALIKE = {COLOURS: 0.14}
"""Distance of looks within which two tracks are one person, by what made them. Chosen on one clip of six people, in
which those of one person are 0.10 apart at most, and the two most alike 0.17."""
ALIKE_BY_NETWORK = 0.4
"""The same of networks; for OSNet on that clip 0.23 and 0.49."""
UNDATED = datetime.fromtimestamp(0, UTC)
"""The date of files whose format asks for one, where the video tells none: the same results make the same bytes."""
WATCHED = "annotated.mp4"
LEAST_S = 2
"""Seconds that somebody is seen at least, where there are so few looks a second that ten boxes would be longer."""


def conclude(
    options: PeopleOptions, answered: Iterable[Answered[ChunkSeen]], _unanswered: Iterable[Unanswered] = ()
) -> Iterator[Encoded | MadeFile | Step]:
    """The files of each video, those of one after those of another, and how far it is. Blocks: the video is decoded
    and coded once more.

    Raises:
        InputError: a file that cannot be read, or a video that is another than the one that was looked at;
            ``consent_missing``.
        ContractViolation: corrections that say something else, or results of something else than videos.
    """
    corrections = _said(Corrections, options.corrections)
    videos = _by_video(answered)
    for (path, name), chunks in videos.items():
        of = "" if len(videos) == 1 else f"{Path(name).stem}-"
        for file in _concluded(options, path, name, chunks, corrections, is_only=len(videos) == 1):
            yield file if isinstance(file, Step) else replace(file, name=of + file.name)


def expect(options: PeopleOptions, _names: Sequence[str]) -> None:
    """Refuse, before a video is looked at, what a record of consents does not allow, and files that cannot be read.

    Raises:
        InputError: ``consent_missing``, or a file says something else than it should.
    """
    check(options, record(options), date.today())
    _said(Corrections, options.corrections)
    _said(Indicators, options.indicators)
    if options.coding is not None:
        check_coding(read_file(Path(options.coding)).data)


def _concluded(
    options: PeopleOptions,
    path: Path,
    name: str,
    chunks: Sequence[ChunkSeen],
    corrections: Corrections,
    *,
    is_only: bool,
) -> Iterator[Encoded | MadeFile | Step]:
    consents = record(options)
    check(options, consents, date.today())  # it may have ended since the video was looked at
    give_back()  # what chunks were looked at with: what they say of hours takes its place
    brief = _Brief.of(chunks)
    _check_file(path, name, brief)
    video = open_video(path)
    timeline, spent = _timeline(options, video, chunks, brief, corrections)
    timeline, visible = told(options, consents, timeline, is_only=is_only)
    tracks, points = brief.tracklets, _points(timeline)
    yield Step(name="re-ID", done=tracks, total=tracks, unit="tracks", seconds=spent["reid"])
    yield Step(name="action prediction", done=points, total=points, unit="points", seconds=spent["actions"])
    yield from _found(timeline, brief.lying)
    yield from files(
        timeline,
        video=name,
        made=video.made or UNDATED,
        indicators=_said(Indicators, options.indicators),
        coding=None if options.coding is None else read_file(Path(options.coding)).data,
    )
    if corrections != Corrections():
        yield Encoded(corrections.model_dump_json(indent=1).encode(), "corrections.json")
    if options.video != "none":
        spared = spared_of(chunks, visible)
        with nameless() as growing:
            watched = MadeFile(growing, WATCHED)
            yield from _watched(options, video, chunks, timeline, spared, watched.path)
            _check_file(path, name, brief)  # heads would be hidden where they were in another one
            yield watched


def _found(timeline: Timeline, lying: int) -> Iterator[Step]:
    """What the last line of a run says."""
    refused = Counter(one.what for one in timeline.refused)
    for count, one, many in (
        (len(timeline.people), "person", "people"),
        (refused["correction"], "correction refused", "corrections refused"),
        (refused["chunk"], "part not looked at to its end", "parts not looked at to their end"),
        (lying, "part in which people lie", "parts in which people lie"),
    ):
        if count or many == "people":
            yield Step(name=FOUND, done=count, total=count, unit=one if count == 1 else many)


@dataclass(slots=True)
class _Brief:
    """What of all chunks is needed besides the timeline, gathered in one go over them."""

    files: set[str | None] = field(default_factory=set)
    descriptor: str | None = None
    """Of the first that has one."""
    step_ms: float | None = None
    """From one look to the next, as a rule; None: nobody looked twice."""
    tracklets: int = 0
    lying: int = 0

    @classmethod
    def of(cls, chunks: Iterable[ChunkSeen]) -> _Brief:
        brief, times = cls(), array("q")
        for chunk in chunks:
            brief.files.add(chunk.file)
            brief.descriptor = brief.descriptor or chunk.descriptor
            times.extend(moment.t_ms for moment in chunk.moments)
            brief.tracklets += len(chunk.tracklets)
            brief.lying += is_lying(chunk)
        steps = np.diff(np.unique(np.array(times, np.int64)))
        brief.step_ms = float(np.median(steps)) if len(steps) else None
        return brief


def _check_file(path: Path, name: str, brief: _Brief) -> None:
    for known in brief.files:
        check_same(path, name, known)


def _timeline(
    options: PeopleOptions,
    video: Video,
    chunks: Sequence[ChunkSeen],
    brief: _Brief,
    corrections: Corrections,
) -> tuple[Timeline, Mapping[str, float]]:
    """Of one video, and the seconds of its parts."""
    figures = Figures()
    token = current_figures.set(figures)
    try:
        timeline = timeline_of(
            chunks,
            expected=len(parts_of(video, _length_s(chunks))),
            corrections=corrections,
            rules=_rules(options, brief),
        )
    finally:
        current_figures.reset(token)
    return timeline, figures.parts


def _length_s(chunks: Sequence[ChunkSeen]) -> float:
    """Of a chunk, as the video was cut, which another process may have done with other options."""
    last = chunks[-1]
    return (last.start_ms / last.chunk if last.chunk else last.end_ms) / 1000


def _watched(
    options: PeopleOptions,
    video: Video,
    chunks: Sequence[ChunkSeen],
    timeline: Timeline,
    spared: Spared,
    target: Path,
) -> Iterator[Step]:
    """Make the annotated video; after each picture, how far it is."""
    work = rendering(
        video,
        chunks,
        timeline,
        target,
        hide=options.hide,
        spared=spared,
        ids=options.show_id,
        longest=options.longest,
        codec=options.video if options.video != "none" else "vp9",
    )
    began, step = time.monotonic(), Step(name="visualiser", done=0, total=video.frames or None, unit="frames")
    for done in work:
        step = step.model_copy(update={"done": done, "seconds": time.monotonic() - began})
        yield step
    if not step.is_over:  # the header has said more, or nothing
        yield step.model_copy(update={"total": step.done})


def _points(timeline: Timeline) -> int:
    """Seconds in which somebody was there to do something."""
    return len({t_ms // TICK_MS for person in timeline.people for t_ms in person.positions.t_ms})


def _said(form: type[Said], path: str | None) -> Said:
    """What a file says; without one, what the form says by itself."""
    if path is None:
        return form()
    return read(form, read_file(Path(path)).data, written_as(path))


def _rules(options: PeopleOptions, brief: _Brief) -> MergeRules:
    least = min(MergeRules().least_boxes, max(2, round(LEAST_S * _looks_a_second(options, brief.step_ms))))
    if not options.reid:
        return MergeRules(same_within=0.0, least_boxes=least)
    made_by = brief.descriptor or COLOURS
    return MergeRules(same_within=options.alike or ALIKE.get(made_by, ALIKE_BY_NETWORK), least_boxes=least)


def _looks_a_second(options: PeopleOptions, step_ms: float | None) -> float:
    """As a rule: a video with fewer pictures than are asked for has fewer looks."""
    return options.rate if step_ms is None else min(options.rate, 1000 / step_ms)


def _by_video(answered: Iterable[Answered[ChunkSeen]]) -> dict[tuple[Path, str], Chunks]:
    """By where a video lies, and what it is called."""
    found: dict[tuple[Path, str], Chunks] = {}
    for one in answered:
        part = one.read()
        if not isinstance(part, VideoPart):
            raise ContractViolation(f"{one.name} is not of a video")
        found.setdefault((part.path, part.video), Chunks()).add(one.data)
    return found
