"""What a timeline says in sentences of its own is known to the page, word for word."""

from __future__ import annotations

from siseon.applications.people.privacy.allowed import NO_RECORD, NOT_HIDDEN
from siseon.console.words import words_of


def test_the_warnings_of_a_timeline_are_told_in_korean() -> None:
    assert set(dict(words_of("ko").people.told.warnings)) == {NO_RECORD, NOT_HIDDEN}
