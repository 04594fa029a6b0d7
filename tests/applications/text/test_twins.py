"""Words that could be of two scripts."""

from __future__ import annotations

import pytest

from siseon.applications.text.twins import could_be_another_script, drawn_alike


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("KACCA", True),
        ("EXIT 2", True),
        ("ATM", True),
        ("Kacca", True),
        ("caxap", True),
        ("OCEHb", True),
        ("OK", False),
        ("ROOM", False),
        ("Coffee", False),
        ("Climb", False),
        ("b b b", False),
    ],
)
def test_a_word_of_letters_that_other_scripts_have_too_is_doubted(text, doubted) -> None:
    assert could_be_another_script(text) is doubted


def test_texts_are_alike_if_their_letters_are_drawn_alike() -> None:
    assert drawn_alike("КАССА 2", "KACCA")
    assert drawn_alike("КАФЕ", "ΚΑΦΕ")
    assert not drawn_alike("ВАТА", "BATH")
