"""Digits that are read where a layout prints letters."""

from __future__ import annotations

import pytest

from siseon.applications.oilspill.position.overlay.form import Form
from siseon.applications.oilspill.position.overlay.printed import LETTER, printed


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("47:57.395", Form("ddm", "latitude", 2, 2), f"47:57.39{LETTER}"),
        ("_16°02'27.6\"S", Form("dms", "latitude", 2, 1), f"16°02'27.6\"{LETTER}"),
        ("N29.03128", Form("decimal", "latitude", decimals=5), f"{LETTER}29.03128"),
        ("300CT2026", Form("date"), f"30{LETTER * 3}2026"),
        ("2026-10-30", Form("date"), "2026-10-30"),
        ("1788", Form("bearing", digits=3), f"178{LETTER}"),
        ("7.70", Form("angle", decimals=1), f"7.7{LETTER}"),
        ("3041FT", Form("length", unit="ft"), "3041FT"),
    ],
)
def test_they_are_no_digits_of_the_frame(text: str, form: Form, expected: str) -> None:
    assert printed(text, form) == expected
