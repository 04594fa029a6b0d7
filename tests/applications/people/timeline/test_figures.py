"""Figures of a timeline: time budgets, agreement with a person's coding, indicators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from people_told import told
from siseon.applications.people.contracts import Timeline
from siseon.applications.people.expressions import Expressions
from siseon.applications.people.timeline.agreement import Coded, agreement, cohen, read_coding
from siseon.applications.people.timeline.budget import budget, covered
from siseon.applications.people.timeline.indicators import FIVE, Indicator, scored
from siseon.contracts import ContractViolation, InputError

TIMELINE = told()
NINE = tuple(float(one) for one in range(1, 10))


def test_a_budget_says_how_often_and_how_long() -> None:
    spent = {(one.person, one.action): one for one in budget(TIMELINE)}
    assert (spent[1, "sit"].count, spent[1, "sit"].total_ms, spent[1, "sit"].deviation_ms) == (
        1,
        12_000,
        None,
    )
    assert spent[1, "sit"].share == pytest.approx(12 / 21, abs=0.03)


def test_an_action_over_the_edge_of_a_bin_is_in_both_with_its_part() -> None:
    sits = [one for one in budget(TIMELINE, bin_ms=10_000) if one.action == "sit"]
    assert [(one.from_ms, one.total_ms, one.count) for one in sits] == [(0, 10_000, 1), (10_000, 2_000, 1)]


def test_bins_add_up_to_the_whole() -> None:
    whole = sum(one.total_ms for one in budget(TIMELINE))
    assert whole == sum(one.total_ms for one in budget(TIMELINE, bin_ms=700))


def test_too_many_bins_are_refused() -> None:
    with pytest.raises(ContractViolation, match="bins"):
        budget(TIMELINE, bin_ms=1)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (min(pair), max(pair)))))
def test_time_that_is_covered_twice_counts_once(spans: list[tuple[int, int]]) -> None:
    assert covered(spans) == len({t for low, high in spans for t in range(low, high)})


def test_kappa_is_that_of_cohens_example() -> None:
    # 50 cases: both yes 20, both no 15, yes and no 5, no and yes 10: observed 0.7, by chance 0.5.
    one = ["y"] * 25 + ["n"] * 25
    other = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert cohen(one, other) == pytest.approx(0.4)
    assert cohen(one, one) == 1.0
    assert cohen(["y"] * 9, ["y"] * 9) is None


def test_a_coding_that_says_the_same_agrees_wholly() -> None:
    same = [Coded(one.person, one.action, one.from_ms, one.to_ms) for one in TIMELINE.actions]
    found = {one.name: one for one in agreement(TIMELINE, same)}
    assert set(found) == {"posture", "approach", "hug"}
    assert all(one.kappa == pytest.approx(1.0) for one in found.values())
    assert found["posture"].bins == 40


def test_a_coding_that_differs_is_told_by_how_much() -> None:
    coded = [Coded(1, "sit", 0, 10_000), Coded(1, "walk", 10_000, 18_000), Coded(1, "stand", 18_000, 20_000)]
    coded.append(Coded(2, "stand", 0, 20_000))
    found = {one.name: one for one in agreement(TIMELINE, coded)}
    assert found["posture"].observed == pytest.approx(38 / 40)
    assert found["posture"].kappa is not None
    assert 0.8 < found["posture"].kappa < 0.95
    assert found["hug"].kappa == pytest.approx(0.0)


def test_a_coding_is_read_by_number_or_by_name() -> None:
    child = TIMELINE.people[0].model_copy(update={"name": "Ana"})
    named = TIMELINE.model_copy(update={"people": (child, TIMELINE.people[1])})
    data = b"person,action,from_ms,to_ms\nAna,sit,0,1000\n2,stand,0,500\n"
    assert read_coding(data, named) == (Coded(1, "sit", 0, 1_000), Coded(2, "stand", 0, 500))


@pytest.mark.parametrize(
    "row", ["3,sit,0,1", "1,fly,0,1", "1,sit,5,5", "1,sit,x,9", "1,sit,0,99999999999", "1"]
)
def test_a_row_that_cannot_be_is_named(row: str) -> None:
    with pytest.raises(InputError, match="row 2"):
        read_coding(f"person,action,from_ms,to_ms\n{row}\n".encode(), TIMELINE)


def test_a_name_that_two_may_bear_is_not_guessed() -> None:
    people = (TIMELINE.people[0].model_copy(update={"name": "2"}), TIMELINE.people[1])
    data = b"person,action,from_ms,to_ms\n2,stand,0,500\n"

    with pytest.raises(InputError, match="row 2: '2' may be person 1 or 2"):
        read_coding(data, TIMELINE.model_copy(update={"people": people}))


def test_a_coding_that_says_the_same_a_thousand_times_says_it_once() -> None:
    once = [Coded(1, "sit", 0, 12_000), Coded(2, "stand", 0, 20_000)]
    beyond = [Coded(1, "sit", start, 12_000) for start in range(1_000)] + [
        Coded(2, "stand", 0, 86_400_000)
    ] * 1_000

    assert agreement(TIMELINE, [*once, *beyond]) == agreement(TIMELINE, once)


def test_the_last_seconds_that_a_video_has_not_wholly_count_as_what_it_has() -> None:
    short = TIMELINE.model_copy(update={"duration_ms": 19_300})
    said = [Coded(1, "stand", 18_000, 19_300)]

    (posture,) = (one for one in agreement(short, said) if one.name == "posture")
    (whole,) = (one for one in agreement(short, [Coded(1, "stand", 18_000, 20_000)]) if one.name == "posture")
    assert posture == whole


def test_the_five_indicators_score_a_child_and_an_adult() -> None:
    found = {one.name: one for one in scored(TIMELINE)}
    assert list(found) == ["closeness", "repetition", "leading", "joy", "persistence"]
    assert found["joy"].value == pytest.approx(0.25)
    assert found["joy"].score == 5
    assert found["leading"].value == pytest.approx(1.0)
    assert found["persistence"].value == pytest.approx((12 + 6 + 2) / 3)
    assert found["closeness"].value == pytest.approx(200 / 150, abs=0.02)


def test_who_is_a_child_is_not_guessed() -> None:
    people = tuple(person.model_copy(update={"role": None}) for person in TIMELINE.people)
    found = scored(TIMELINE.model_copy(update={"people": people}))
    assert {one.value for one in found} == {None}
    assert found[0].why_not == "nobody is said to be a child"


def test_too_little_is_no_score() -> None:
    brief = TIMELINE.model_copy(update={"expressions": Expressions(TIMELINE.expressions[:5])})
    assert {one.name: one.why_not for one in scored(brief)}["joy"] == "too few expressions are told"


@pytest.mark.parametrize(("value", "score"), [(0.5, 1), (1.0, 2), (9.5, 10)])
def test_thresholds_make_scores_from_one_to_ten(value: float, score: int) -> None:
    def of(**how: object) -> int | None:
        made = Indicator(name="x", target="adult", data="action", method="duration", what=("stand",), **how)
        return scored(_standing(value), [made])[0].score

    assert of(thresholds=NINE) == score
    assert of(thresholds=NINE, more_is_more=False) == 11 - score


def _standing(seconds: float) -> Timeline:
    (action,) = (one for one in TIMELINE.actions if one.person == 2 and one.action == "stand")
    return TIMELINE.model_copy(
        update={"actions": (action.model_copy(update={"to_ms": int(seconds * 1_000)}),)}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"thresholds": (1.0,) * 9},
        {"method": "distance"},
        {"data": "emotion", "method": "count"},
        {"what": ("fly",)},
        {"data": "position", "method": "distance"},
    ],
)
def test_an_indicator_that_makes_no_sense_cannot_be_built(wrong: dict[str, object]) -> None:
    sound = {"name": "x", "target": "child", "data": "action", "method": "count", "thresholds": NINE}
    Indicator(**sound)
    with pytest.raises(ValidationError):
        Indicator(**(sound | wrong))


def test_the_five_cover_all_methods() -> None:
    assert {one.method for one in FIVE} == {"distance", "ratio", "count", "duration"}
