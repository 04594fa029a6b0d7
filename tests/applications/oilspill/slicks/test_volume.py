from __future__ import annotations

import pytest

from siseon.applications.oilspill.slicks.volume import volume_l


@pytest.mark.parametrize(
    ("sea_class", "litres"),
    [
        ("sheen", (40, 300)),
        ("rainbow", (300, 5_000)),
        ("metallic", (5_000, 50_000)),
        ("discontinuous", (50_000, 200_000)),
        ("true_colour", (200_000, None)),
    ],
)
def test_a_square_kilometre_holds_what_the_table_of_the_code_says(sea_class, litres):
    least, most = volume_l(sea_class, 1e6)
    assert least == pytest.approx(litres[0])
    assert most == (None if litres[1] is None else pytest.approx(litres[1]))


@pytest.mark.parametrize("sea_class", ["emulsion", "sea", "glint"])
def test_what_has_no_code_has_no_volume(sea_class):
    assert volume_l(sea_class, 1e6) is None
