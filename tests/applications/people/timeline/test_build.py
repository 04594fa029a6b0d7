from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people_poses import STANDING, points, pose
from people_seen import body, chunk, direction, times
from siseon.applications.people.contracts import ChunkSeen, Face, Span, Timeline
from siseon.applications.people.merging.corrections import Corrections, Rename, Someone, Split
from siseon.applications.people.timeline.budget import budget
from siseon.applications.people.timeline.build import seen_of, timeline_of
from siseon.contracts import ContractViolation

RED, BLUE = direction(0), direction(1)


def two_people() -> list[ChunkSeen]:
    """Red is there all the time, over two chunks; blue leaves after 2.4 s and is back at 5 s, in the third."""
    made = []
    for number in range(3):
        low, high = number * 2_000, (number + 1) * 2_000
        red = {t: body(200 + t / 100) for t in times(low, high)}
        blue = {t: body(800) for t in times(low, high) if t <= 2_400 or t >= 5_000}
        poses = {1: [pose(t, points(STANDING, x=200 + t / 100)) for t in red]}
        made.append(chunk(number, {1: red, 2: blue}, looks={1: RED, 2: BLUE}, poses=poses))
    return made


def test_people_are_numbered_by_when_they_come_and_the_map_names_their_tracklets() -> None:
    told = timeline_of(two_people())
    assert told.merged == {1: (1, 1001, 2001), 2: (2, 1002, 2002)}
    assert told.people[0].appearances == (Span(0, 6_000),)
    assert told.people[1].appearances == (Span(0, 2_400), Span(5_000, 6_000))
    assert [position.t_ms for position in told.people[0].positions] == list(times(0, 6_000))


def test_an_action_lasts_over_the_borders_of_chunks() -> None:
    (standing,) = (one for one in timeline_of(two_people()).actions if one.person == 1)
    assert (standing.action, standing.from_ms, standing.to_ms) == ("stand", 0, 6_000)


def test_what_stands_behind_it_is_said() -> None:
    coverage = timeline_of(two_people()).coverage
    assert (coverage.chunks, coverage.chunks_missing, coverage.moments) == (3, 0, 31)
    assert (coverage.person_seconds, coverage.posture_seconds) == (10, 6)
    assert coverage.expressions is None


def test_a_chunk_that_failed_is_said_and_the_rest_is_told() -> None:
    told = timeline_of([one for one in two_people() if one.chunk != 1], expected=5)
    assert [(one.reason, one.chunk) for one in told.refused if one.what == "chunk"] == [
        ("failed", 1),
        ("failed", 3),
        ("failed", 4),
    ]
    assert told.coverage.chunks_missing == 3
    assert told.merged == {1: (1, 2001), 2: (2, 2002)}


def test_it_goes_over_the_wire_and_back() -> None:
    told = timeline_of(two_people())
    assert Timeline.model_validate_json(told.model_dump_json()) == told
    assert b'"merged":{"1":[1,1001,2001],"2":[2,1002,2002]}' in told.model_dump_json().encode()


@given(st.permutations(range(3)))
@settings(max_examples=6, deadline=None)
def test_the_order_in_which_chunks_arrive_makes_no_difference(order: list[int]) -> None:
    chunks = two_people()
    assert timeline_of([chunks[at] for at in order]) == timeline_of(chunks)


def test_corrections_are_applied_to_the_run_they_were_made_for_and_to_no_other() -> None:
    chunks = two_people()
    said = Corrections(
        seen=seen_of(chunks),
        split=(Split(sub_id=2002, at_ms=5_000),),
        rename=(Rename(person=Someone(sub_id=1), name="Ana", role="adult"),),
    )
    told = timeline_of(chunks, corrections=said)
    assert told.merged == {1: (1, 1001, 2001), 2: (2, 1002), 3: (2002,)}
    assert (told.people[0].name, told.people[0].role) == ("Ana", "adult")
    other = timeline_of(chunks[:2], corrections=said)
    assert [one.reason for one in other.refused] == ["other_run"]
    assert other.people[0].name is None


def test_the_likeliest_expression_of_each_face_goes_to_whose_face_it_is() -> None:
    chunks = two_people()
    moment = chunks[0].moments[1]
    faces = (
        Face(box=moment.boxes[0].box, score=0.9, id=1, expression={"happy": 0.7, "sad": 0.2}),
        Face(box=moment.boxes[1].box, score=0.9, id=2, refused="small"),
        Face(box=moment.boxes[1].box, score=0.9, expression={"sad": 0.9}),
    )
    moments = (chunks[0].moments[0], moment.model_copy(update={"faces": faces}), *chunks[0].moments[2:])
    chunks[0] = chunks[0].model_copy(update={"moments": moments})
    told = timeline_of(chunks)
    assert [(one.person, one.t_ms, one.expression) for one in told.expressions] == [(1, 200, "happy")]
    assert (told.coverage.expressions, told.coverage.faces) == (1, 3)


def test_a_video_of_which_nothing_was_seen_has_no_timeline() -> None:
    with pytest.raises(ContractViolation, match="no chunk"):
        timeline_of([])


def test_one_moment_at_the_very_end_is_somebody_who_does_nothing() -> None:
    last = chunk(
        0, {1: {2_000: body(300)}, 2: {t: body(900) for t in times(0, 2_000)}}, looks={1: RED, 2: BLUE}
    )
    told = timeline_of(
        [last], corrections=Corrections(rename=(Rename(person=Someone(sub_id=1), name="Late"),))
    )
    assert [person.name for person in told.people] == [None, "Late"]
    assert not [one for one in told.actions if one.person == 2]


def test_a_split_between_two_moments_makes_nobody() -> None:
    splits = Corrections(split=(Split(sub_id=1, at_ms=1_001), Split(sub_id=1, at_ms=1_051)))

    told = timeline_of(two_people(), corrections=splits)

    assert len(told.people) == 3
    assert [one.detail for one in told.refused if one.what == "correction"] == [
        "split: nobody looked between 1001 and 1050 ms"
    ]


def test_no_action_lasts_longer_than_the_video() -> None:
    chunks = [chunk(0, {1: {t: body(300) for t in times(0, 2_600)}}, length_ms=2_600, poses={
        1: [pose(t, points(STANDING, x=300)) for t in times(0, 2_600)]
    })]  # fmt: skip

    told = timeline_of(chunks)

    assert [(one.action, one.from_ms, one.to_ms) for one in told.actions] == [("stand", 0, 2_600)]
    assert told.coverage.posture_seconds == 3
    assert [one.share for one in budget(told, bin_ms=60_000)] == [1.0]
