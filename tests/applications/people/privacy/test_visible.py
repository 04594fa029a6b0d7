"""Chosen people stay visible, where it is surely them; everybody else is hidden as before."""

from __future__ import annotations

from people_seen import body, chunk, direction, times
from siseon.applications.people.contracts import Face
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.merging.corrections import Corrections
from siseon.applications.people.privacy.visible import spared_of
from siseon.applications.people.timeline.build import timeline_of
from siseon.contracts.wire import Box

SIZE = (1280, 720)


def hides(hiding: Hiding, t_ms: int, x: float) -> bool:
    return any(area.x1 <= x <= area.x2 and area.y1 <= 120 <= area.y2 for area in hiding.areas(t_ms, *SIZE))


def two(first, second):
    seen = chunk(0, {1: first, 2: second}, looks={1: direction(0), 2: direction(1)})
    return [seen], timeline_of([seen]).people


def test_the_one_who_was_chosen_is_seen_and_the_other_is_not() -> None:
    chunks, people = two({t: body(200) for t in times(0, 2_000)}, {t: body(700) for t in times(0, 2_000)})
    hiding = Hiding(chunks, spared_of(chunks, [one for one in people if 1 in one.sub_ids]))
    for t_ms in range(0, 2_001, 40):
        assert not hides(hiding, t_ms, 200)
        assert hides(hiding, t_ms, 700)


def test_where_two_meet_both_are_hidden_since_a_tracker_may_take_one_for_the_other() -> None:
    chunks, people = two(
        {t: body(200 + t / 4) for t in times(0, 2_000)}, {t: body(700 - t / 4) for t in times(0, 2_000)}
    )
    hiding = Hiding(chunks, spared_of(chunks, [one for one in people if 1 in one.sub_ids]))
    assert not hides(hiding, 0, 200)
    assert hides(hiding, 1_000, 450)
    assert all(hides(hiding, t_ms, 700 - t_ms / 4) for t_ms in range(0, 2_001, 40))


def test_where_two_meet_who_were_both_chosen_both_are_seen() -> None:
    chunks, people = two(
        {t: body(200 + t / 4) for t in times(0, 2_000)}, {t: body(700 - t / 4) for t in times(0, 2_000)}
    )
    hiding = Hiding(chunks, spared_of(chunks, people))
    assert not any(hides(hiding, t_ms, 450) for t_ms in range(0, 2_001, 40))


def test_a_face_that_is_not_known_to_be_theirs_is_hidden() -> None:
    chunks, people = two({t: body(200) for t in times(0, 2_000)}, {t: body(700) for t in times(0, 2_000)})
    face = Face(box=Box(190, 105, 210, 130), score=0.9)
    moments = tuple(one.model_copy(update={"faces": (face,)}) for one in chunks[0].moments)
    strange = [chunks[0].model_copy(update={"moments": moments})]
    kept = [one for one in people if 1 in one.sub_ids]
    assert hides(Hiding(strange, spared_of(strange, kept)), 1_000, 200)
    theirs = face.model_copy(update={"id": 1})
    moments = tuple(one.model_copy(update={"faces": (theirs,)}) for one in chunks[0].moments)
    known = [chunks[0].model_copy(update={"moments": moments})]
    assert not hides(Hiding(known, spared_of(known, kept)), 1_000, 200)


def test_where_a_chunk_ends_the_one_who_was_chosen_goes_on_being_seen() -> None:
    chunks = [
        chunk(0, {1: {t: body(200) for t in times(0, 2_000)}}, looks={1: direction(0)}),
        chunk(1, {1: {t: body(200) for t in times(2_000, 4_000)}}, looks={1: direction(0)}),
    ]
    (person,) = timeline_of(chunks).people
    hiding = Hiding(chunks, spared_of(chunks, [person]))
    assert not any(hides(hiding, t_ms, 200) for t_ms in range(0, 4_001, 40))


def test_of_a_tracklet_that_was_split_only_the_one_who_was_chosen_is_seen() -> None:
    chunks = [
        chunk(0, {1: {t: body(200) for t in times(0, 4_000)}}, looks={1: direction(0)}, length_ms=4_000)
    ]
    split = Corrections.model_validate({"split": [{"sub_id": 1, "at_ms": 2_000}]})
    first, second = timeline_of(chunks, corrections=split).people
    assert first.sub_ids == second.sub_ids == (1,)
    hiding = Hiding(chunks, spared_of(chunks, [first]))
    assert not any(hides(hiding, t_ms, 200) for t_ms in range(0, 1_800, 40))
    assert all(hides(hiding, t_ms, 200) for t_ms in range(1_840, 4_001, 40))


def test_with_nobody_chosen_nobody_is_spared() -> None:
    chunks, _ = two({t: body(200) for t in times(0, 2_000)}, {t: body(700) for t in times(0, 2_000)})
    assert spared_of(chunks, []) == {}
