from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.people.merging.groups import Groups


@given(st.integers(2, 8), st.data())
def test_no_order_of_unions_puts_two_together_who_must_stay_apart(count: int, data: st.DataObject) -> None:
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    apart = np.zeros((count, count), bool)
    for one, other in data.draw(st.lists(pairs)):
        if one != other:
            apart[one, other] = apart[other, one] = True
    groups = Groups(apart)
    for one, other in data.draw(st.lists(pairs, max_size=20)):
        if groups.apart(one, other):
            with pytest.raises(ValueError, match="apart"):
                groups.unite(one, other)
        else:
            groups.unite(one, other)
            assert groups.root(one) == groups.root(other)
    assert sorted(at for group in groups.members() for at in group) == list(range(count))
    for group in groups.members():
        assert not apart[np.ix_(group, group)].any()


def test_nobody_is_apart_from_themselves() -> None:
    with pytest.raises(ValueError, match="symmetric"):
        Groups(np.eye(2, dtype=bool))
