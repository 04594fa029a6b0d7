"""The command line as a person uses it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.doctor import EXTRAS

ROOT = Path(__file__).parents[2]
SIGN = ROOT / "examples" / "sign.png"
ENOUGH_COLUMNS = {"COLUMNS": "200"}


def siseon(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "siseon", *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        check=False,
        env={**os.environ, **ENOUGH_COLUMNS, **environment},
        timeout=120,
    )


def test_help_lists_the_commands() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    assert all(word in shown.stdout for word in ("run", "models", "profile", "evaluate", "doctor", "demo"))


@pytest.mark.parametrize("words", [["run"], ["gauges", "calibrate"], ["init"]], ids=" ".join)
def test_the_help_of_a_command_fills_the_terminal(words) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "90"}).stdout.split("╭")[0]
    for line, after in itertools.pairwise(line.strip() for line in shown.splitlines()):
        assert not line or not after or len(f"{line} {after.split()[0]}") > 88, shown


def test_the_help_of_an_application_says_which_words_an_option_may_be() -> None:
    shown = CliRunner().invoke(app, ["run", "inspection", "--help"], env={"COLUMNS": "200"}).stdout
    assert "What to do about faces. One of none, flag, blur, block." in " ".join(shown.split())
    shown = CliRunner().invoke(app, ["run", "people", "--help"], env={"COLUMNS": "200"}).stdout
    assert "One of bytetrack" not in shown  # its text names them


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["foo"],
            "No such command 'foo'. There are: run, serve, worker, profile, plan, init, openapi, review, doctor, demo, "
            "evaluate, jobs, streams, gauges, oilspill, people, models.",
        ),
        (["rnu", "text"], "Did you mean 'run'? There are: run, serve"),
        (["models", "lst"], "Did you mean 'list'? There are: list, info, pull, verify, add, quantize."),
        (["models", "\x1b[2J"], "No such command '\\x1b[2J'."),
    ],
)
def test_an_unknown_command_is_answered_with_those_there_are(here, words, said) -> None:
    done = here(*words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.decode().replace("│", " ").split())


def test_run_text_prints_the_lines() -> None:
    done = siseon("run", "text", SIGN)
    assert done.returncode == 0, done.stderr.decode()
    assert "SEOUL LINE OF SIGHT" in done.stdout.decode()


def test_run_reads_a_picture_from_stdin() -> None:
    command = [sys.executable, "-m", "siseon", "run", "text", "-", "--json", "-"]
    done = subprocess.run(command, input=SIGN.read_bytes(), capture_output=True, check=True, timeout=120)
    assert json.loads(done.stdout)["result"]["data"]["image_id"] == "stdin"


def test_a_bad_file_is_reported_and_the_rest_goes_on(tmp_path) -> None:
    (tmp_path / "a_broken.jpg").write_bytes(SIGN.read_bytes()[:5000])
    shutil.copy(SIGN, tmp_path / "b_sign.png")
    (tmp_path / "notes.txt").write_text("not taken out of a folder")
    done = siseon("run", "text", tmp_path, "--json", tmp_path / "out.jsonl", tmp_path / "missing.png")
    assert done.returncode == 1
    broken, sign, missing = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert broken["failure"]["code"] == "corrupt_image"
    assert sign["result"]["data"]["lines"][0]["text"] == "SEOUL LINE OF SIGHT"
    assert missing["failure"]["code"] == "file_unreadable"
    assert b"corrupt_image" in done.stderr
    assert b"Traceback" not in done.stderr


def test_out_writes_an_annotated_picture_for_each_input_without_collisions(tmp_path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        shutil.copy(SIGN, tmp_path / folder / "sign.png")
    done = siseon("run", "text", tmp_path / "one", tmp_path / "two", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr.decode()
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["results.jsonl", "sign-2.jpg", "sign.jpg"]


@pytest.mark.parametrize(
    ("words", "complaint", "code"),
    [
        (["run", "nothing", SIGN], "There are: gauges, inspection, oilspill, people, text", 2),
        (["run", "txt", SIGN], "did you mean text?", 2),
        (["run", "text", "no-such-*.png"], "file_unreadable", 2),
        (["run", "text", SIGN, "--set", "speed=9"], "short_side", 2),
        (["run", "text", SIGN, "--set", "short_side=tall"], "short_side", 2),
        (["run", "text", SIGN, "--set", "detector=nothing"], "model_not_found", 2),
        (["models", "info", "yolo-nano"], "did you mean", 2),
        (["models", "pull", "yolox-nano"], "pull_failed", 1),
    ],
)
def test_mistakes_get_a_named_failure_with_a_hint_and_no_traceback(here, words, complaint, code) -> None:
    done = here(*words, SISEON_MODEL_PATH="")
    assert done.returncode == code
    assert complaint in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_model_that_cannot_be_pulled_keeps_none_of_the_others_from_theirs(here) -> None:
    done = here("models", "pull", "yolox-nano", "efficientnet-lite0", SISEON_MODEL_PATH="")
    assert done.returncode == 1
    told = done.stderr.decode()
    assert told.count("pull_failed") == 2
    assert "yolox-nano: " in told
    assert "efficientnet-lite0: " in told


def test_missing_weights_stop_the_start_with_the_way_to_get_them() -> None:
    done = siseon("run", "inspection", SIGN, SISEON_MODEL_PATH="")
    assert done.returncode == 1
    assert b"yolox_nano.onnx" in done.stderr
    assert b"`siseon models pull yolox-tiny` and --set detector=yolox-tiny" in done.stderr
    assert b"SISEON_MODEL_PATH" in done.stderr


def test_models_list_and_info_as_json(here) -> None:
    listed = json.loads(here("models", "list", "--json").stdout)
    assert {"yolox-nano", "ppocr-v6-det"} <= {card["name"] for card in listed}
    assert json.loads(here("models", "info", "ppocr-v6-rec", "--json").stdout)["path"].endswith(".onnx")


def test_models_list_says_in_80_columns_how_each_model_is_got() -> None:
    grid, _ = siseon("models", "list", COLUMNS="80").stdout.decode().split("\nto pull: ")
    shown = grid.splitlines()[2:]
    assert all(line.rstrip().endswith((" here", " to pull", " to bring")) for line in shown)
    assert any(line.startswith("efficientnet-lite0-features ") for line in shown)


def test_models_verify_tells_a_wrong_file(here, tmp_path) -> None:
    (tmp_path / "yolox_nano.onnx").write_bytes(b"wrong")
    done = here("models", "verify", SISEON_MODEL_PATH=str(tmp_path))
    assert done.returncode == 1
    assert b"weights_mismatch" in done.stderr


def test_profile_names_the_bottleneck_and_writes_a_trace(tmp_path) -> None:
    done = siseon("profile", "text", SIGN, "--runs", "2", "--warm-up", "1", "--trace", tmp_path / "t.json")
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "First bottleneck" in shown
    assert "detect_text" in shown
    assert json.loads((tmp_path / "t.json").read_text())["traceEvents"]


@pytest.mark.usefixtures("model_path")
def test_profile_and_demo_write_onto_no_picture_and_replace_nothing_unless_by_force(tmp_path) -> None:
    photo = Path(shutil.copy(SIGN, tmp_path / "sign.png"))
    link = tmp_path / "t.json"
    link.symlink_to(photo)
    kept = tmp_path / "kept.json"
    kept.write_text("of yesterday")
    for words, complaint in (
        (["profile", "text", photo, "--trace", link], "is an input"),
        (["profile", "text", photo, "--record", photo, "--force"], "is an input"),
        (["profile", "text", photo, "--record", kept], "--force"),
        (["demo", "--out", link, "--force"], "is a link"),
        (["demo", "--out", kept], "--force"),
    ):
        done = siseon(*words)
        assert (done.returncode, complaint in done.stderr.decode()) == (1, True), done.stderr.decode()
    assert photo.read_bytes() == SIGN.read_bytes()
    assert kept.read_text() == "of yesterday"
    siseon("profile", "text", photo, "--runs", 1, "--warm-up", 0, "--trace", kept, "--force")
    assert json.loads(kept.read_text())["traceEvents"]


def test_doctor_says_what_is_here_and_how_to_get_the_rest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"])
    done = siseon("doctor")
    assert done.returncode == 0
    assert "CPUExecutionProvider" in done.stdout.decode()
    assert "ppocr-v6-det" in done.stdout.decode()
    assert "yolox-tiny: to pull" in done.stdout.decode()
    assert "`siseon models pull NAME`" in done.stdout.decode()
    assert done.stdout.decode().splitlines()[-1].startswith("✓ nothing is broken")


def test_doctor_has_a_dash_for_what_a_library_lacks_and_a_cross_for_what_is_broken(
    model_path, tmp_path, monkeypatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # as if it were not installed
    (tmp_path / "efficientnet_lite0.onnx").symlink_to(model_path / "efficientnet_lite0.onnx")
    monkeypatch.setenv("SISEON_MODEL_PATH", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 0
    assert "– efficientnet-lite0-features: " in told.output
    assert "pip install 'siseon[gallery]'" in told.output
    (tmp_path / "yolox_nano.onnx").write_bytes(b"damaged")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert told.output.splitlines()[-1] == "✗ something is broken: see the red crosses above"


def test_doctor_says_that_the_cache_cannot_be_written(here, tmp_path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    done = here("doctor", SISEON_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert done.returncode == 1
    assert f"✗ it cannot be written (Not a directory in {tmp_path / 'file'})" in done.stdout.decode()
    assert "SISEON_CACHE_DIR" in done.stdout.decode()


def test_doctor_goes_on_past_providers_and_a_network_that_are_not_there(here, tmp_path) -> None:
    done = here("doctor", SISEON_PROVIDERS="tensorrt,cpu", SISEON_OWN_NETWORK=str(tmp_path / "gone.onnx"))
    assert done.returncode == 1
    assert b"execution provider TensorrtExecutionProvider is not available here" in done.stderr
    assert f"{tmp_path / 'gone.onnx'} is neither a network nor".encode() in done.stderr
    told = done.stdout.decode()
    assert "✓ HEIC pictures" in told
    assert "✓ ppocr-v6-det" in told
    assert told.splitlines()[-1] == "✗ something is broken: see the red crosses above"


def test_doctor_names_a_variable_that_nothing_reads_and_not_its_value() -> None:
    done = siseon("doctor", SISEON_NONSENSE="a-secret-of-32-characters-length")
    assert "! SISEON_NONSENSE is not a setting: nothing reads it" in done.stdout.decode().splitlines()
    assert b"a-secret" not in done.stdout + done.stderr
    assert done.returncode == 0


def test_doctor_names_what_stands_on_the_path_of_models_and_is_not_a_folder(here, tmp_path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    done = here("doctor", SISEON_MODEL_PATH=f"{tmp_path}{os.pathsep}{tmp_path / 'file'}")
    told = [line for line in done.stdout.decode().splitlines() if "not a folder" in line]
    assert told == [f"  – no model is looked for in {tmp_path / 'file'}: it is not a folder"]
    assert done.returncode == 0


def test_doctor_says_that_the_cache_cannot_be_looked_for(here, tmp_path) -> None:
    cache = tmp_path / ("x" * 300) / "cache"  # the system does not let us look there, for root too
    done = here("doctor", SISEON_CACHE_DIR=str(cache))
    assert done.returncode == 1
    assert f"it cannot be written (File name too long in {cache / 'models'})" in done.stdout.decode()
    assert b"Traceback" not in done.stderr


def test_damaged_cards_and_folders_are_named_and_the_other_models_still_looked_at(here, tmp_path) -> None:
    for name, card in (("a", b"name = 'caf\xe9'"), ("b", b"name = 'b'"), ("c", None)):
        (tmp_path / name).mkdir()
        if card is not None:
            (tmp_path / name / "card.toml").write_bytes(card)
    for words in (["doctor"], ["models", "list"], ["models", "list", "--json"], ["models", "verify"]):
        # A folder that the system does not let us look at, for root too.
        done = here(*words, SISEON_MODEL_PATH=f"{'x' * 300}{os.pathsep}{tmp_path}")
        assert done.returncode == 1
        assert done.stderr.decode().count("model_load_failed") == 3, done.stderr.decode()
        assert "ppocr-v6-det" in done.stdout.decode()
    refused = here("run", "text", SIGN, SISEON_MODEL_PATH=str(tmp_path))
    assert (refused.returncode, "card.toml" in refused.stderr.decode()) == (1, True)


def test_demo_finds_the_cup_of_its_photo_and_draws_it(model_path, tmp_path) -> None:
    drawing = tmp_path / "found.jpg"
    result = json.loads(siseon("demo", "--out", drawing, SISEON_MODEL_PATH=str(model_path)).stdout)
    assert "cup" in {found["class_name"] for found in result["data"]["detections"]}
    assert result["models"][0]["name"] == "yolox-nano"
    before = drawing.read_bytes()
    again = siseon("demo", "--out", drawing, SISEON_MODEL_PATH=str(model_path))
    assert again.returncode != 0
    assert drawing.read_bytes() == before


def test_demo_takes_the_models_that_somebody_has(model_path, tmp_path) -> None:
    for name in ("nanodet_m_416.onnx", "efficientnet_lite0.onnx"):  # and not those it would take by itself
        (tmp_path / name).symlink_to(model_path / name)
    done = siseon("demo", "--set", "detector=nanodet-m-416", SISEON_MODEL_PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["models"][0]["name"] == "nanodet-m-416"


def test_evaluate_inspection_gives_the_reference_precision(model_path, test_data) -> None:
    coco = test_data / "coco-dev"
    done = siseon(
        "evaluate", "inspection", "--coco", coco / "instances.json", "--images", coco / "images", "--json",
        SISEON_MODEL_PATH=str(model_path),
    )  # fmt: skip
    assert json.loads(done.stdout)["AP"] == pytest.approx(0.310, abs=0.005)


@pytest.mark.parametrize("words", [["run", "text", SIGN], ["doctor"], ["serve", "text", "--port", "70000"]])
def test_a_variable_that_is_misspelt_is_named_with_the_likely_one_and_never_its_value(words) -> None:
    done = siseon(*words, SISEON_TOKNE="a-secret-of-32-characters-length")
    assert done.stderr.decode().count("SISEON_TOKNE is not a setting: did you mean SISEON_TOKEN?") == 1
    assert b"a-secret" not in done.stdout + done.stderr
    assert done.returncode == (2 if "serve" in words else 0)


@pytest.mark.parametrize("bound", [{"SISEON_MAX_PIXELS": "1000"}, {"SISEON_MAX_UPLOAD_BYTES": "1024"}])
def test_the_bounds_of_the_settings_hold_here_too(bound) -> None:
    done = siseon("run", "text", SIGN, **bound)
    assert done.returncode == 1
    assert b"image_too_large" in done.stderr


def test_more_pictures_than_requests_may_be_in_flight_wait_instead_of_failing() -> None:
    done = siseon("run", "text", *[SIGN] * 4, "--in-flight", 4, SISEON_MAX_IN_FLIGHT="1")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().count("SEOUL LINE OF SIGHT") == 4
