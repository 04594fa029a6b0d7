"""Areas, volumes and times of a flight as people read them."""

from __future__ import annotations

import pytest

from siseon.console.oil.known import Frame, Slick
from siseon.console.oil.saying import area, frame_said, litres, look_of, seen, slick_said, volume
from siseon.console.words import words_of

WORDS = words_of("en").oil
TOLD = {"id": 7, "class": "rainbow", "score": 0.9, "area_m2": 120.0, "frames": "a.jpg", "ce90_m": 4.2}


def slick(**told: object) -> Slick:
    return Slick.model_validate({**TOLD, **told})


@pytest.mark.parametrize(
    ("square_m", "said"),
    [(0.0, "0 m²"), (1.64, "1.6 m²"), (12_345.6, "12,346 m²"), (2_345_678, "2.35 km²")],
)
def test_areas(square_m: float, said: str) -> None:
    assert area(square_m) == said


@pytest.mark.parametrize(("amount", "said"), [(0.0152, "0.015 l"), (1234.5, "1,234 l"), (56_000, "56 m³")])
def test_volumes(amount: float, said: str) -> None:
    assert litres(amount) == said


def test_a_volume_without_an_upper_bound_says_the_least_and_one_without_a_code_nothing() -> None:
    assert volume(36.0, 600.0, WORDS) == "36 l to 600 l"
    assert volume(36.0, None, WORDS) == "at least 36 l"
    assert volume(None, None, WORDS) == "–"


def test_times_are_in_utc_and_a_day_is_told_once() -> None:
    first = "2026-06-01T12:00:00+09:00"
    assert seen(slick(first_seen=first, last_seen="2026-06-01T03:01:10Z")) == "2026-06-01 03:00:00 – 03:01:10"
    assert seen(slick(first_seen=first, last_seen=first)) == "2026-06-01 03:00:00"
    over = seen(slick(first_seen=first, last_seen="2026-06-02T03:00:00Z"))
    assert over == "2026-06-01 03:00:00 – 2026-06-02 03:00:00"
    assert seen(slick()) == "–"


def test_a_look_that_is_not_known_is_told_in_its_words_and_has_a_colour_of_its_own() -> None:
    said = slick_said(slick(**{"class": 'x"><b>'}), WORDS)
    assert (said.title, said.look, look_of(slick())) == ('7 · x"><b>', "other", "rainbow")


def test_what_is_said_is_bounded_whatever_the_files_are_called() -> None:
    names = ";".join("n" * 50_000 for _ in range(9))
    said = slick_said(slick(frames=names, interpolated=True, may_be_counted_twice=True), WORDS)
    assert sum(len(value) for _, value in said.facts) < 1_000
    assert dict(said.facts)[WORDS.note] == f"{WORDS.twice}, {WORDS.filled}"
    frame = frame_said(Frame(image="n" * 50_000, verdict="v" * 50_000), WORDS)
    assert len(frame.title) + sum(len(value) for _, value in frame.facts) < 1_000
