"""The catalogue: every sentence in every language, filled with the same names."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Iterator

import pytest

from siseon.console.preferences import LANGUAGES, Language
from siseon.console.words import words_of
from siseon.contracts import FailureCode

HANGUL = re.compile(r"[가-힣]")
SAME = {
    "overview.cpu",
    "trying.json",
    "trying.as_curl",
    "trying.as_python",
    "trying.fingerprint",
    "oil.between",
    "common.failures.language",
}
"""Sentences that are no language's."""


def sentences(language: str) -> Iterator[tuple[str, str]]:
    return sentences_of(words_of(language), "")  # type: ignore[arg-type]


def sentences_of(words: object, place: str) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(words):  # type: ignore[arg-type]
        said, name = getattr(words, field.name), f"{place}{field.name}"
        if dataclasses.is_dataclass(said):
            yield from sentences_of(said, f"{name}.")
        elif isinstance(said, str):
            yield name, said
        else:
            yield from ((f"{name}.{word}", text) for word, text in said)


def filled(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert [name for name, text in sentences(language) if not text.strip()] == []


def test_every_sentence_is_filled_with_the_same_names_in_all_languages() -> None:
    english = dict(sentences("en"))
    for name, text in sentences("ko"):
        assert filled(text) == filled(english[name]), name


def test_what_is_korean_is_in_korean_and_what_is_english_is_not() -> None:
    assert [name for name, text in sentences("en") if HANGUL.search(text)] == []
    foreign = {name for name, text in sentences("ko") if not HANGUL.search(text) and not is_command(text)}
    assert foreign <= SAME


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_is_told_with_a_remedy(language: Language) -> None:
    failures = words_of(language).common.failures
    for code in FailureCode:
        assert failures.title(code), code
        assert failures.advice(code, None), code
    assert len(failures.titles) == len(failures.remedies) == len(FailureCode)


def test_what_to_do_is_said_in_the_language_of_the_page() -> None:
    english, korean = (words_of(language).common.failures for language in LANGUAGES)
    assert english.advice("overloaded", "more replicas") == "more replicas"
    assert HANGUL.search(korean.advice("overloaded", "more replicas"))
    assert korean.advice("of_a_later_version", "more replicas") == ""


def test_the_message_is_open_where_the_remedy_points_to_it() -> None:
    korean = words_of("ko").common.failures
    points = {code for code, remedy in korean.remedies if "메시지" in remedy}
    assert points
    assert all(map(korean.points_to_message, (*points, "of_a_later_version")))
    assert not korean.points_to_message("overloaded")


def is_command(text: str) -> bool:
    return text.startswith("siseon ")
