"""A template from the text of a frame, drawn, and written as a file that is read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from siseon.applications.oilspill.position.overlay.propose import draw, propose, to_toml
from siseon.applications.oilspill.position.overlay.template import parse_template, read_template, shipped
from siseon.applications.text import Line
from siseon.contracts import Image, InputError


def _line(text: str, x: float, y: float) -> Line:
    right, bottom = x + 12 * len(text), y + 20
    return Line(polygon=((x, y), (right, y), (right, bottom), (x, bottom), (x, y)), text=text, score=0.98)


LINES = [
    _line("17JUN2009", 10, 10),
    _line("16:54:09 UTC+0.0", 10, 40),
    _line("LI:LOW", 10, 600),
    _line("ACFT", 10, 640),
    _line("54:40.79N 084°", 10, 670),
    _line("110:07.44W 5026FT", 10, 700),
    _line("TGT", 1200, 640),
    _line("033° 54:44.94N", 1050, 670),
    _line("9240M 110:02.80W", 1050, 700),
    _line('A "quoted\\" word', 500, 300),
]


def test_figures_are_told_by_their_grammar_and_the_nearest_label() -> None:
    template = propose(LINES, 1280, 740, "mine")
    assert template is not None
    facts = {
        field.fact: (field.grammar, field.decimals, field.unit)
        for field in template.fields
        if field.fact != "time"
    }
    assert facts == {
        None: ("words", None, None),
        "latitude": ("ddm", 2, None),
        "longitude": ("ddm", 2, None),
        "platform_heading": ("bearing", None, None),
        "altitude_m": ("length", None, "ft"),
        "target_latitude": ("ddm", 2, None),
        "target_longitude": ("ddm", 2, None),
        "sight_bearing": ("bearing", None, None),
        "slant_range_m": ("length", None, "m"),
    }
    assert [field.grammar for field in template.fields if field.fact == "time"] == ["date", "clock", "zone"]
    assert [field.name for field in template.fields if field.anchor] == ["acft", "tgt"]
    assert parse_template(to_toml(template), "mine.toml").fields[0].name == template.fields[0].name
    (left, _, right, _) = next(field.region for field in template.fields if field.fact == "platform_heading")
    assert left * 1280 < 10 + 10 * 12 <= 10 + 14 * 12 < right * 1280  # its own part of the line


def test_the_drawing_has_a_box_around_each_field() -> None:
    template = propose(LINES, 1280, 740, "mine")
    assert template is not None
    plain = Image.from_array(np.full((740, 1280, 3), 60, np.uint8))
    changed = (draw(plain, template).pixels != plain.pixels).any(axis=2)
    for left, top, right, bottom in (field.region for field in template.fields):
        part = changed[
            round(top * 740) : round(bottom * 740) + 1, round(left * 1280) : round(right * 1280) + 1
        ]
        assert part.any(axis=0).all()


def test_no_text_is_no_template() -> None:
    assert propose([], 1280, 740, "mine") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "is not TOML"),
        ('name = "x"\naspect = 1.5\nfields = []', "fields: Tuple should have at least 1 item"),
        (
            'name = "x"\naspect = 1.5\n[[fields]]\nname = "a"\nregion = [0.5, 0, 0.4, 1]\ngrammar = "words"',
            "a region is",
        ),
        (
            'name = "x"\naspect = 1.5\n[[fields]]\nname = "a"\nregion = [0, 0, 1, 1]\ngrammar = "ddm"',
            "ddm is of one of",
        ),
        (
            'name = "x"\naspect = 1.5\n[[fields]]\nname = "a"\nregion = [0, 0, 1, 1]\ngrammar = "length"',
            "needs its unit",
        ),
    ],
)
def test_what_is_no_template_is_named(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_template(text, "x.toml")


def test_a_template_is_shipped_or_a_file(tmp_path: Path) -> None:
    template = propose(LINES, 1280, 740, "mine")
    assert template is not None
    (tmp_path / "mine.toml").write_text(to_toml(template), "utf-8")
    assert read_template(str(tmp_path / "mine.toml")).name == "mine"
    assert [read_template(name).name for name in shipped()] == list(shipped())
    with pytest.raises(InputError, match="'other' is no template"):
        read_template("other")
