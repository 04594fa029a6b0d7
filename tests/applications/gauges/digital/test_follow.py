"""A display over time."""

from __future__ import annotations

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.follow import IN_A_ROW, NOTHING, Rules, followed
from siseon.applications.gauges.digital.value import Form, Number, number_of

DISPLAY = Rules(Form())
COUNTER = Rules(Form(counter=True, digits=3), max_rate=2.0)
PLACES = (0.1, 0.2, 0.3, 0.4)


def shown(text: str, form: Form = DISPLAY.form) -> Reading:
    """A reading of a display with places at tenths, of which blanks are dark."""
    places = tuple(place for place, symbol in zip(PLACES, text, strict=False) if symbol != "_")
    lit = text.replace("_", "")
    number = number_of(text.strip("_").replace("_", " "), form)
    read = isinstance(number, Number)
    return Reading(
        kind="counter" if form.counter else "digital",
        quality="good" if isinstance(number, Number) else "refused",
        reason=None if isinstance(number, Number) else number,
        value=number.value if isinstance(number, Number) else None,
        uncertainty=number.uncertainty if isinstance(number, Number) else None,
        text=lit if read else text.strip("_").replace("_", " "),
        places=places if read else tuple(PLACES[: len(text)]),
    )


def told(readings: list[tuple[float, Reading]], rules: Rules) -> list[Reading]:
    """What is told of each, with its time in seconds."""
    past, answers = NOTHING, []
    for at_s, reading in readings:
        past, answer = followed(past, reading, at_s, rules)
        answers.append(answer)
    return answers


def every_fifth(*texts: str, rules: Rules = DISPLAY) -> list[Reading]:
    """Five pictures a second."""
    return told([(number / 5, shown(text, rules.form)) for number, text in enumerate(texts)], rules)


def test_digits_that_are_dark_in_one_picture_are_known_from_the_others() -> None:
    answers = every_fifth("1_3", "_23", "12_", "123")
    assert [answer.value for answer in answers] == [None, 123, 123, 123]
    assert answers[0].reason == "incomplete"


def test_a_value_that_has_changed_is_not_mixed_with_the_one_before() -> None:
    answers = every_fifth("17", "17", "24", "24", "24")
    assert {answer.value for answer in answers} == {17, 24}
    assert answers[-1].value == 24


def test_dark_digits_of_long_ago_do_not_count() -> None:
    answers = told([(0.0, shown("123")), (5.0, shown("_23"))], DISPLAY)
    assert answers[1].value == 23


def test_a_single_other_reading_gives_way_to_the_two_before() -> None:
    answers = every_fifth("50", "50", "58", "50", "50")
    assert [answer.value for answer in answers] == [50] * 5


def test_a_step_is_told_with_the_second_reading_that_shows_it() -> None:
    answers = every_fifth("50", "50", "61", "61")
    assert [answer.value for answer in answers] == [50, 50, 50, 61]


def test_where_no_two_agree_the_newest_is_uncertain() -> None:
    answers = every_fifth("50", "61", "72")
    assert (answers[-1].value, answers[-1].quality) == (72, "uncertain")


def test_the_first_reading_is_uncertain_until_another_confirms_it() -> None:
    assert [one.quality for one in every_fifth("50", "50")] == ["uncertain", "good"]


def test_a_refusal_stays_one() -> None:
    assert [one.reason for one in every_fifth("12", "Err")] == [None, "not_a_number"]


def test_a_counter_does_not_fall() -> None:
    answers = every_fifth("100", "100", "090", "090", rules=COUNTER)
    assert (answers[-1].value, answers[-1].reason) == (None, "implausible")


def test_a_counter_starts_again_behind_its_last_number() -> None:
    assert [one.value for one in every_fifth("999", "999", "000", "000", rules=COUNTER)] == [999, 999, 999, 0]


def test_what_changes_faster_than_it_can_is_refused_and_believed_when_it_stays() -> None:
    answers = every_fifth("100", *["180"] * (IN_A_ROW + 1), rules=COUNTER)
    assert [one.reason for one in answers[1:]] == ["implausible"] * (IN_A_ROW - 1) + [None, None]
    assert answers[-1].value == 180


def test_a_counter_at_its_rate_is_told_as_it_rises() -> None:
    readings = [(number / 2, shown(f"{100 + number // 2:03}", COUNTER.form)) for number in range(20)]
    answers = told(readings, COUNTER)
    assert [one.reason for one in answers] == [None] * 20
    assert answers[-1].value == 109
