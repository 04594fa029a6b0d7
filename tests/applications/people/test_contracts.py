from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from people_seen import body, chunk, direction, times
from siseon.applications.people.contracts import Action, ChunkSeen
from siseon.applications.people.vectors import packed, unpacked

WHOLE = chunk(1, {1: {t: body(200) for t in times(2_000, 4_000)}}, looks={1: direction(0)})


def test_a_chunk_goes_over_the_wire_and_back() -> None:
    assert ChunkSeen.model_validate_json(WHOLE.model_dump_json()) == WHOLE


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"moments": WHOLE.moments[::-1]}, "in order"),
        ({"end_ms": 3_000}, "in order"),
        ({"tracklets": ()}, "different ids"),
        ({"chunk": 2}, "not of chunk"),
        ({"descriptor": None}, "descriptor"),
        ({"tracklets": WHOLE.tracklets * 2}, "in order of their ids"),
    ],
)
def test_a_chunk_that_contradicts_itself_cannot_be_built(change: dict[str, object], rule: str) -> None:
    parts = {name: getattr(WHOLE, name) for name in ChunkSeen.model_fields}
    with pytest.raises(ValidationError, match=rule):
        ChunkSeen(**(parts | change))


def test_an_action_with_another_names_somebody_else() -> None:
    for action, partner in (("hug", None), ("hug", 1), ("stand", 2)):
        with pytest.raises(ValidationError):
            Action(person=1, from_ms=0, to_ms=1, action=action, confidence=0.5, partner=partner)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=64))
def test_a_direction_is_kept_to_half_precision(values: list[float]) -> None:
    vector = np.array(values)
    length = np.linalg.norm(vector)
    if length < 1e-100:
        with pytest.raises(ValueError, match="packed"):
            packed(np.zeros(3))
        return
    assert np.abs(unpacked(packed(vector)) - vector / length).max() < 1e-3


@pytest.mark.parametrize("text", ["", "?", "AAA=", "AAAA", "AH4="])
def test_what_is_no_unit_vector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="vector"):
        unpacked(text)
