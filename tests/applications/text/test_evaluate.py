"""Counting character errors: normalisation, any order of lines, scripts, partial truths."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.applications.text import Line, Text, TextOptions, TextResult, UnreadLine
from siseon.applications.text.alignment import align, best_place
from siseon.applications.text.evaluate import (
    ScriptErrors,
    TextTruth,
    count_errors,
    evaluate,
    normalise,
    read_all,
)
from siseon.contracts import InputError
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.models import ModelManager

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"
RING = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 0.0))


def answer(*lines: str, refused: int = 0) -> TextResult:
    return TextResult(
        image_id="x",
        width=10,
        height=10,
        lines=tuple(Line(polygon=RING, text=line, score=1.0) for line in lines),
        unread=(UnreadLine(polygon=RING, score=0.1, reason="low_confidence"),) * refused,
        scripts=("Latin",),
    )


def count(text: list[str], *lines: str, **entry: str) -> ScriptErrors:
    (row,) = count_errors([{"file": "x", "text": text, **entry}], [answer(*lines)])
    return row


def test_full_width_forms_and_spaces_are_no_errors() -> None:
    assert normalise("ＡＢ　１２ ！") == "AB12!"
    assert count(["ＡＢ １２"], "A B12").errors == 0


def test_lines_count_wherever_they_stand_and_in_order_apart() -> None:
    row = count(["first line", "second one"], "second one", "first line")
    assert row.errors == 0
    assert row.errors_in_order > 0


def test_a_line_read_in_two_parts_is_no_error() -> None:
    assert count(["Palais du Louvre"], "du Louvre", "Palais").errors == 0


def test_the_same_line_twice_is_laid_on_both_places() -> None:
    row = count(["10.00 EUR", "Milk", "10.00 EUR"], "10.00 EUR", "10.00 EUR", "Milk")
    assert (row.errors, row.characters) == (0, 20)


def test_a_blank_line_of_the_truth_is_no_script_of_its_own() -> None:
    assert count([" ", "abc"], "abc").script == "Latin"


def test_missing_wrong_and_extra_characters_are_told_apart() -> None:
    assert (count(["abcdef"], "abxdef").errors, count(["abcdef"], "abxdef").wrong) == (1, 1)
    assert (count(["abcdef"]).errors, count(["abcdef"]).wrong) == (6, 0)
    extra = count(["abcdef"], "abcdef", "zzz")
    assert (extra.errors, extra.wrong) == (3, 3)


def test_what_stands_beyond_a_partial_truth_is_no_error() -> None:
    assert count(["abcdef"], "abcdef", "something else", truth="partial, by eye").errors == 0


def test_errors_belong_to_the_script_of_the_line_of_the_truth() -> None:
    entry = {"file": "x", "text": ["港区", "MINATO CITY", "きれいな港区を", "Време"]}
    rows = {
        row.script: row
        for row in count_errors([entry], [answer("港区", "MINAT0 CITY", "きれいな港区を", refused=1)])
    }
    assert {script: row.errors for script, row in rows.items()} == {
        "Han": 0,
        "Latin": 1,
        "Japanese": 0,
        "Cyrillic": 5,
    }
    assert rows["Cyrillic"].rate == 1.0
    assert rows["Han"].refused == 1


def test_each_script_names_the_models_that_read_it() -> None:
    entry = {"file": "x", "text": ["NO LITTER", "베이징", "港区"]}
    read = [
        ("ppocr-v6-rec", "NO LITTER"),
        ("tesseract-kor", "베이징"),
        (None, "港区"),
        ("other", "else where"),
    ]
    lines = tuple(Line(polygon=RING, text=text, score=1.0, reader=reader) for reader, text in read)
    rows = count_errors([entry], [answer().model_copy(update={"lines": lines})])
    assert {row.script: row.readers for row in rows} == {
        "Latin": ("ppocr-v6-rec",),
        "Hangul": ("tesseract-kor",),
        "Han": (),
    }


async def test_the_table_credits_lines_to_who_read_them(monkeypatch, tmp_path) -> None:
    async def rows(*_: object, **__: object) -> list[ScriptErrors]:
        readers = {"Latin": ("ppocr-v6-rec",), "Cyrillic": ("ppocr-v6-rec", "tesseract-srp")}
        return [ScriptErrors(script, 1, 5, 0, 0, 0, 0, who) for script, who in readers.items()]

    monkeypatch.setattr("siseon.applications.text.evaluate.read_all", rows)
    truth = TextTruth(folder=tmp_path)
    table = await evaluate(ModelManager(), TextOptions(), truth, bounds=DEFAULT_BOUNDS, progress=list)
    assert table.title.startswith("ppocr-v6-rec on ")
    assert [row[0] for row in table.rows] == ["Latin", "Cyrillic\n  tesseract-srp"]


def test_vertical_lines_are_a_row_of_their_own() -> None:
    assert count(["ピン"], "ピン", kind="game text, vertical").script == "Japanese, vertical"


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_an_alignment_spells_both_strings(truth: str, reading: str) -> None:
    pairs = align(truth, reading)
    assert "".join(pair.true or "" for pair in pairs) == truth
    assert "".join(pair.read or "" for pair in pairs) == reading
    errors = sum(not pair.equal for pair in pairs)
    assert abs(len(truth) - len(reading)) <= errors <= max(len(truth), len(reading))


def test_the_distance_is_the_least_number_of_edits() -> None:
    assert sum(not pair.equal for pair in align("kitten", "sitting")) == 3


def test_the_best_place_of_a_part() -> None:
    assert best_place("lavie", "c'estlavie!") == (5, 10, 0)
    assert best_place("lavle", "c'estlavie!") == (5, 10, 1)
    assert best_place("", "abc") == (0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        "[1]",
        "no json",
        '[{"file": "a.png", "text": []}]',
        '[{"file": "a.png", "text": [" "]}]',
        '[{"file": "a.png", "text": ["a", 5]}]',
        '[{"file": "a.png", "text": ["a", null]}]',
        '[{"file": 1, "text": ["a"]}]',
        '[{"file": "", "text": ["a"]}]',
    ],
)
async def test_a_truth_that_is_none_is_named(tmp_path, content) -> None:
    (tmp_path / "truth.json").write_text(content)
    with pytest.raises(InputError, match=r"truth\.json"):
        await read_all(Text(ModelManager()), tmp_path)


async def test_a_truth_may_have_the_mark_that_windows_puts_before_it(tmp_path) -> None:
    (tmp_path / "truth.json").write_text('[{"file": "gone.png", "text": ["a"]}]', encoding="utf-8-sig")
    with pytest.raises(InputError, match=r"gone\.png"):
        await read_all(Text(ModelManager()), tmp_path)


async def test_a_folder_without_a_truth_is_told_what_belongs_into_it(tmp_path) -> None:
    with pytest.raises(InputError) as refused:
        await read_all(Text(ModelManager()), tmp_path)
    assert refused.value.message == f"there is no {tmp_path / 'truth.json'}"
    assert '"file"' in str(refused.value.hint)


async def test_pictures_that_cannot_be_read_are_named_and_the_others_measured(tmp_path) -> None:
    shutil.copy(SIGN, tmp_path / "sign.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    files = ("sign.png", "gone.png", "bad.png")
    truth = [{"file": file, "text": ["Please ring twice"]} for file in files]
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    how = TextOptions(other_scripts="none"), TextTruth(folder=tmp_path)
    found = await evaluate(ModelManager(), *how, bounds=DEFAULT_BOUNDS, progress=bool)

    assert [row[1] for row in found.rows] == ["1"]
    assert sorted(note.split(" ")[0] for note in found.notes[:-1]) == ["bad.png", "gone.png"]
    assert found.notes[-1] == "not measured: 2"

    (tmp_path / "sign.png").unlink()
    with pytest.raises(InputError):
        await evaluate(ModelManager(), *how, bounds=DEFAULT_BOUNDS, progress=bool)
