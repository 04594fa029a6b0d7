"""How much oil a slick holds, by the thickness that the Bonn Agreement Oil Appearance Code gives to its look.

Source: Bonn Agreement Aerial Operations Handbook, part 3, annex A, after A. Lewis, The development of the Bonn
Agreement Oil Appearance Code (BAOAC), SINTEF, 2007. A micrometre on a square metre is a millilitre, on a square
kilometre 1,000 litres. The code holds in daylight, for what is seen from above; the least is what can be proved, the
most is what to be ready for. The largest error of a volume is its area's.
"""

from __future__ import annotations

from siseon.applications.oilspill.contracts import SeaClass, VolumeRange

CODES: dict[SeaClass, int] = {
    "sheen": 1,
    "rainbow": 2,
    "metallic": 3,
    "discontinuous": 4,
    "true_colour": 5,
}
"""Of the appearance code. Emulsion has none: how much of it is water, its look does not say."""
THICKNESS_UM: dict[int, tuple[float, float | None]] = {
    1: (0.04, 0.30),
    2: (0.30, 5.0),
    3: (5.0, 50.0),
    4: (50.0, 200.0),
    5: (200.0, None),
}
"""Least and most micrometres of each code; the thickest look has no upper bound."""
LITRES = 1e-3
"""Of a micrometre on a square metre."""


def volume_l(sea_class: SeaClass, area_m2: float) -> VolumeRange | None:
    """Least and most litres of oil of one look on that many square metres; None for what has no code."""
    code = CODES.get(sea_class)
    if code is None:
        return None
    least, most = THICKNESS_UM[code]
    return area_m2 * least * LITRES, None if most is None else area_m2 * most * LITRES
