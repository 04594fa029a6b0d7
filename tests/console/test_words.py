"""The catalogue: every sentence in every language, filled with the same names."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import siseon.console
from siseon.applications.translation.contracts import WhyNot
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
    "every_page.failures.language",
}
"""Sentences that are no language's."""
TABLES = ("every_page.failures", "trying.lists.", "people.told.")
"""Looked up by what the service says."""
CONSOLE = Path(siseon.console.__file__).parent


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
    failures = words_of(language).every_page.failures
    for code in FailureCode:
        assert failures.title(code), code
        assert failures.advice(code, None), code
    assert len(failures.titles) == len(failures.remedies) == len(FailureCode)


def test_what_to_do_is_said_in_the_language_of_the_page() -> None:
    english, korean = (words_of(language).every_page.failures for language in LANGUAGES)
    assert english.advice("overloaded", "more replicas") == "more replicas"
    assert HANGUL.search(korean.advice("overloaded", "more replicas"))
    assert korean.advice("of_a_later_version", "more replicas") == ""


def test_the_message_is_open_where_the_remedy_points_to_it() -> None:
    korean = words_of("ko").every_page.failures
    points = {code for code, remedy in korean.remedies if "메시지" in remedy}
    assert points
    assert all(map(korean.points_to_message, (*points, "of_a_later_version")))
    assert not korean.points_to_message("overloaded")


def test_every_sentence_is_said_on_some_page() -> None:
    """By its name, by one that is put together (``state_{state}``), or as the reason of a region."""
    pages = [path for path in CONSOLE.rglob("*.py") if path.parent.name != "words"]
    said = "".join(path.read_text(encoding="utf-8") for path in pages)
    begun = tuple(re.findall(r'f"([a-z_]+_)\{', said))
    reasons = {f"translation.{reason}" for reason in get_args(WhyNot)}
    fields = {name for name, _ in sentences("en") if not name.startswith(TABLES)} - reasons
    last = {name: name.rpartition(".")[2] for name in fields}
    assert [
        name
        for name in fields
        if not last[name].startswith(begun) and not re.search(rf"[.\"]{last[name]}\b", said)
    ] == []


def is_command(text: str) -> bool:
    return text.startswith("siseon ")
