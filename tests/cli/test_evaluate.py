"""``siseon evaluate``: each application's own command, made of what it says it compares with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from siseon.applications.application import Table
from siseon.cli.app import app
from siseon.cli.evaluate import show_table
from siseon.contracts import InputError

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"


def test_an_option_that_makes_no_difference_is_refused() -> None:
    words = ["evaluate", "inspection", "--coco", str(SIGN), "--images", str(SIGN.parent), "--set", "iou=0.5"]
    failure = CliRunner().invoke(app, words).exception
    assert isinstance(failure, InputError)
    assert "iou makes no difference" in failure.message
    assert "detector" in (failure.hint or "")


@pytest.mark.parametrize(
    "words", [["text", "/no/such/folder"], ["text"], ["inspection", "--coco", str(SIGN)]]
)
def test_truth_that_is_missing_is_a_mistake_of_the_command(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["evaluate", *words]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (
            ["gauges", "--labels", "none.csv", "--images", str(SIGN.parent)],
            "--labels none.csv: Path does not",
        ),
        (["gauges", "--labels", str(SIGN)], "--labels and --images go together"),
        (["text", "/no/such"], "/no/such: Path does not"),
    ],
)
def test_what_is_wrong_is_named_with_its_option_and_its_value(words: list[str], named: str) -> None:
    shown = CliRunner().invoke(app, ["evaluate", *words]).output
    assert named in " ".join(shown.replace("│", " ").split())


def test_the_help_says_what_each_option_takes_and_no_default_where_there_is_none() -> None:
    shown = CliRunner().invoke(app, ["evaluate", "gauges", "--help"], env={"COLUMNS": "100"}).output
    words = {line.split()[1]: line.split()[2] for line in shown.splitlines() if line.startswith("│ --")}
    assert {key: words[key] for key in ("--labels", "--images", "--generated", "--by")} == {
        "--labels": "FILE",
        "--images": "FOLDER",
        "--generated": "NUMBER",
        "--by": "calibration|sight",
    }
    assert "None" not in shown
    assert "[default: dials]" in shown


def test_the_table_fits_a_terminal_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    heads = ("script", "pictures", "characters", "errors", "error rate", "lines refused")
    row = ("Japanese, vertical\n  tesseract-jpn", "6", "54", "26", "48.1%", "2")
    show_table(Table("text", heads, [row], {}), json=False)
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert {word for head in heads for word in head.split()} <= set(shown.split())


def test_names_that_look_like_markup_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(Table("text on [b]x[/red]", ("sequence",), (("y[/bold]\x1b[2J",),), {}), json=False)
    shown = capsys.readouterr().out
    assert "text on [b]x[/red]" in shown
    assert "y[/bold]\\x1b[2J" in shown


def test_a_list_is_told_whole_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = ", ".join(f"{number} ambiguous_needle" for number in range(10, 20))
    show_table(Table("gauges", ("figure", "value"), (("read", "154"), ("refused", reasons)), {}), json=False)
    shown = capsys.readouterr().out
    assert "refused" in shown
    assert " ".join(reasons.split()) in " ".join(shown.replace("refused", "").split())


def test_an_unknown_application_is_named_with_those_there_are() -> None:
    failure = CliRunner().invoke(app, ["evaluate", "nothing"]).exception
    assert isinstance(failure, InputError)
    assert failure.hint == "There are: gauges, inspection, oilspill, people, text, translation"


def test_the_exit_code_says_that_a_picture_could_not_be_measured(tmp_path: Path) -> None:
    shutil.copy(SIGN, tmp_path / "sign.png")
    entries = [{"file": "sign.png", "text": ["Please ring twice"]}]
    truth = tmp_path / "truth.json"
    words = ["evaluate", "text", str(tmp_path), "--set", "other_scripts=none"]
    truth.write_text(json.dumps(entries))
    assert CliRunner().invoke(app, words).exit_code == 0
    truth.write_text(json.dumps([*entries, {"file": "gone.png", "text": ["a"]}]))
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 1
    assert "gone.png was not measured" in shown.output
