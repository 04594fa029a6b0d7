import pytest

from siseon.applications.translation.languages import language_of, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Exit", "latin"),
        ("출구 EXIT 안내", "hangul"),
        ("出口", "han"),
        ("出口はこちら", "japanese"),
        ("ВЫХОД", "cyrillic"),
        ("Έξοδος", "greek"),
        ("ทางออก", "thai"),
        ("निकास", "devanagari"),
        ("خروج", "arabic"),
        ("24 / 7 → €3", "other"),
        ("", "other"),
    ],
)
def test_the_script_is_that_of_most_letters(text, script):
    assert script_of(text) == script


def test_latin_letters_do_not_tell_the_language_and_others_tell_the_likely_one():
    assert language_of("Salida", "es") == "es"
    assert language_of("出口", "es") == "zh"
    assert language_of("100 %", "es") is None
