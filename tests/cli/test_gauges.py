"""``siseon gauges calibrate`` as a person and as a script uses it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from siseon.applications.gauges import Calibration
from siseon.applications.gauges.calibrations import read_calibration
from siseon.applications.gauges.draft import Draft
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.cli.app import app
from siseon.cli.gauges.proposing import meant
from siseon.contracts import InputError


@pytest.fixture(scope="module")
def dial() -> Photo:
    return photo(4, "evaluation")


@pytest.fixture
def folder(tmp_path: Path, dial: Photo, monkeypatch: pytest.MonkeyPatch) -> Path:
    Image.fromarray(dial.image.pixels).save(tmp_path / "boiler.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def at(point: tuple[float, float]) -> str:
    return f"{point[0]},{point[1]}"


def words(calibration: Calibration) -> list[str]:
    """The calibration as options."""
    return [
        f"--centre={at(calibration.centre)}",
        *(f"--rim={at(point)}" for point in calibration.rim),
        *(f"--scale={at(mark.at)}={mark.value}" for mark in calibration.scale),
    ]


def calibrate(*more: str) -> Result:
    return CliRunner().invoke(app, ["gauges", "calibrate", "boiler.png", *more])


def calibrated(test_data: Path, folder: Path, name: str, *more: str) -> Result:
    """The same of a real photo, without a terminal."""
    photo = test_data / "gauges-dev" / "analog" / f"{name}.jpg"
    command = ["gauges", "calibrate", str(photo), "--out", str(folder / "one.json"), *more]
    return CliRunner().invoke(app, command)


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    found = CliRunner().invoke(app, ["gauges", "calibrate", "pipe.png"]).exception
    assert isinstance(found, InputError)
    assert found.message == "pipe.png cannot be read: it is not a file"
    assert {path.name for path in folder.iterdir()} == {"boiler.png", "pipe.png"}


def failure(*more: str) -> InputError:
    found = calibrate(*more).exception
    assert isinstance(found, InputError)
    return found


def test_a_script_states_all_and_gets_the_calibration_its_reading_and_its_drawing(
    folder: Path, dial: Photo
) -> None:
    stated = calibration_of(dial)
    done = calibrate(*words(stated), "--unit=bar", "--low=-999", "--high=-998")
    assert done.exit_code == 0, done.output
    assert "bar" in done.output
    assert "above its limit" in done.output
    made = read_calibration(folder / "boiler.json")
    assert made == stated.model_copy(
        update={"unit": "bar", "low": -999, "high": -998, "picture": "boiler.reference.png"}
    )
    assert np.array_equal(np.array(Image.open(folder / "boiler.reference.png")), dial.image.pixels)
    assert not np.array_equal(np.array(Image.open(folder / "boiler.drawn.png")), dial.image.pixels)


def test_what_was_made_reads_the_next_photo(folder: Path, dial: Photo) -> None:
    assert calibrate(*words(calibration_of(dial))).exit_code == 0
    later = photo(4, "evaluation", view=dial.to_picture, value=dial.dial.numerals[1])
    Image.fromarray(later.image.pixels).save(folder / "later.png")
    run = ["run", "gauges", "later.png", "--set", "calibration=boiler.json", "--json", "read.jsonl"]
    assert CliRunner().invoke(app, run).exit_code == 0
    result = json.loads((folder / "read.jsonl").read_text(encoding="utf-8"))["result"]
    (reading,) = result["data"]["readings"]
    extent = max(later.dial.numerals) - min(later.dial.numerals)
    assert reading["value"] == pytest.approx(later.value, abs=0.01 * extent)


def test_a_dial_without_ends_is_calibrated_by_what_a_turn_counts(folder: Path, dial: Photo) -> None:
    points = [point for point in words(calibration_of(dial)) if not point.startswith("--scale")]
    marks = [f"--scale={at(tuple(dial.points((turn,), 0.8)[0]))}={turn / 36}" for turn in (0.0, 90.0, 180.0)]
    done = calibrate(*points, *marks, "--turn=10")
    assert done.exit_code == 0, done.output
    assert read_calibration(folder / "boiler.json").model_dump()["turn"] == 10
    value = dial.dial.angle_of(dial.value) / 36 % 10
    assert float(done.output.split()[0]) == pytest.approx(value, abs=0.3)


def test_files_that_are_there_are_replaced_only_by_force(folder: Path, dial: Photo) -> None:
    stated = words(calibration_of(dial))
    for name in ("boiler.json", "boiler.reference.png", "boiler.drawn.png"):
        (folder / name).write_text("mine", encoding="utf-8")
        assert "is there already" in failure(*stated).message
        assert {path.name for path in folder.iterdir()} == {"boiler.png", name}
        assert calibrate(*stated, "--force").exit_code == 0
        assert (folder / name).read_bytes() != b"mine"
        for made in ("boiler.json", "boiler.reference.png", "boiler.drawn.png"):
            (folder / made).unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--scale=300,200=1", "--scale=301,201=1"], "same value"),
        (["--low=3", "--high=2"], "not below"),
        (["--direction=left"], "direction"),
        (["--rim=320,240"], "off the ellipse|not lie around"),
        (["--out=boiler.txt"], "does not end with"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_file(
    folder: Path, dial: Photo, change: list[str], message: str
) -> None:
    assert re.search(message, failure(*words(calibration_of(dial)), *change).message)
    assert {path.name for path in folder.iterdir()} == {"boiler.png"}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (["--low=3", "--high=3"], "low 3.0 is not below high 3.0"),
        (["--high=nan"], "high: "),
        (["--turn=0"], "turn: "),
        (["--direction=left"], "direction: "),
        (["--unit=\x1b[2J"], "unit: "),
    ],
)
def test_what_no_points_would_mend_is_refused_before_the_photo_is_looked_at(
    folder: Path, stated: list[str], message: str
) -> None:
    (folder / "boiler.png").unlink()
    assert message in failure(*stated).message


@pytest.mark.parametrize(
    "wrong", ["--centre=3", "--centre=3,x", "--centre=nan,3", "--scale=3,4", "--scale=3,4=x"]
)
def test_a_point_that_is_none_is_a_wrong_option(folder: Path, wrong: str) -> None:
    done = calibrate(wrong)
    assert done.exit_code == 2
    assert "is not a" in done.output


def test_without_a_terminal_what_is_neither_stated_nor_seen_is_named(folder: Path) -> None:
    Image.new("RGB", (320, 240), "grey").save(folder / "boiler.png")
    assert failure("--centre=100,100").message == "no calibration without --rim and --scale"
    assert {path.name for path in folder.iterdir()} == {"boiler.png"}


def test_a_dial_that_is_seen_needs_nothing_stated(tmp_path: Path, test_data: Path) -> None:
    done = calibrated(test_data, tmp_path, "gauge00")
    assert done.exit_code == 0, done.output
    assert (
        "120 ± 3 psi" in done.output
    )  # as by sight: the marks stand at the numbers, and the uncertainty says so
    made = read_calibration(tmp_path / "one.json")
    assert isinstance(made, Calibration)
    assert (made.unit, made.ends.minimum, made.ends.maximum) == ("psi", 0, 300)
    assert made.deviation is not None


def test_scales_beside_the_one_that_is_proposed_are_named(tmp_path: Path, test_data: Path) -> None:
    done = calibrated(test_data, tmp_path, "gauge02")
    assert "other scales were found, which --unit proposes: 0 to 700 kPa" in done.output


def test_a_proposal_that_reads_other_than_sight_does_is_not_taken_unseen(
    tmp_path: Path, test_data: Path
) -> None:
    done = calibrated(test_data, tmp_path, "gauge26")
    assert isinstance(done.exception, InputError)
    assert "by sight it is" in done.exception.message
    assert not list(tmp_path.iterdir())


def test_a_dial_that_fills_a_tenth_of_its_photo_is_found(tmp_path: Path, test_data: Path) -> None:
    dial = Image.open(test_data / "gauges-dev" / "analog" / "gauge00.jpg")
    yard = Image.new("RGB", (1600, 1200), (90, 95, 100))
    yard.paste(dial.resize((440, 440)), (900, 300))
    yard.save(tmp_path / "yard.png")
    command = ["gauges", "calibrate", str(tmp_path / "yard.png"), "--out", str(tmp_path / "one.json")]
    done = CliRunner().invoke(app, [*command, "--which=1"])
    assert "12" in done.output
    made = read_calibration(tmp_path / "one.json")
    assert isinstance(made, Calibration)
    assert np.hypot(made.centre[0] - 1120, made.centre[1] - 518) < 10
    there_are_fewer = CliRunner().invoke(app, [*command, "--which=9", "--force"])
    assert there_are_fewer.exit_code == 2
    assert "9 of 1 dials" in there_are_fewer.output


def test_of_several_dials_one_is_meant() -> None:
    boxes = [(0.0, 0.0, 90.0, 90.0), (100.0, 0.0, 300.0, 190.0), (400.0, 0.0, 450.0, 60.0)]
    assert meant(boxes, Draft(), None) == boxes[1]
    assert meant(boxes, Draft(), 3) == boxes[2]
    assert meant(boxes, Draft(centre=(45, 45)), None) == boxes[0]
    assert meant(boxes, Draft(centre=(45, 145)), None) is None
    assert meant([], Draft(), None) is None
    with pytest.raises(typer.BadParameter, match="4 of 3 dials"):
        meant(boxes, Draft(), 4)


def test_which_dial_is_no_question_where_all_is_stated(folder: Path, dial: Photo) -> None:
    done = calibrate(*words(calibration_of(dial)), "--which=1")
    assert done.exit_code == 2
    assert "no dial is looked for" in done.output


@pytest.mark.parametrize(
    ("name", "words", "why"),
    [
        ("gauge02", ["--unit=kPa"], "by sight the dial is not read: ambiguous_needle"),
        ("gauge02", [], "not known between 60 and 100"),
        ("gauge36", [], "by sight the dial is not read: ambiguous_needle"),
    ],
)
def test_a_proposal_that_sight_does_not_bear_out_is_not_taken_unseen(
    tmp_path: Path, test_data: Path, name: str, words: list[str], why: str
) -> None:
    error = calibrated(test_data, tmp_path, name, *words).exception
    assert isinstance(error, InputError)
    assert why in error.message
    assert "--centre and --rim and --scale" in str(error.hint)
    assert not list(tmp_path.iterdir())


def test_a_scale_is_not_given_the_unit_of_another(tmp_path: Path, test_data: Path) -> None:
    done = calibrated(test_data, tmp_path, "gauge02", "--unit=bar")
    assert "no scale in bar was found, but 0 to 700 kPa, 0 to 100 psi" in done.output
    assert isinstance(done.exception, InputError)


def test_a_photo_that_is_not_read_by_what_was_stated_is_no_success(folder: Path, dial: Photo) -> None:
    stated = words(calibration_of(dial))
    Image.new("RGB", (dial.image.width, dial.image.height), "grey").save(folder / "boiler.png")
    done = calibrate(*stated)
    assert (done.exit_code, "is not read by it" in done.output) == (1, True)
    assert read_calibration(folder / "boiler.json").picture == "boiler.reference.png"


def test_on_a_terminal_a_person_is_asked_until_it_is_right(folder: Path, dial: Photo) -> None:
    Image.new("RGB", (640, 480), "grey").save(folder / "boiler.png")
    known = calibration_of(dial, off=0)
    rim = [at(point) for point in known.rim]
    marks = [f"{at(mark.at)}={mark.value:g}" for mark in known.scale]
    answers = [
        *("nonsense", "", "9999,3", at(known.centre)),
        *(*rim[:4], ""),
        *("-1,3=0", marks[0], marks[0], ""),  # two marks of one value: refused, and asked again
        *("scale", *marks, ""),
        *("n", "circle", at(known.centre), *rim, ""),
        *("maybe", "y", "bar", "10", "9"),  # limits that cannot be: unit and limits are asked again
        *("bar", "", "9"),
    ]
    done = typed(folder / "boiler.png", answers)
    assert done.returncode == 1, done.stderr  # written, but the photo is grey
    made = read_calibration(folder / "one.json")
    assert (made.rim, made.unit, made.low, made.high) == (known.rim, "bar", None, 9)
    assert "'nonsense' is not a point" in done.stderr
    assert "same value" in done.stderr
    assert "is not read by it" in done.stderr
    assert "it is needed: centre" in done.stderr
    assert "9999,3 is not in the photo of 640 × 480" in done.stderr
    assert "-1,3 is not in the photo of 640 × 480" in done.stderr
    assert "10.0 is not below high 9.0" in done.stderr
    assert "'maybe' is neither y nor n" in done.stderr
    assert "q or Ctrl-C ends this" in done.stderr


def test_a_person_sees_what_is_read_before_it_is_right_and_a_new_scale_has_no_old_unit(
    tmp_path: Path, test_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ["n", "scale", "265,745=0", "905,430=80", "", "n", "unit", "psi", "y", "", ""]
    photo = test_data / "gauges-dev" / "analog" / "gauge02.jpg"
    done = typed(photo, answers)
    assert done.returncode == 0, done.stderr
    before, _, after = done.stderr.partition("Is it right?")
    assert "so the photo reads: 29 ± 3 psi" in before
    assert "by sight: 29 ± 3 psi" in before
    assert "not known between 60 and 100" in before
    assert "0 to 700 kPa" in before
    assert "kPa" not in after
    assert " psi  (scale 0 to 80)" in done.stdout
    made = read_calibration(tmp_path / "one.json")
    assert isinstance(made, Calibration)
    assert (made.unit, made.deviation) == ("psi", None)


@pytest.mark.parametrize("end", ["q\n", "\x04", "Ctrl-C"], ids=["q", "end of input", "Ctrl-C"])
def test_a_person_can_have_enough(folder: Path, end: str) -> None:
    Image.new("RGB", (640, 480), "grey").save(folder / "boiler.png")
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        command(folder / "boiler.png"),
        stdin=theirs,
        stderr=subprocess.PIPE,
        # What starts the tests in the background may have them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with asked, os.fdopen(ours, "wb", buffering=0) as keyboard:
        os.close(theirs)
        assert asked.stderr is not None
        said = b""
        while b"centre, X,Y" not in said:  # a prompt is no whole line
            said += (more := os.read(asked.stderr.fileno(), 4096))
            assert more, said
        if end == "Ctrl-C":
            asked.send_signal(signal.SIGINT)
        else:
            keyboard.write(end.encode())
        said += asked.stderr.read()
    assert asked.returncode == 1
    assert b"Aborted" in said
    assert b"Traceback" not in said
    assert {path.name for path in folder.iterdir()} == {"boiler.png"}


def command(photo: Path) -> list[str]:
    return [sys.executable, "-m", "siseon", "gauges", "calibrate", str(photo), "--out", "one.json"]


def typed(photo: Path, answers: list[str]) -> subprocess.CompletedProcess[str]:
    """The command on a terminal, on which that is answered."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    env = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        command(photo), stdin=theirs, capture_output=True, text=True, check=False, timeout=120, env=env
    )
    os.close(ours)
    os.close(theirs)
    return done
