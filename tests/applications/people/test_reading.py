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
    [b"split = 3", b"\xff", b"[[split]]\nsub_id = 0\nat_ms = 1", b"x" * 1_000_001, b"a=" + b"[" * 5_000],
)
def test_a_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="corrections"):
        read(Corrections, data, "toml")
