"""GeoJSON read one feature at a time: the same as read whole, and what is none is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from siseon.console.oil.features import LONGEST, WINDOW, features_of

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)


@given(some.lists(VALUES, max_size=4), some.dictionaries(some.text(), VALUES, max_size=3), some.booleans())
def test_features_are_those_that_json_reads(
    features: list[object], before: dict[str, object], indented: bool
) -> None:
    before.pop("features", None)
    document = json.dumps({**before, "features": features, "after": 1}, indent=2 if indented else None)
    assert list(features_of(document.encode())) == features


@pytest.mark.parametrize("characters", [WINDOW - 40, WINDOW - 39, WINDOW, 5 * WINDOW, LONGEST - 40])
def test_a_long_feature_is_read_whole(characters: int) -> None:
    features = ["x" * characters, int("9" * 40), "after"]
    assert list(features_of(json.dumps({"features": features}).encode())) == features


def test_a_feature_that_others_would_have_to_wait_for_is_refused() -> None:
    document = json.dumps({"features": [[[1.5, 2.5]] * (LONGEST // 10)]}).encode()
    with pytest.raises(ValueError, match="longer than 524,288 characters"):
        list(features_of(document))


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"<html>", b"{}", b'{"features": 3}', b'{"features": [1 2]}', b'{"features": [1',
     b'{"features": [1,]}',
     b'{"a": 1}', b'{"features": [' + b"[" * 100_000, b"\xff\xfe", b'{"features": [' + b"9" * 5000 + b"]}"],
)  # fmt: skip
def test_what_is_no_collection_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        list(features_of(document))
