"""What is refused: lines whose ink was not read, words of two scripts, look-alikes among refused lines."""

from __future__ import annotations

import numpy as np
import pytest

from siseon.applications.text.refusals import (
    SAMPLE_LETTERS,
    Reading,
    coverage,
    known_scripts,
    refuse,
)

SURE = 0.99


def ink(*spans: tuple[int, int], width: int = 400) -> np.ndarray:
    """A (3, 48, width) line with strokes in the given columns."""
    line = np.zeros((3, 48, width), np.float32)
    for start, end in spans:
        line[:, 10:30, start:end] = -1
    return line


def test_ink_that_no_character_accounts_for_lowers_the_coverage() -> None:
    line = ink((0, 100), (300, 400))
    assert coverage(line, np.array([10.0, 50.0, 90.0])) == pytest.approx(0.5)
    assert coverage(line, np.array([50.0, 350.0])) == pytest.approx(0.73, abs=0.02)
    assert coverage(line, np.array([20.0, 70.0, 330.0, 370.0])) == 1.0


def test_wide_gaps_without_ink_cost_nothing() -> None:
    assert coverage(ink((0, 30), (370, 400)), np.array([15.0, 385.0])) == 1.0


def test_a_line_of_which_nothing_was_read_is_not_covered_and_an_empty_one_is() -> None:
    assert coverage(ink((0, 100)), np.array([])) == 0.0
    assert coverage(ink(), np.array([5.0])) == 1.0


def test_a_sure_reading_of_a_small_part_of_the_line_is_refused() -> None:
    assert refuse([Reading(" — ", 0.9, 0.13)], [100], 0.5) == ["unknown_script"]


def test_an_unsure_reading_is_refused_by_its_score() -> None:
    assert refuse([Reading("Mogs", 0.49, 1.0)], [100], 0.5) == ["low_confidence"]
    assert refuse([Reading("Msgs", 0.51, 1.0)], [100], 0.5) == [None]


@pytest.mark.parametrize("word", ["Kaφe", "Anmeκa 24", "ΠEKTOΠAH", "ΦAPMAKEIO"])
def test_a_greek_letter_inside_a_latin_word_is_no_word(word) -> None:
    assert refuse([Reading(word, SURE, 1.0)], [100], 0.5) == ["unknown_script"]


def test_a_word_in_greek_is_refused_where_the_network_has_only_the_letters_of_formulas() -> None:
    reading = Reading("υχαριστ πλ", SURE, 1.0)
    assert refuse([reading], [100], 0.5) == ["unknown_script"]
    assert refuse([reading], [100], 0.5, greek=True) == [None]


def test_a_line_of_greek_whose_words_were_read_in_part_is_refused() -> None:
    assert refuse([Reading("ω, τυ αι λι", SURE, 1.0)], [100], 0.5) == ["unknown_script"]


@pytest.mark.parametrize("formula", ["α, β, γ", "ΔT = 5", "10 kΩ", "sinα", "α + β", "λ"])
def test_formulas_keep_their_greek_letters(formula) -> None:
    assert refuse([Reading(formula, SURE, 1.0)], [100], 0.5) == [None]


def test_where_most_text_is_of_an_unknown_script_look_alikes_are_refused() -> None:
    readings = [Reading("", 0.0, 0.0), Reading("METPO", SURE, 1.0), Reading("EXIT 2", SURE, 1.0)]
    assert refuse(readings, [900, 300, 300], 0.5) == [
        "unknown_script",
        "ambiguous_script",
        "ambiguous_script",
    ]


def test_where_most_text_is_of_an_unknown_script_clear_latin_and_digits_stay() -> None:
    readings = [Reading("", 0.0, 0.0), Reading("WELCOME", SURE, 1.0), Reading("5,000", SURE, 1.0)]
    assert refuse(readings, [900, 300, 300], 0.5) == ["unknown_script", None, None]
    assert refuse([readings[0], Reading("WELCOME", 0.8, 1.0)], [900, 300], 0.5)[1] == "unknown_script"


def test_where_less_text_is_of_an_unknown_script_only_words_of_twins_are_refused() -> None:
    readings = [
        Reading("", 0.0, 0.0),
        Reading("METPO", SURE, 1.0),
        Reading("Welcome", SURE, 1.0),
        Reading("Room 2", 0.8, 1.0),
    ]
    reasons = ["unknown_script", "ambiguous_script", None, None]

    assert refuse(readings, [300, 200, 200, 90], 0.5) == reasons
    assert refuse(readings, [300, 200, 400, 90], 0.5) == ["unknown_script", None, None, None]


def test_a_small_patch_that_is_no_text_does_not_make_the_rest_doubtful() -> None:
    readings = [Reading("", 0.0, 0.0), Reading("METPO", SURE, 1.0)]
    assert refuse(readings, [100, 300], 0.5) == ["unknown_script", None]


def test_no_lines_no_reasons() -> None:
    assert refuse([], [], 0.5) == []


def test_a_script_is_known_only_with_all_its_sample_letters() -> None:
    letters = ["", *SAMPLE_LETTERS["Latin"], *"ΑΩαω", " "]
    assert known_scripts(letters) == ("Latin",)
    assert known_scripts([*letters, *SAMPLE_LETTERS["Greek"]]) == ("Latin", "Greek")
