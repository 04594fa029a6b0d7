"""Whose reading is given out: by what each model is sure of, and by what else stands in the picture."""

from __future__ import annotations

import pytest

from siseon.applications.text.election import Voter, elect, is_doubted
from siseon.applications.text.refusals import Reading
from siseon.applications.text.tesseract import Reread

RUSSIAN = Voter(
    Reading("", 0.0, 0.0),
    "unknown_script",
    (Reread("Свежий хлеб", 0.96, "rus"), Reread("Ceexwi", 0.3, "eng")),
)
ENGLISH = Voter(Reading("Fresh bread", 1.0, 1.0), None, ())


def refused(*readings: tuple[str, float, str]) -> Voter:
    return Voter(Reading("", 0.0, 0.0), "unknown_script", tuple(Reread(*one) for one in readings))


def twins(latin: str, *readings: tuple[str, float, str], score: float = 1.0) -> Voter:
    return Voter(Reading(latin, score, 1.0), None, tuple(Reread(*one) for one in readings))


def given(*lines: Voter) -> list[str | None]:
    return [outcome.text if outcome.reason is None else outcome.reason for outcome in elect(lines)]


def test_a_refused_line_is_read_by_the_model_that_is_sure_of_its_own_script() -> None:
    (outcome,) = elect([refused(("Ресторан", 0.9, "rus"), ("Peoopa", 0.4, "eng"))])

    assert (outcome.text, outcome.score, outcome.reader) == ("Ресторан", 0.9, "tesseract-rus")


def test_a_model_that_is_not_ahead_of_latin_is_not_believed() -> None:
    assert given(refused(("КАССА", 0.96, "rus"), ("KACCA", 0.955, "eng"))) == ["unknown_script"]


def test_letters_of_another_script_are_not_believed() -> None:
    assert given(refused(("KACCA", 0.96, "rus"))) == ["unknown_script"]
    assert given(refused(("๐666 8อน๑๐6", 0.95, "tha"))) == ["unknown_script"]


def test_a_model_that_is_less_sure_is_believed_where_no_other_comes_near() -> None:
    thai = ("ทาง", 0.72, "tha")

    assert given(refused(("계단 조심", 0.75, "kor"), ("WE", 0.5, "eng"))) == ["계단 조심"]
    assert given(refused(("계단 조심", 0.75, "kor"), thai)) == ["unknown_script"]
    assert given(refused(("계단 조심", 0.75, "kor"), ("ทา6ง10ง4", 0.74, "tha"))) == [
        "계단 조심"
    ]  # half is digits
    assert given(refused(("계단 조심", 0.65, "kor"))) == ["unknown_script"]


def test_strokes_of_a_drawing_are_no_words() -> None:
    assert given(refused(("세탁", 0.85, "kor"))) == ["unknown_script"]
    assert given(refused(("เธเสไซ", 0.77, "tha"))) == ["unknown_script"]
    assert given(refused(("세탁", 0.93, "kor"))) == ["세탁"]


def test_a_line_that_is_hard_to_read_is_read_as_the_lines_beside_it() -> None:
    hard = refused(("Вход", 0.75, "rus"), ("ทาง", 0.74, "tha"))

    assert given(hard, RUSSIAN) == ["Вход", "Свежий хлеб"]
    assert given(hard, ENGLISH) == ["unknown_script", "Fresh bread"]


def test_a_single_letter_needs_lines_of_its_script_beside_it() -> None:
    letter = refused(("해", 0.96, "kor"), ("а", 0.95, "srp"))

    assert given(letter) == ["unknown_script"]
    assert given(letter, refused(("밤이 되기", 0.95, "kor"))) == ["해", "밤이 되기"]


@pytest.mark.parametrize(
    ("line", "asked"),
    [(ENGLISH, False), (twins("ATM"), True), (twins("Fresh", score=0.8), True), (RUSSIAN, True)],
)
def test_others_are_asked_only_for_lines_that_are_doubted(line, asked) -> None:
    assert is_doubted(line.reading, line.reason) is asked


def test_an_unsure_line_needs_a_model_that_is_surer() -> None:
    line = Voter(Reading("Pecmopan", 0.8, 1.0), None, (Reread("Ресторан", 0.88, "rus"),))

    assert given(line) == ["Pecmopan"]
    assert given(line._replace(heard=(Reread("Ресторан", 0.95, "rus"),))) == ["Ресторан"]


def test_a_word_of_twins_is_of_the_script_whose_dictionary_has_it() -> None:
    assert given(twins("KACCA", ("КАССА", 0.96, "rus"), ("KACCA", 0.91, "eng"))) == ["КАССА"]
    assert given(twins("BATH", ("ВАТН", 0.93, "rus"), ("BATH", 0.96, "eng"))) == ["BATH"]


def test_beside_latin_lines_a_word_is_of_another_script_only_where_latin_could_read_it() -> None:
    cash, machine = ("КАССА", 0.96, "rus"), ("АТМ", 0.96, "rus")

    assert given(twins("KACCA", cash, ("KACCA", 0.91, "eng")), ENGLISH)[0] == "КАССА"
    assert given(twins("ATM", machine, ("ATM", 0.59, "eng")), ENGLISH)[0] == "ATM"
    assert given(twins("ATM", machine, ("ATM", 0.59, "eng"))) == ["АТМ"]


def test_capitals_are_given_out_as_capitals() -> None:
    assert given(twins("TOH", ("тон", 0.95, "rus"), ("TOH", 0.89, "eng"))) == ["ТОН"]


def test_a_word_of_both_dictionaries_is_latin_unless_lines_beside_it_are_not() -> None:
    word = twins("ATOM", ("АТОМ", 0.96, "rus"), ("ATOM", 0.96, "eng"))

    assert given(word) == ["ATOM"]
    assert given(word, ENGLISH)[0] == "ATOM"
    assert given(word, RUSSIAN)[0] == "АТОМ"


def test_a_word_of_no_dictionary_is_refused_unless_lines_beside_it_tell() -> None:
    word = twins("OBEC", ("ОВЕС", 0.92, "rus"), ("OBEC", 0.92, "eng"))

    assert given(word) == ["ambiguous_script"]
    assert given(word, ENGLISH)[0] == "OBEC"
    assert given(word, RUSSIAN)[0] == "ОВЕС"
    assert given(word, ENGLISH, RUSSIAN)[0] == "ambiguous_script"


def test_a_word_that_is_russian_and_greek_is_refused_unless_lines_beside_it_tell() -> None:
    word = twins("METPO", ("МЕТРО", 0.96, "rus"), ("ΜΕΤΡΟ", 0.96, "ell"), ("METPO", 0.92, "eng"))

    assert given(word) == ["ambiguous_script"]
    assert given(word, RUSSIAN)[0] == "МЕТРО"


def test_a_word_whose_letters_are_not_drawn_like_those_that_were_seen_is_not_believed() -> None:
    assert given(twins("COK", ("σοκ", 0.95, "ell"), ("COK", 0.92, "eng"))) == ["COK"]
    assert given(twins("TONIO", ("ΤΟΠΙΟ", 0.95, "ell"), ("TONIO", 0.9, "eng"), score=0.9)) == ["ΤΟΠΙΟ"]


@pytest.mark.parametrize(("latin", "expected"), [(0.96, "EXIT"), (0.9, "ambiguous_script")])
def test_a_word_that_lines_beside_it_made_doubtful_is_given_out_where_a_dictionary_has_it(
    latin, expected
) -> None:
    word = twins("EXIT", ("EXIT", latin, "eng"))._replace(reason="ambiguous_script")

    assert given(word) == [expected]


def test_without_other_models_the_recogniser_has_the_word() -> None:
    assert given(twins("KACCA"), ENGLISH) == ["KACCA", "Fresh bread"]
    assert given(twins("KACCA")._replace(reason="ambiguous_script")) == ["ambiguous_script"]
