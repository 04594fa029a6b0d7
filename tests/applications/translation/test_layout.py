from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siseon.applications.translation.fonts import face_for
from siseon.applications.translation.layout import coverage, fit

SAYINGS = {
    "en": "Keep off the grass, it has only just been sown and internationally so",
    "de": "Donaudampfschifffahrtsgesellschaftskapitän sucht Mütze",
    "ko": "잔디밭에 들어가지 마세요, 씨앗을 방금 뿌렸습니다",
    "ja": "「芝生」に入らないでください、コーヒーはあちらです。",
    "zh": "请勿踩踏草坪，小草刚刚播种（谢谢）。",
}


def _fit(text, width, height, language="en", **options):
    face = face_for(text, language)
    return fit(text, width, height, face=face, language=language, **{"largest": 60, **options})


@given(
    st.sampled_from(sorted(SAYINGS)),
    st.integers(1, 300),
    st.integers(1, 200),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["left", "center", "right"]),
    st.integers(1, 69),
)
@settings(max_examples=150, deadline=None)
def test_no_ink_is_ever_outside_the_box(language, width, height, vertical, rimmed, align, letters):
    text = SAYINGS[language][:letters].strip()
    setting = _fit(
        text, width, height, language, vertical=vertical and language == "ja", rimmed=rimmed, align=align
    )

    if setting is not None:
        wide = replace(setting, width=width + 200, height=height + 200, align="center")
        inner, outer = coverage(setting)
        assert inner.shape == outer.shape == (height, width)
        # Drawn with room on all sides it has as much ink: nothing was cut off. Where letters stand between pixels makes
        # up to 3 % of the smallest.
        whole = float(coverage(wide)[1].sum(dtype=float))
        assert float(outer.sum(dtype=float)) == pytest.approx(whole, rel=0.04, abs=255)


@pytest.mark.parametrize("language", SAYINGS)
def test_all_of_the_text_is_set(language):
    setting = _fit(SAYINGS[language], 300, 150, language)

    whole = "".join(setting.lines).replace("-", "").replace(" ", "")
    assert whole == SAYINGS[language].replace(" ", "")


def test_letters_are_as_large_as_the_box_allows():
    small, large = _fit("Keep off", 100, 50), _fit("Keep off", 300, 50)

    assert small.size < large.size
    inner, _ = coverage(large)
    assert np.ptp(np.flatnonzero(inner.any(axis=1))) > 25


def test_no_letter_is_larger_than_asked():
    assert _fit("Keep off", 1000, 500, largest=31.7).size == 31


def test_words_are_torn_only_where_it_makes_them_much_larger():
    assert not any(line.endswith("-") for line in _fit("Please keep off the grass", 160, 120).lines)
    assert any(line.endswith("-") for line in _fit("internationalisation", 60, 120).lines)


def test_centred_lines_are_about_equally_long():
    lines = _fit("one two three four five six seven", 200, 60).lines

    assert len(lines) >= 2
    assert max(map(len, lines)) - min(map(len, lines)) <= 6


def test_columns_run_from_right_to_left():
    setting = _fit("いろはにほへとちりぬるを", 80, 120, "ja", vertical=True)
    first, _ = coverage(replace(setting, lines=(setting.lines[0], *([" "] * (len(setting.lines) - 1)))))

    assert len(setting.lines) > 1
    assert setting.lines[0].startswith("い")
    assert first[:, 40:].any()
    assert not first[:, :40].any()


@pytest.mark.parametrize(
    ("text", "width", "height"), [("Keep off the grass", 6, 6), ("  ", 99, 99), ("x" * 9999, 99, 99)]
)
def test_what_does_not_fit_is_not_set(text, width, height):
    assert _fit(text, width, height) is None
