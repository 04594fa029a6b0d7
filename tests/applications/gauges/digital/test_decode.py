"""What a display shows, from the recogniser's probabilities."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.gauges.digital.alphabet import STYLES, SYMBOLS
from siseon.applications.gauges.digital.decode import probability, seen_by_all, seen_in

EVEN = np.full(len(STYLES), 1 / len(STYLES), np.float32)


def path(*steps: str, sure: float = 0.99) -> np.ndarray:
    """Probabilities of a path; an empty step is a blank."""
    classes = len(SYMBOLS) + 1
    rows = np.full((len(steps), classes), (1 - sure) / (classes - 1), np.float32)
    for row, symbol in zip(rows, steps, strict=True):
        row[SYMBOLS.index(symbol) + 1 if symbol else 0] = sure
    return rows


def test_repeats_are_one_symbol_unless_a_blank_is_between() -> None:
    assert seen_in(path("", "1", "1", "", "1", ".", "5", "5"), EVEN).text == "11.5"


def test_symbols_stand_where_their_steps_are() -> None:
    seen = seen_in(path("", "1", "1", "", "", "", "", "7"), EVEN)
    assert seen.places == pytest.approx((2 / 8, 7.5 / 8))


def test_a_dark_display_shows_nothing_and_is_sure_of_it() -> None:
    seen = seen_in(path("", "", "", ""), EVEN)
    assert (seen.text, seen.places) == ("", ())
    assert seen.sureness == pytest.approx(0.99**4, abs=1e-3)


def test_a_symbol_that_might_be_another_makes_the_text_unsure() -> None:
    rows = path("", "8", "", "1", "")
    rows[1, SYMBOLS.index("8") + 1], rows[1, SYMBOLS.index("0") + 1] = 0.55, 0.44
    assert seen_in(rows, EVEN).sureness < 0.6


def test_a_view_that_reads_something_else_makes_the_others_less_sure() -> None:
    views = np.stack([path("", symbol, "") for symbol in "333"])
    kinds = np.stack([EVEN] * 3)
    assert seen_by_all(views, kinds, 3).sureness == pytest.approx(0.99**3, abs=0.01)
    views[1] = path("", "8", "")
    seen = seen_by_all(views, kinds, 3)
    assert seen.text == "3"
    assert seen.sureness == pytest.approx(2 / 3 * 0.99**3, abs=0.01)


def test_views_that_do_not_fit_need_not_agree() -> None:
    views = np.stack([path("", "3", ""), path("", "8", ""), path("", "3", "")])
    assert seen_by_all(views, np.stack([EVEN] * 3), 2).sureness == pytest.approx(0.99**3, abs=0.01)


@given(st.integers(0, 1000), st.integers(1, 5), st.text("01", min_size=0, max_size=3))
def test_the_probability_of_a_text_is_the_sum_over_all_paths_that_give_it(
    seed: int, steps: int, text: str
) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.ones(3), steps).astype(np.float32)
    wanted = np.array([int(symbol) + 1 for symbol in text], np.intp)
    total = 0.0
    for numbers in product(range(3), repeat=steps):
        collapsed = [number for number, _ in groupby(numbers) if number]
        if collapsed == wanted.tolist():
            total += float(np.prod([row[number] for row, number in zip(rows, numbers, strict=True)]))
    assert probability(rows, wanted) == pytest.approx(total, abs=1e-5)
