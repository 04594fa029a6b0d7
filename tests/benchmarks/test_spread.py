"""A cell of a table says no more than was measured."""

from __future__ import annotations

import pytest
from benchmarks.spread import spread


@pytest.mark.parametrize(
    ("values", "how", "unit", "cell"),
    [
        ([1.4, 1.25, 1.319], "{:.2f}", "", "1.32 (1.25–1.40)"),
        ([1.4, 1.25, 1.319], "{:.2f}", " ×", "1.32 × (1.25–1.40)"),
        ((12_000, 9_000), "{:,.0f}", "", "10,500 (9,000–12,000)"),
        ([0.5], "{:.0%}", "", "50%"),
        ([2.0], "{:.1f}", " ×", "2.0 ×"),
        ([], "{:.1f}", " ×", ""),
    ],
)
def test_it_is_the_median_and_where_there_was_more_than_one_round_the_range(values, how, unit, cell):
    assert spread(values, how, unit) == cell
