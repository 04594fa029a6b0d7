"""Clicks become corrections, which the application itself takes and applies as they were meant."""

from __future__ import annotations

import json

import pytest

from siseon.applications.people.merging import corrections as theirs
from siseon.applications.people.merging.correcting import corrected
from siseon.console.people import correcting
from siseon.console.people.known import (
    Corrections,
    Person,
    Refusal,
    Rename,
    Someone,
    Split,
    Timeline,
    read_corrections,
)

PART_MS = 10_000
NOTHING = Corrections()
SPANS = {1: (0, 9_800), 1001: (10_000, 15_000), 2: (200, 9_000), 1002: (16_000, 19_000)}


def shown(asked: Corrections = NOTHING, people: tuple[tuple[int, ...], ...] = ((1, 1001), (2,), (1002,))):
    """The people that the application makes of these corrections, and what it refuses, as a timeline tells them."""
    taken = theirs.Corrections.model_validate_json(asked.model_dump_json(exclude_none=True))
    identities, refused = corrected(people, (), SPANS, taken)
    made = [
        Person(
            id=number,
            sub_ids=tuple(dict.fromkeys(piece.sub_id for piece in one.pieces)),
            name=one.name,
            role=one.role,
            appearances=tuple((piece.from_ms, piece.to_ms) for piece in one.pieces),
        )
        for number, one in enumerate(identities, 1)
    ]
    told = [Refusal.model_validate(one.model_dump()) for one in refused]
    return Timeline(duration_ms=20_000, seen="0" * 16, people=tuple(made), refused=tuple(told))


def tracks(timeline: Timeline) -> list[tuple[int, ...]]:
    return [person.sub_ids for person in timeline.people]


def test_somebody_is_split_at_a_time_and_a_name_from_before_stays_with_the_first_part() -> None:
    first = shown().people[0]
    asked = correcting.rename(Corrections(), first, "Mina", "child", PART_MS)
    after = shown(correcting.split_at(asked, first, 5_000, PART_MS))
    assert tracks(after) == [(1,), (2,), (1, 1001), (1002,)]
    assert [(person.name, person.role) for person in after.people] == [
        ("Mina", "child"), (None, None), (None, None), (None, None),
    ]  # fmt: skip
    assert after.refused == ()


def test_two_are_merged_and_what_is_merged_can_be_split_in_either_of_its_parts() -> None:
    _, second, third = shown().people
    asked = correcting.merge(Corrections(), second, third, PART_MS)
    after = shown(asked)
    assert tracks(after) == [(1, 1001), (2, 1002)]
    for at_ms, left in ((4_000, 4), (17_000, 4)):
        again = shown(correcting.split_at(asked, after.people[1], at_ms, PART_MS))
        assert again.refused == ()
        assert len(again.people) == left - 1


@pytest.mark.parametrize("at_ms", [0, 15_001, 20_000])
def test_a_split_with_nobody_on_one_side_is_not_asked_for(at_ms: int) -> None:
    with pytest.raises(correcting.OutsideError):
        correcting.split_at(Corrections(), shown().people[0], at_ms, PART_MS)


@pytest.mark.parametrize("at_ms", [1, 15_000])
def test_a_split_at_the_first_and_the_last_millisecond_is_taken(at_ms: int) -> None:
    after = shown(correcting.split_at(Corrections(), shown().people[0], at_ms, PART_MS))
    assert (len(after.people), after.refused) == (4, ())


def test_another_name_takes_the_place_of_the_one_before_and_an_empty_one_takes_it_away() -> None:
    first = shown().people[0]
    asked = correcting.rename(Corrections(), first, "Mina", None, PART_MS)
    named = shown(asked).people[0]
    asked = correcting.rename(asked, named, "Mina 2", None, PART_MS)
    assert [one.name for one in shown(asked).people] == ["Mina 2", None, None]
    assert correcting.rename(asked, named, None, None, PART_MS).rename == ()


def test_what_the_application_refuses_is_told_beside_what_was_asked() -> None:
    first, second, third = shown().people
    asked = correcting.merge(Corrections(), first, second, PART_MS)  # they are there at the same time
    asked = correcting.merge(asked, second, third, PART_MS)
    asked = asked.model_copy(update={"split": (Split(sub_id=777, at_ms=5),)})
    listed = correcting.all_of(asked)
    refused, others = correcting.refusals(listed, shown(asked).refused)
    assert {(one.kind, one.number): why.reason for one, why in refused.items()} == {
        ("merge", 0): "seen_together", ("merge", 1): "seen_together", ("split", 0): "unknown_id",
    }  # fmt: skip
    assert others == []
    foreign = Refusal(what="correction", reason="other_run", detail="they are for another")
    assert correcting.refusals(listed, [foreign]) == ({}, [foreign])


def test_thousands_are_put_together_without_comparing_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    many, compared = 1_000, 0
    renames = [{"person": {"sub_id": number}, "name": "Mina"} for number in range(many)]
    held, now = (Corrections.model_validate({"rename": renames}) for _ in range(2))
    same = Rename.__eq__

    def counted(one: Rename, other: object) -> bool:
        nonlocal compared
        compared += 1
        return same(one, other)

    monkeypatch.setattr(Rename, "__eq__", counted)
    asked = correcting.split_at(held, shown().people[0], 5_000, PART_MS)
    both = correcting.rebased(asked, held, now)
    refused = [
        Refusal(what="correction", reason="unknown_id", ids=(one,), detail="rename") for one in range(many)
    ]
    told, others = correcting.refusals(correcting.all_of(both), refused)
    assert (both.count, len(told), len(others)) == (many + 1, many, 0)
    assert compared < 20 * many


def test_each_can_be_taken_back() -> None:
    first, second, third = shown().people
    asked = correcting.merge(Corrections(), second, third, PART_MS)
    asked = correcting.rename(asked, first, "Mina", None, PART_MS)
    assert correcting.without(asked, "merge", 0).count == 1
    assert tracks(shown(correcting.without(asked, "merge", 0))) == tracks(shown())


def test_what_two_ask_for_at_once_holds_together() -> None:
    first, second, third = shown().people
    held = correcting.rename(Corrections(), first, "Mina", None, PART_MS)
    mine = correcting.without(correcting.merge(held, second, third, PART_MS), "rename", 0)
    theirs_now = correcting.split_at(held, first, 5_000, PART_MS)
    both = correcting.rebased(mine, held, theirs_now)
    assert (len(both.split), len(both.merge), len(both.rename)) == (1, 1, 0)


def test_of_several_tracks_of_a_part_the_unmistakable_one_is_named() -> None:
    torn = Person(id=1, sub_ids=(1, 2, 1001), appearances=((0, 3_000), (4_000, 15_000)))
    assert correcting.someone(torn, PART_MS) == Someone(sub_id=1001, at_ms=10_001)
    short = torn.model_copy(update={"sub_ids": (1, 2)})
    assert correcting.someone(short, PART_MS) == Someone(sub_id=1)


def test_corrections_are_read_in_both_forms_and_nothing_unknown_is_lost_by_writing_them_again() -> None:
    toml = b'seen = "x"\n[[rename]]\nperson = { sub_id = 1 }\nname = "\\u0000<b>"\n'
    wire = json.dumps({"seen": "x", "rename": [{"person": {"sub_id": 1}, "name": "\0<b>"}]}).encode()
    assert read_corrections(toml) == read_corrections(wire)
    deep = b'{"a":' * 100_000
    for other in (
        b"[[split]]\nsub_id = 1\nat_ms = 2\nwhy = 'x'",
        b"{",
        b"\xff",
        b"split = 3",
        deep,
        b"x" * 5_000_000,
    ):
        with pytest.raises(ValueError, match=r"\S"):
            read_corrections(other)
