"""What all chunks of a video say together: its timeline, the files for people and programs, and the video to watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from siseon.applications.concluding import Answered
from siseon.applications.people.appearance.colours import DESCRIPTOR as COLOURS
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.merging.merge import MergeRules
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.reading import Said, read
from siseon.applications.people.render import rendered
from siseon.applications.people.timeline.agreement import check_coding
from siseon.applications.people.timeline.build import timeline_of
from siseon.applications.people.timeline.files import files
from siseon.applications.people.timeline.indicators import Indicators
from siseon.contracts import ContractViolation, Encoded
from siseon.media.files import read_file
from siseon.media.film.parts import VideoPart, parts_of
from siseon.media.film.reading import open_video

ALIKE = {COLOURS: 0.14}
"""Distance of looks within which two tracks are one person, by what made them. Chosen on one clip of six people, in
which those of one person are 0.10 apart at most, and the two most alike 0.17."""
ALIKE_BY_NETWORK = 0.4
"""The same of networks; for OSNet on that clip 0.23 and 0.49."""
LEAST_S = 2
"""Seconds that somebody is seen at least, where so few pictures are looked at that ten boxes would be longer."""


def conclude(options: PeopleOptions, answered: Iterable[Answered[ChunkSeen]]) -> Iterator[Encoded]:
    """The files of each video, those of one after those of another. Blocks: the video is decoded and coded once more.

    Raises:
        InputError: a file that cannot be read.
        ContractViolation: corrections that say something else, or results of something else than videos.
    """
    corrections = _said(Corrections, options.corrections)
    videos = _by_video(answered)
    for (path, name), chunks in videos.items():
        of = "" if len(videos) == 1 else f"{Path(name).stem}-"
        for file in _concluded(options, path, name, chunks, corrections):
            yield Encoded(file.data, of + file.name)


def expect(options: PeopleOptions, _names: Sequence[str]) -> None:
    """Refuse files that cannot be read before a video is looked at.

    Raises:
        InputError: one says something else than it should.
    """
    _said(Corrections, options.corrections)
    _said(Indicators, options.indicators)
    if options.coding is not None:
        check_coding(read_file(Path(options.coding)).data)


def _concluded(
    options: PeopleOptions, path: Path, name: str, chunks: list[ChunkSeen], corrections: Corrections
) -> Iterator[Encoded]:
    video = open_video(path)
    timeline = timeline_of(
        chunks,
        expected=len(parts_of(video, options.chunk_s)),
        corrections=corrections,
        rules=_rules(options, chunks),
    )
    yield from files(
        timeline,
        video=name,
        made=datetime.now(UTC),
        indicators=_said(Indicators, options.indicators),
        coding=None if options.coding is None else read_file(Path(options.coding)).data,
    )
    if corrections != Corrections():
        yield Encoded(corrections.model_dump_json(indent=1).encode(), "corrections.json")
    if options.video != "none":
        watched = rendered(
            video,
            chunks,
            timeline,
            hide=options.hide,
            ids=options.show_id,
            longest=options.longest,
            codec=options.video,
        )
        yield Encoded(watched, "annotated.mp4")


def _said(form: type[Said], path: str | None) -> Said:
    """What a file says; without one, what the form says by itself."""
    if path is None:
        return form()
    return read(form, read_file(Path(path)).data, "json" if path.lower().endswith(".json") else "toml")


def _rules(options: PeopleOptions, chunks: Iterable[ChunkSeen]) -> MergeRules:
    least = min(MergeRules().least_boxes, max(2, round(LEAST_S * options.rate)))
    if not options.reid:
        return MergeRules(same_within=0.0, least_boxes=least)
    made_by = next((chunk.descriptor for chunk in chunks if chunk.descriptor is not None), COLOURS)
    return MergeRules(same_within=options.alike or ALIKE.get(made_by, ALIKE_BY_NETWORK), least_boxes=least)


def _by_video(answered: Iterable[Answered[ChunkSeen]]) -> dict[tuple[Path, str], list[ChunkSeen]]:
    """By where a video lies, and what it is called."""
    found: dict[tuple[Path, str], list[ChunkSeen]] = {}
    for one in answered:
        part = one.read()
        if not isinstance(part, VideoPart):
            raise ContractViolation(f"{one.name} is not of a video")
        found.setdefault((part.path, part.video), []).append(one.data)
    return found
