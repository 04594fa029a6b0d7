from __future__ import annotations

import pytest

from siseon.applications.people.merging.corrections import Corrections, Split
from siseon.applications.people.reading import read
from siseon.applications.people.timeline.indicators import FIVE, Indicators
from siseon.contracts import InputError

TOML = b"""
[[split]]
sub_id = 20
at_ms = 3500

[[rename]]
person = { sub_id = 1 }
name = "Ana"
role = "child"
"""


def test_a_file_is_read_as_toml_and_as_json() -> None:
    said = read(Corrections, TOML, "toml")
    assert said.split == (Split(sub_id=20, at_ms=3_500),)
    assert read(Corrections, said.model_dump_json().encode(), "json") == said


def test_indicators_may_be_only_compared_or_be_others() -> None:
    assert read(Indicators, b"[average]\njoy = 5", "toml").indicator == FIVE
    own = FIVE[0].model_copy(update={"name": "near"})
    assert read(Indicators, Indicators(indicator=(own,)).model_dump_json().encode(), "json").indicator == (
        own,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"split = 3",
        b"\xff",
        b"[[split]]\nsub_id = 0\nat_ms = 1",
        b"x" * 1_000_001,
        b"a=" + b"[" * 5_000,
        b"[[split]]\nsub_id=" + b"9" * 5_000,
        b"[" + b".".join([b"a"] * 100_000) + b"]",
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="corrections"):
        read(Corrections, data, "toml")


def test_what_is_wrong_is_said_in_a_line() -> None:
    with pytest.raises(InputError) as refused:
        read(Corrections, b'{"split": [{"sub_id": -1, "at_ms": -5}]}', "json")
    assert refused.value.message == (
        "corrections cannot be read: split.0.sub_id: Input should be greater than or equal to 1, and 1 more"
    )


def test_a_file_may_begin_with_the_mark_of_a_windows_editor() -> None:
    assert read(Corrections, b"\xef\xbb\xbf" + TOML, "toml") == read(Corrections, TOML, "toml")


@pytest.mark.parametrize("name", ["   ", "a\\u0000b", "a\\u001b[31m", "a\\nb", "a\\u202eb"])
def test_a_name_is_words_in_one_line(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        read(Corrections, f'{{"rename": [{{"person": {{"sub_id": 1}}, "name": "{name}"}}]}}'.encode(), "json")
