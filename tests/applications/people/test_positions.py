"""Packed positions say what a tuple of them would."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from siseon.applications.people.positions import MOST_POSITIONS, Position, Positions
from siseon.contracts.wire import Box


class Way(BaseModel):
    positions: Positions


TWO = [Position(0, Box(1, 2, 3, 4)), Position(200, Box(1.5, 2.25, 3, 4.1))]


def test_they_are_what_was_packed_in_whichever_way_they_came() -> None:
    packed = Positions(TWO)
    arrays = np.array([one.t_ms for one in TWO]), np.array([one.box for one in TWO], float)

    assert list(packed) == [packed[0], packed[-1]] == list(packed[:]) == TWO
    assert packed == Positions.of(*arrays) == Way(positions=TWO).positions
    assert packed != Positions(TWO[:1])
    assert hash(packed) == hash(Positions(TWO))
    assert list(packed.t_ms) == [0, 200]
    with pytest.raises(IndexError):
        packed[2]


def test_on_the_wire_they_are_arrays_of_a_number_and_a_box() -> None:
    text = '{"positions":[[0,[1.0,2.0,3.0,4.0]],[200,[1.5,2.25,3.0,4.1]]]}'

    assert Way(positions=Positions(TWO)).model_dump_json() == text
    assert Way.model_validate_json(text) == Way(positions=Positions(TWO))


@pytest.mark.parametrize("several", [[], Positions(), [(-1, (0, 0, 1, 1))], [(0, (0, 0, 1))]])
def test_none_or_half_ones_are_refused(several) -> None:
    with pytest.raises(ValidationError):
        Way(positions=several)


def test_more_than_a_day_has_are_refused() -> None:
    many = MOST_POSITIONS + 1
    with pytest.raises(ValidationError, match="500,000"):
        Way(positions=Positions.of(np.zeros(many, np.int64), np.zeros((many, 4))))
