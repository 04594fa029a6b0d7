import pytest

from siseon.applications.translation.languages import script_of


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
