"""What a stranger calls a file never commands the terminal."""

from __future__ import annotations

import pytest

from siseon.cli.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("한국어 × é — plain", "한국어 × é — plain"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\rb\x08c\x9b31m", "a\\rb\\x08c\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("caf\udce9", "caf\\udce9"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_controls_are_spelt_out_and_text_stays(text, shown):
    assert printable(text) == shown
