"""Digits that are read where a layout prints letters."""

from __future__ import annotations

import pytest

from siseon.applications.oilspill.position.overlay.form import Form
from siseon.applications.oilspill.position.overlay.printed import LETTER, as_written, printed


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


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ('25°06:10.0"5', f'25°06:18.8"{LETTER}', '25°06:18.8"5'),
        ("N29.03128", f"{LETTER}29.03120", "N29.03120"),
        ("3041 FT", "3841FT", "3841FT"),
    ],
)
def test_other_digits_of_the_same_print_keep_its_letters(text: str, other: str, expected: str) -> None:
    assert as_written(text, other) == expected
