"""Texts of a form in readings whose probabilities are written down here."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from siseon.applications.oilspill.position.generated import flight
from siseon.applications.oilspill.position.overlay.constrained import LEAST, _places, likely
from siseon.applications.oilspill.position.overlay.election import Said, elect, is_settled
from siseon.applications.oilspill.position.overlay.form import Form
from siseon.applications.oilspill.position.overlay.patterns import SIGNS, patterns, place
from siseon.applications.oilspill.position.overlay.template import FieldOfOverlay

DDM = Form("ddm", "latitude", decimals=2)


def reading(text: str, sure: float = 0.98, **other: tuple[str, float]) -> NDArray[np.float32]:
    """A blank, then each sign and a blank; ``other``: at ``at_3``, a second sign with its probability."""
    out = np.full((2 * len(text) + 3, 1 + len(SIGNS)), 1e-6, np.float32)
    out[:, 0] = 0.99
    for at, sign in enumerate(text):
        out[2 * at + 1, 0] = 0.005
        out[2 * at + 1, 1 + SIGNS.index(sign)] = sure
        if f"at_{at}" in other:
            second, chance = other[f"at_{at}"]
            out[2 * at + 1, 1 + SIGNS.index(second)] = chance
    return out


def test_a_sign_that_one_reading_doubts_is_decided_by_the_others() -> None:
    doubtful = reading("54:48.79N", 0.5, at_4=("0", 0.45))
    (best, *_) = likely([doubtful, reading("54:40.79N", 0.9, at_4=("8", 0.05))], DDM)
    assert best.text == "54:40.79N"
    assert 0.7 < best.share < 0.95
    assert best.value == pytest.approx(54 + 40.79 / 60)
    assert "54:48.79N" in {one.text for one in likely([doubtful], DDM)}


def test_what_a_letter_or_colon_was_read_as_is_taken_for_what_must_stand_there() -> None:
    best, *_ = likely([reading("64152.22S"), reading("64:52.22S")], DDM)
    assert (best.text, best.share) == ("64:52.22S", pytest.approx(1, abs=0.01))
    best, *_ = likely([reading("S4O5M"), reading("54O5M")], Form("length", unit="m"))
    assert best.text == "5405M"


@pytest.mark.parametrize("text", ["4:40.79N", "54:40.7N", "54:40.799N", "54:4.79N", "CLOUDN", ""])
def test_a_digit_too_few_or_too_many_is_no_text_of_the_form(text: str) -> None:
    stated = {"grammar": "ddm", "fact": "latitude", "digits": 2, "decimals": 2}
    field = FieldOfOverlay.model_validate({"name": "latitude", "region": (0, 0, 1, 1), **stated})
    known = "".join(sign if sign in SIGNS else "K" for sign in text)
    assert elect(field, [Said(text, 0.95, reading(known))] * 5).value is None


def test_two_equal_digits_without_a_blank_between_are_one() -> None:
    one = np.full((9, 1 + len(SIGNS)), 1e-6, np.float32)
    one[:, 0] = 0.99
    one[2:4, 0], one[2:4, 1 + SIGNS.index("1")] = 0.01, 0.98
    one[5, 0], one[5, 1 + SIGNS.index("M")] = 0.01, 0.98
    assert likely([one], Form("length", unit="m"))[0].text == "1M"


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), min_size=4, max_size=6))
def test_probabilities_are_those_of_all_paths_together(weights: list[list[float]]) -> None:
    rows = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    given_ = np.zeros((len(rows), 1 + len(SIGNS)))
    given_[:, 0], given_[:, 1 + SIGNS.index("0")], given_[:, 1 + SIGNS.index("3")] = rows.T
    found = _places(given_, (place("03"), place("03")))
    assert found is not None
    chances: dict[str, float] = {}
    for path in product(range(3), repeat=len(rows)):
        text = "".join(" 03"[sign] for sign, _ in groupby(path)).replace(" ", "")
        chance = float(np.prod([max(rows[at, sign], LEAST) for at, sign in enumerate(path)]))
        chances[text] = chances.get(text, 0.0) + chance
    pairs = {text: chance for text, chance in chances.items() if len(text) == 2}
    whole = sum(pairs.values())
    assert np.exp(found[0]) == pytest.approx(whole)
    first = sum(chance for text, chance in pairs.items() if text[0] == "0") / whole
    last = sum(chance for text, chance in pairs.items() if text[1] == "3") / whole
    assert found[1][0, 0] == pytest.approx(first)
    assert found[1][1, 1] == pytest.approx(last)


@pytest.mark.parametrize("number", range(4))
def test_every_text_of_a_generated_flight_is_of_a_pattern_of_its_form(number: int) -> None:
    one = flight(number, 3)
    for shot in one.shots:
        for name, (_, form) in one.forms.items():
            if form.grammar in ("date", "zone"):  # whose letters are told by their grammar
                assert not patterns(form)
                continue
            text = shot.texts[name]
            fitting = [pattern for pattern in patterns(form) if len(pattern) == len(text)]
            assert any(
                all(sign in here.signs for sign, here in zip(text, pattern, strict=True))
                for pattern in fitting
            ), (name, text)


def test_a_field_on_which_readings_do_not_agree_is_the_one_text_that_they_can_be() -> None:
    field = FieldOfOverlay(name="latitude", region=(0, 0, 1, 1), grammar="ddm", fact="latitude", decimals=2)
    said = [Said("54:40.7N", 0.8, reading("54:40.79N", 0.6, at_4=("8", 0.3)))] * 2
    said += [Said("54140.79W", 0.8, reading("54:40.79N"))] * 3
    assert elect(field, said).value == pytest.approx(54 + 40.79 / 60)
    against = [*said[:4], Said("54:48.79N", 0.8, reading("54:48.79N", 0.5, at_4=("0", 0.4)))]
    refused = elect(field, against)
    assert (refused.value, refused.reason) == (None, "unsure")
    assert len(refused.candidates) == 2


def test_one_reading_is_enough_where_every_digit_of_it_is_sure() -> None:
    field = FieldOfOverlay(name="latitude", region=(0, 0, 1, 1), grammar="ddm", fact="latitude", decimals=2)
    sure = Said("54:40.79N", 0.99, reading("54:40.79N", 0.995))
    assert is_settled(field, [sure])
    assert elect(field, [sure]).value == pytest.approx(54 + 40.79 / 60)
    assert not is_settled(field, [sure._replace(signs=None)])
    assert not is_settled(field, [sure._replace(signs=reading("54:40.79N", 0.98))])
    length = FieldOfOverlay(
        name="range", region=(0, 0, 1, 1), grammar="length", fact="slant_range_m", unit="m"
    )
    assert is_settled(length, [Said("2498M", 0.99, reading("2498M", 0.995))])
    assert not is_settled(length, [Said("24981", 0.99, reading("24981", 0.995))])
    unit_as_digit = [Said("69821", 0.95, reading("6982M", 0.9))] * 2
    assert not is_settled(length, unit_as_digit)
    assert elect(length, [*unit_as_digit, *[Said("6982M", 0.9, reading("6982M", 0.9))] * 3]).value == 6982


def test_a_letter_in_a_digit_s_place_is_never_sure_alone() -> None:
    field = FieldOfOverlay(name="latitude", region=(0, 0, 1, 1), grammar="ddm", fact="latitude", decimals=2)
    assert not is_settled(field, [Said("59:53.3SN", 0.99, reading("59:53.35N", 0.995))])
    assert is_settled(field, [Said("59:53.3OS", 0.99, reading("59:53.30S", 0.995))])
