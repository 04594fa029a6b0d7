"""What all chunks of a video say together, whatever rate the video has."""

from __future__ import annotations

import av
import orjson
import pytest

from people_seen import body, chunk, direction
from siseon.applications.concluding import Answered
from siseon.applications.people.conclude import conclude
from siseon.applications.people.contracts import ChunkSeen, Refusal
from siseon.applications.people.footage import ReadFootage, Wanted
from siseon.applications.people.lying import refusal
from siseon.applications.people.options import PeopleOptions
from siseon.applications.steps import FOUND, Step
from siseon.contracts import Encoded, FailureCode, InputError, MadeFile
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from video_files import film


def _people(tmp_path, step_ms: int) -> int:
    """Of a video of 8 s with somebody in each of its pictures, which are so far apart."""
    path = film(tmp_path / "a.mp4", list(range(0, 8_001, step_ms)))
    seen = [_slower(number, step_ms) for number in range(4)]

    def part(one: ChunkSeen) -> VideoPart:
        return VideoPart(path, one.chunk, one.start_ms, one.end_ms)

    answered = [Answered("a.mp4", one, lambda one=one: part(one)) for one in seen]
    made = conclude(PeopleOptions(video="none"), answered)
    (timeline,) = (one.data for one in made if isinstance(one, Encoded) and one.name == "timeline.json")
    return len(orjson.loads(timeline)["people"])


def _slower(number: int, step_ms: int) -> ChunkSeen:
    """A chunk of two seconds, whose pictures without anybody are not there."""
    start = number * 2_000
    boxes = {t: body(300) for t in range(start, start + 2_001, step_ms) if number == 1}
    whole = chunk(number, {1: boxes}, looks={1: direction(0)} if boxes else None, descriptor="colours-1")
    moments = tuple(one for one in whole.moments if (one.t_ms - start) % step_ms == 0)
    return whole.model_copy(update={"moments": moments})


@pytest.mark.parametrize("seen_in", ["the file of before", "another one, in part"])
def test_nothing_is_made_of_another_file_than_the_one_that_was_looked_at(tmp_path, seen_in: str) -> None:
    path = film(tmp_path / "a.mp4", list(range(0, 8_001, 200)))
    (footage,) = ReadFootage(longest=640, bounds=DEFAULT_BOUNDS).process(
        [Wanted(VideoPart(path, 0, 0, 2_000), 5)]
    )
    seen = [chunk(0, {}).model_copy(update={"file": footage.file})]
    if seen_in == "the file of before":  # of the same length in time, which another camera may write there
        film(path, list(range(0, 8_001, 200)), key_every=3)
    else:
        seen.append(chunk(1, {}).model_copy(update={"file": "0" * 16}))

    def made(chunks: list[ChunkSeen]) -> list[str]:
        answered = [
            Answered("a.mp4", one, lambda one=one: VideoPart(path, one.chunk, one.start_ms, one.end_ms))
            for one in chunks
        ]
        return [
            one.name for one in conclude(PeopleOptions(), answered) if isinstance(one, Encoded | MadeFile)
        ]

    with pytest.raises(InputError, match=r"a\.mp4 was replaced") as refused:
        made(seen)
    assert refused.value.code is FailureCode.file_unreadable
    assert "annotated.mp4" in made([chunk(0, {})])  # of an earlier version, which did not tell it


def test_somebody_who_is_seen_for_two_seconds_counts_however_few_pictures_the_video_has(tmp_path) -> None:
    assert _people(tmp_path, 200) == 1  # eleven boxes
    assert _people(tmp_path, 400) == 1  # six
    assert _people(tmp_path, 1_000) == 1  # three


def _dated(path, made: str):
    """The same video, which says when it was made."""
    target = path.with_name("dated.mp4")
    with av.open(str(path)) as film, av.open(str(target), "w") as copy:
        copy.metadata["creation_time"] = made
        stream = copy.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    return target


def test_files_have_the_date_of_the_video_so_that_the_same_results_make_the_same_bytes(tmp_path) -> None:
    plain = film(tmp_path / "a.mp4", list(range(0, 2_001, 200)))

    def eaf(path) -> bytes:
        answered = [Answered("a.mp4", chunk(0, {}), lambda: VideoPart(path, 0, 0, 2_000))]
        made = conclude(PeopleOptions(video="none"), answered)
        (found,) = (one.data for one in made if isinstance(one, Encoded) and one.name == "actions.eaf")
        return found

    assert b'DATE="1970-01-01T00:00:00+00:00"' in eaf(plain)
    assert b'DATE="2026-11-02T10:00:00+00:00"' in eaf(_dated(plain, "2026-11-02T10:00:00Z"))
    assert b'DATE="1970-01-01T00:00:00+00:00"' in eaf(_dated(plain, "yesterday"))


def test_the_last_line_names_what_was_refused_and_what_is_hidden_whole(tmp_path) -> None:
    path = film(tmp_path / "a.mp4", list(range(0, 1_801, 200)))
    (tmp_path / "who.toml").write_text('[[rename]]\nperson = { sub_id = 999 }\nname = "Mina"\n')
    options = PeopleOptions(video="none", corrections=str(tmp_path / "who.toml"))
    broken = Refusal(what="chunk", reason="failed", chunk=0)
    lying = chunk(0, {}).model_copy(update={"refused": (refusal(0), broken)})

    def told(options: PeopleOptions, seen: ChunkSeen) -> list[str]:
        made = conclude(options, [Answered("a.mp4", seen, lambda: VideoPart(path, 0, 0, 2_000))])
        return [f"{one.done} {one.unit}" for one in made if isinstance(one, Step) and one.name == FOUND]

    assert told(options, lying) == [
        "0 people",
        "1 correction refused",
        "1 part not looked at to its end",
        "1 part in which people lie",
    ]
    assert told(PeopleOptions(video="none"), chunk(0, {})) == ["0 people"]
