"""Figures of class maps and of whole pictures."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.sea.evaluate import compared, labelled, says, shares
from siseon.applications.oilspill.sea.seen import Seen, refusal
from siseon.contracts import InputError

EMULSION, SHEEN, GLINT = (SEA_CLASSES.index(name) for name in ("emulsion", "sheen", "glint"))
HIDDEN = 254


def test_overlap_and_area_of_a_slick_that_is_half_found() -> None:
    true = np.zeros((10, 10), np.uint8)
    true[:4] = EMULSION
    said = true.copy()
    said[2:4] = 0
    measured = compared([said], [true], HIDDEN)
    assert measured.iou()["emulsion"] == pytest.approx(0.5)
    assert measured.iou()["sea"] == pytest.approx(60 / 80)
    assert math.isnan(measured.iou()["land"])
    assert measured.area_errors == (pytest.approx(0.5),)


def test_oil_of_another_class_is_still_oil() -> None:
    true = np.full((4, 4), EMULSION, np.uint8)
    measured = compared([np.full((4, 4), SHEEN, np.uint8)], [true], HIDDEN)
    assert measured.iou()["emulsion"] == 0
    assert measured.iou()["oil"] == 1


def test_what_is_hidden_does_not_count_and_no_class_is_one() -> None:
    true = np.full((2, 2), NOTHING, np.uint8)
    true[0, 0] = HIDDEN
    said = np.array([[EMULSION, NOTHING], [NOTHING, NOTHING]], np.uint8)
    measured = compared([said], [true], HIDDEN)
    assert measured.counts.sum() == measured.counts[-1, -1] == 3


def test_false_oil_is_counted_on_glittering_water_without_any() -> None:
    true = np.zeros((10, 10), np.uint8)
    true[:5] = GLINT
    said = true.copy()
    said[0, 0] = SHEEN
    plain = np.zeros((10, 10), np.uint8)
    measured = compared([said, np.full((10, 10), SHEEN, np.uint8)], [true, plain], HIDDEN)
    assert measured.false_m2_per_km2() == pytest.approx(1e4)


def test_outcomes_of_photos() -> None:
    one = np.ones((2, 2), np.float32)
    found, nothing = (
        Seen(np.full((2, 2), 6, np.uint8), one, "oil"),
        Seen(np.zeros((2, 2), np.uint8), one, "no_oil"),
    )
    assert says(found, oil=True) == "found"
    assert says(found, oil=False) == "accused"
    assert says(nothing, oil=True) == "missed"
    assert says(refusal(2, 2, "not_the_sea"), oil=True) == "refused"
    outcomes = [(True, says(found, oil=True)), (True, "unsure"), (False, says(nothing, oil=False))]
    assert shares(outcomes) == {"found": 0.5, "missed": 0, "accused": 0, "cleared": 1}


def test_labels_are_read_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("file,label,shows\na.jpg,oil_spill,a slick\nb.jpg,,text\nc.jpg,no_oil_spill,foam\n")
    assert [(one.path.name, one.oil, one.shows) for one in labelled(tmp_path)] == [
        ("a.jpg", True, "a slick"),
        ("c.jpg", False, "foam"),
    ]
    table.write_text("name,unit\na.jpg,m\n")
    with pytest.raises(InputError, match="has the columns name, unit; it needs file, label and shows"):
        list(labelled(tmp_path))
    with pytest.raises(InputError, match="cannot be read") as missed:
        list(labelled(tmp_path / "nowhere"))
    assert missed.value.message.count("labels.csv") == 1
    assert "file, label" in str(missed.value.hint)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "labels.csv")
    with pytest.raises(InputError, match=r"labels\.csv cannot be read: it is not a file"):
        list(labelled(tmp_path))


def test_labels_as_a_spreadsheet_saves_them(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label,shows\na.jpg,oil_spill,x,y\n", "utf-8-sig")
    assert [one.path.name for one in labelled(tmp_path)] == ["a.jpg"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("file,label,shows\na.jpg,oil_spill,x\n".encode("utf-16"), "is no table of commas in UTF-8"),
        ("file,label,shows\na.jpg,oil_spill,née\n".encode("latin-1"), "is no table of commas in UTF-8"),
        (b"file,label,shows\n" + b"a" * 200_000 + b",oil_spill,x\n", "is no table .*: field larger than"),
        (b"label,shows,file\n\noil_spill,x\n", "has fewer cells in line 3 than columns"),
        (b"a,b\nx,y,z\n", "has the columns a, b; it needs file, label and shows"),
        (b"", "has the columns ;"),
    ],
)
def test_what_is_no_table_of_labels_is_named(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "labels.csv").write_bytes(data)
    with pytest.raises(InputError, match=why):
        list(labelled(tmp_path))
