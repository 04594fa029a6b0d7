import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.translation.breaking import NOT_FIRST, NOT_LAST, pieces, shown

LANGUAGES = ["ja", "zh", "zh-TW", "ko", "th", "en", "de", "es", "xx"]


def test_japanese_is_broken_between_phrases():
    assert pieces("コーヒーとケーキをください。", "ja") == ["コーヒーと", "ケーキを", "ください。"]


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_no_line_begins_with_a_stop_or_ends_with_an_opening_bracket(language):
    parts = pieces("「コーヒー」と（ケーキ）を、ちょっとください。", language, finely=True)

    assert len(parts) > 8
    assert not any(part[0] in NOT_FIRST for part in parts)
    assert not any(part[-1] in NOT_LAST for part in parts)


def test_latin_words_and_numbers_within_chinese_stay_whole():
    parts = pieces("请在TARTAN站3.5公里处下车", "zh", finely=True)

    assert {"TARTAN", "3.5"} <= set(parts)


def test_korean_words_stay_whole_with_their_particles():
    assert pieces("학교에서 친구를 만났다", "ko") == ["학교에서 ", "친구를 ", "만났다"]
    assert pieces("학교에서", "ko", finely=True) == ["학", "교", "에", "서"]


def test_alphabets_are_broken_at_spaces_and_finely_at_syllables():
    assert pieces("wet  paint\ntoday", "en") == ["wet ", "paint ", "today"]
    parts = pieces("information desk", "en", finely=True)
    assert parts[-1] == "desk"
    assert shown(parts[:1]) == "in-"
    assert shown(parts[:-1]) == "information"


def test_hyphenation_follows_the_language():
    german = [shown([part]) for part in pieces("Straßenbahnhaltestelle", "de", finely=True)]

    assert "bahn-" in german
    assert pieces("kala", "xx", finely=True) == ["kala"]


def test_thai_is_broken_between_words():
    assert pieces("สวัสดีครับ", "th") == ["สวัสดี", "ครับ"]


@given(st.text(max_size=80), st.sampled_from(LANGUAGES), st.booleans())
def test_nothing_is_lost_or_added(text, language, finely):
    text = text.replace("\u00ad", "")

    assert shown(pieces(text, language, finely=finely)) == " ".join(text.split())


def test_one_endless_word_is_broken_anywhere():
    assert len(pieces("x" * 500, "en", finely=True)) == 500
