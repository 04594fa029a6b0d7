from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.applications.people.merging.correcting import Identity, corrected
from siseon.applications.people.merging.corrections import Corrections, Merge, Rename, Someone, Split

SPANS = {1: (0, 1_000), 2: (0, 1_500), 20: (3_000, 4_000), 107: (6_000, 7_000), 9: (4_200, 4_400)}
PEOPLE = ((1, 20, 107), (2,))
LEFT_OUT = ((9,),)


def ids(people: tuple[Identity, ...]) -> list[list[int]]:
    return [[piece.sub_id for piece in one.pieces] for one in people]


def apply(**corrections: object) -> tuple[tuple[Identity, ...], list[str]]:
    people, refused = corrected(PEOPLE, LEFT_OUT, SPANS, Corrections.model_validate(corrections))
    return people, [one.reason for one in refused]


def test_nothing_to_correct_leaves_all_as_it_is() -> None:
    people, refused = apply()
    assert ids(people) == [[1, 20, 107], [2]]
    assert refused == []


def test_a_split_divides_a_person_at_a_time() -> None:
    people, _ = apply(split=[{"sub_id": 20, "at_ms": 3_000}])
    assert ids(people) == [[1], [2], [20, 107]]


def test_a_tracklet_that_was_two_people_is_of_both() -> None:
    people, _ = apply(split=[{"sub_id": 20, "at_ms": 3_500}])
    assert ids(people) == [[1, 20], [2], [20, 107]]
    assert (people[0].pieces[1].to_ms, people[2].pieces[0].from_ms) == (3_499, 3_500)


def test_a_split_and_a_merge_take_somebody_out_of_the_middle() -> None:
    cut = [{"sub_id": 20, "at_ms": 3_000}, {"sub_id": 107, "at_ms": 5_000}]
    people, refused = apply(split=cut, merge=[{"people": [{"sub_id": 1}, {"sub_id": 107}]}])
    assert ids(people) == [[1, 107], [2], [20]]
    assert refused == []


def test_two_who_were_seen_together_are_not_merged_even_by_request() -> None:
    people, refused = apply(merge=[{"people": [{"sub_id": 1}, {"sub_id": 2}]}])
    assert ids(people) == [[1, 20, 107], [2]]
    assert refused == ["seen_together"]


def test_not_by_way_of_a_third_either() -> None:
    by_way = [{"people": [{"sub_id": 9}, {"sub_id": 1}]}, {"people": [{"sub_id": 2}, {"sub_id": 9}]}]
    people, refused = apply(merge=by_way)
    assert ids(people) == [[1, 20, 107], [2]]
    assert refused == ["seen_together"]


def test_what_a_split_divides_a_merge_does_not_join_again() -> None:
    people, refused = apply(
        split=[{"sub_id": 20, "at_ms": 3_000}], merge=[{"people": [{"sub_id": 1}, {"sub_id": 20}]}]
    )
    assert ids(people) == [[1], [2], [20, 107]]
    assert refused == ["contradiction"]


def test_a_fragment_that_was_left_out_becomes_somebody_where_a_person_says_who() -> None:
    people, _ = apply(merge=[{"people": [{"sub_id": 9}, {"sub_id": 2}]}])
    assert ids(people) == [[1, 20, 107], [2, 9]]
    people, _ = apply(rename=[{"person": {"sub_id": 9}, "name": "Jun"}])
    assert [one.name for one in people] == [None, None, "Jun"]


def test_a_person_with_two_names_has_none() -> None:
    people, refused = apply(
        rename=[
            {"person": {"sub_id": 1}, "name": "Ana", "role": "child"},
            {"person": {"sub_id": 107}, "name": "Ben"},
        ]
    )
    assert (people[0].name, people[0].role) == (None, "child")
    assert refused == ["contradiction"]


def test_which_half_of_a_tracklet_is_meant_has_to_be_said() -> None:
    cut = [{"sub_id": 20, "at_ms": 3_500}]
    assert apply(split=cut, rename=[{"person": {"sub_id": 20}, "name": "Ana"}])[1] == ["unsure"]
    people, refused = apply(split=cut, rename=[{"person": {"sub_id": 20, "at_ms": 3_600}, "name": "Ana"}])
    assert [one.name for one in people] == [None, None, "Ana"]
    assert refused == []


def test_ids_that_nobody_has_and_times_at_which_nobody_is_split_are_said() -> None:
    _, refused = apply(split=[{"sub_id": 3, "at_ms": 5}, {"sub_id": 2, "at_ms": 9_000}])
    assert refused == ["unknown_id", "contradiction"]


someone = st.builds(
    Someone, sub_id=st.sampled_from([1, 2, 20, 107, 9]), at_ms=st.none() | st.integers(0, 8_000)
)
corrections = st.builds(
    Corrections,
    split=st.lists(
        st.builds(Split, sub_id=st.sampled_from([1, 2, 20, 107]), at_ms=st.integers(0, 8_000)), max_size=3
    ),
    merge=st.lists(st.builds(Merge, people=st.lists(someone, min_size=2, max_size=3)), max_size=3),
    rename=st.lists(st.builds(Rename, person=someone, name=st.sampled_from(["Ana", "Ben"])), max_size=2),
)


@given(corrections)
@settings(max_examples=80, deadline=None)
def test_neither_order_nor_repetition_makes_a_difference(asked: Corrections) -> None:
    expected = corrected(PEOPLE, LEFT_OUT, SPANS, asked)
    again = Corrections(
        split=asked.split[::-1] + asked.split,
        merge=asked.merge[::-1] + asked.merge,
        rename=asked.rename[::-1],
    )
    assert corrected(PEOPLE, LEFT_OUT, SPANS, again) == expected
    for merges in permutations(asked.merge):
        assert corrected(PEOPLE, LEFT_OUT, SPANS, asked.model_copy(update={"merge": merges})) == expected


@given(corrections)
@settings(max_examples=80, deadline=None)
def test_whatever_is_asked_nobody_is_in_two_places_and_no_moment_is_lost(asked: Corrections) -> None:
    people, _ = corrected(PEOPLE, LEFT_OUT, SPANS, asked)
    seen: dict[int, list[tuple[int, int]]] = {}
    for one in people:
        for piece, after in pairwise(one.pieces):
            assert piece.to_ms < after.from_ms
        for piece in one.pieces:
            seen.setdefault(piece.sub_id, []).append((piece.from_ms, piece.to_ms))
    for sub_id in (1, 2, 20, 107):
        spans = sorted(seen[sub_id])
        assert (spans[0][0], spans[-1][1]) == SPANS[sub_id]
        assert all(end + 1 == start for (_, end), (start, _) in pairwise(spans))
