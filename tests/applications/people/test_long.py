"""Three hours: a picture every ten seconds, each the border of two chunks."""

from __future__ import annotations

import tracemalloc

import orjson

from people_seen import body, chunk, direction
from siseon.applications.concluding import Answered
from siseon.applications.people.chunks import Chunks
from siseon.applications.people.conclude import conclude
from siseon.applications.people.contracts import ChunkSeen, Moment, SeenBox, Tracklet
from siseon.applications.people.footage import ReadFootage, Wanted
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.visible import spared_of
from siseon.applications.people.show import parts
from siseon.applications.people.timeline.build import timeline_of
from siseon.contracts import Encoded, MadeFile
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import open_video
from video_files import HEIGHT, WIDTH, film

STEP_MS = 10_000
HOURS_MS = 3 * 3_600_000
MANY = 6
MOST_BYTES = 300_000
"""Of memory for each more chunk of ten seconds with three people in all of its pictures, who are in the timeline."""


def _seen(part: VideoPart) -> ChunkSeen:
    """Somebody stands there at both ends of a chunk."""
    one, box = part.number * 1000 + 1, body(30, y=40, tall=30)
    return ChunkSeen(
        chunk=part.number,
        start_ms=part.start_ms,
        end_ms=part.end_ms,
        width=WIDTH,
        height=HEIGHT,
        moments=tuple(
            Moment(t_ms=t, boxes=(SeenBox(id=one, box=box, score=0.9),)) for t in (part.start_ms, part.end_ms)
        ),
        tracklets=(Tracklet(id=one),),
    )


def test_three_hours_are_cut_looked_at_anywhere_and_concluded(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", list(range(0, HOURS_MS + 1, STEP_MS)))
    chunks = parts(PeopleOptions(), DEFAULT_BOUNDS, path)
    last = chunks[-1]
    assert len(chunks) == 1_081
    assert HOURS_MS < last.end_ms < HOURS_MS + STEP_MS

    read = ReadFootage(longest=640, bounds=DEFAULT_BOUNDS)
    for at in (0, 540, 1_080):
        (footage,) = read.process([Wanted(chunks[at], 0.1)])
        assert footage.shots[0].t_ms == at * STEP_MS
        assert not footage.broken
    made = conclude(
        PeopleOptions(rate=0.1), [Answered("a.mp4", _seen(one), lambda one=one: one) for one in chunks]
    )
    files: dict[str, bytes] = {}
    watched = None
    for one in made:
        if isinstance(one, Encoded):
            files[one.name] = one.data
        elif isinstance(one, MadeFile):
            watched = open_video(one.path)

    timeline = orjson.loads(files["timeline.json"])
    (person,) = timeline["people"]
    assert person["appearances"][-1][1] == last.end_ms
    assert timeline["coverage"]["chunks"] == 1_081
    assert watched is not None
    assert watched.frames == 1_081
    assert abs(watched.duration_ms - last.end_ms) <= STEP_MS


def test_of_what_chunks_say_little_stays_in_memory() -> None:
    """Of three hours a thousand times this."""
    told = [_three(number).model_dump_json() for number in range(2 * MANY)]
    _peak(told[:1])  # what is imported and compiled once
    some, (more, people) = _peak(told[:MANY])[0], _peak(told)

    assert people == 3
    assert more - some < MOST_BYTES * MANY, (more - some) / MANY


def _peak(told: list[str]) -> tuple[int, int]:
    """Bytes in use at most, and how many people there are."""
    tracemalloc.start()
    try:
        chunks = Chunks(map(ChunkSeen.model_validate_json, told))
        people = timeline_of(chunks).people
        hiding = Hiding(chunks, spared_of(chunks, people))
        for number in range(len(told)):
            assert hiding.areas(number * STEP_MS + 5_000, 1280, 720) == []  # all of them may be seen
        return tracemalloc.get_traced_memory()[1], len(people)
    finally:
        tracemalloc.stop()


def _three(number: int) -> ChunkSeen:
    times = range(number * STEP_MS, (number + 1) * STEP_MS + 1, 200)
    boxes = {one: {t: body(300 * one) for t in times} for one in (1, 2, 3)}
    return chunk(number, boxes, looks={one: direction(one) for one in boxes}, length_ms=STEP_MS)
