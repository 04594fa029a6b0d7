"""What is drawn of a timeline: bounded, whatever is in it."""

from __future__ import annotations

import json

import pytest

from siseon.console.people.known import Action, Expression, Person, Timeline, read_timeline
from siseon.console.people.spans import MOST, Lane, Lanes, Span, bounded, clock, window_of
from siseon.console.people.telling import drawn
from siseon.console.words import words_of

HOURS_3 = 3 * 3600 * 1000


def test_actions_go_to_their_lanes_and_looks_are_joined() -> None:
    person = Person(id=1, sub_ids=(1,), appearances=((0, 4_000),))
    other = Person(id=2, sub_ids=(2,), appearances=((0, 4_000),), name="<img src=x>")
    actions = (
        Action(person=1, from_ms=0, to_ms=3_000, action="stand"),
        Action(person=1, from_ms=1_000, to_ms=2_000, action="hug", partner=2),
    )
    looks = [
        Expression(person=1, t_ms=at, expression=look)
        for at, look in ((0, "sad"), (500, "sad"), (1000, "happy"))
    ]
    lanes = Lanes(
        Timeline(
            duration_ms=4_000, seen="x", people=(person, other), actions=actions, expressions=tuple(looks)
        )
    )
    row = lanes.row(person, (0, 4_000))
    assert row.postures == (Span(0, 3_000, "stand"),)
    assert row.beside == (Span(1_000, 2_000, "hug", 2),)
    assert row.faces == (Span(0, 1_000, "sad"), Span(1_000, 1_500, "happy"))
    assert lanes.words == ["stand", "hug", "happy", "sad"]
    told = drawn(row, lanes.people, words_of("en").people)
    assert told["said"] == (
        "Person 1: in the picture 0:00 – 0:04; hug with <img src=x> 0:01 – 0:02, stand 0:00 – 0:03, "
        "looks sad 0:00 – 0:01, looks happy 0:01 – 0:01"
    )
    assert told["beside"] == [[1_000, 2_000, "hug", "with <img src=x>"]]


def test_of_three_hours_second_by_second_no_more_is_drawn_than_can_be_told_apart() -> None:
    spans = [Span(at, at + 1000, "walk" if at % 3000 else "run") for at in range(0, HOURS_3, 1000)]
    drawn_spans = bounded(spans, (0, HOURS_3))
    assert 0 < len(drawn_spans) <= MOST
    assert (drawn_spans[0].from_ms, drawn_spans[-1].to_ms) == (0, HOURS_3)
    assert {one.what for one in drawn_spans} <= {"walk", "run"}
    minute = Lane(spans).within((60_000, 120_000))
    assert len(bounded(minute, (60_000, 120_000))) == len(minute) == 62


def test_a_span_that_goes_on_over_many_others_is_in_every_window_of_its_time() -> None:
    spans = [Span(at, at + 10, "touch") for at in range(0, 10_000, 10)]
    lane = Lane([*spans, Span(20, 9_000, "hug")])
    assert [one.what for one in lane.within((5_000, 5_005))] == ["hug", "touch", "touch"]
    assert lane.within((20_000, 30_000)) == []


def test_the_whole_of_a_video_is_drawn_once_for_all_pages() -> None:
    person = Person(id=1, sub_ids=(1,), appearances=((0, HOURS_3),))
    lanes = Lanes(Timeline(duration_ms=HOURS_3, seen="x", people=(person,)))
    whole = window_of(0, 0, HOURS_3)
    assert lanes.row(person, whole) is lanes.row(person, whole)


@pytest.mark.parametrize(
    ("at", "width", "window"),
    [
        (0, 0, (0, 5_000)),
        (4_999, 2_000, (4_000, 5_000)),
        (5_000, 2_000, (4_000, 5_000)),
        (2_000, 9_000, (0, 5_000)),
    ],
)
def test_a_window_has_the_moment_in_it(at: int, width: int, window: tuple[int, int]) -> None:
    assert window_of(at, width, 5_000) == window


def test_a_video_of_no_length_has_a_window() -> None:
    assert window_of(0, 1_000, 0) == (0, 1)


def test_times_are_told_as_players_do() -> None:
    assert [clock(0), clock(62_300), clock(3_723_000), clock(2_390, exactly=True)] == [
        "0:00",
        "1:02",
        "1:02:03",
        "0:02.3",
    ]


def test_the_boxes_of_a_timeline_are_left_out_and_a_name_that_looks_like_them_is_not() -> None:
    name = '"positions":[[1,2]]'
    person = {
        "id": 1,
        "sub_ids": [1],
        "name": name,
        "appearances": [[0, 1]],
        "positions": [[0, [1.5, 2e3, 3, -4]]] * 9,
    }
    told = {
        "duration_ms": 1,
        "seen": "x",
        "people": [person, {**person, "id": 2, "name": None}],
        "refused": [],
    }
    read = read_timeline(json.dumps(told, separators=(",", ":")).encode())
    assert [one.name for one in read.people] == [name, None]
    assert read_timeline(json.dumps(told, indent=1).encode()) == read
    with pytest.raises(ValueError, match="duration_ms"):
        read_timeline(b"{}")


def test_a_file_of_thousands_of_words_has_no_legend_of_thousands() -> None:
    person = Person(id=1, sub_ids=(1,), appearances=((0, HOURS_3),))
    actions = tuple(Action(person=1, from_ms=at, to_ms=at + 1, action=f"<b>{at}") for at in range(1_000))
    lanes = Lanes(Timeline(duration_ms=HOURS_3, seen="x", people=(person,), actions=actions))
    assert len(lanes.words) < 100
