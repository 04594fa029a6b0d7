"""``siseon plan`` as a person uses it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.cli.plan import duration_s
from siseon.contracts import InputError
from siseon.planning import measure

ROOT = Path(__file__).parents[2]
SIGN = ROOT / "examples" / "sign.png"


def siseon(*words: object) -> Result:
    return CliRunner().invoke(app, list(map(str, words)), env={"COLUMNS": "80"})


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> Path:
    """A recording of the text pipeline on one picture."""
    path: Path = tmp_path_factory.mktemp("plan") / "text.json"
    with (
        pytest.MonkeyPatch.context() as changed
    ):  # a few pictures under load are enough for a plan of any kind
        changed.setattr(measure, "IN_FLIGHT_PER_CORE", 1)
        changed.setattr(measure, "loaded_run", partial(measure.loaded_run, at_least_s=0.0))
        done = siseon("profile", "text", SIGN, "--runs", 2, "--warm-up", 1, "--record", path)
    assert done.exit_code == 0, done.stderr
    assert "recording:" in done.stdout
    return path


@pytest.fixture
def brief(monkeypatch) -> None:
    """Fewer requests are simulated, where no figure of the plan matters."""
    monkeypatch.setattr("siseon.planning.plan.REQUESTS", 500)


@pytest.mark.usefixtures("brief")
def test_a_recording_becomes_a_plan_that_fits_80_columns(record) -> None:
    done = siseon("plan", "text", "--record", record, "--p95", "60s", "--rps", 0.01)
    assert done.exit_code == 0, done.stderr
    grid, _, sentences = done.stdout.partition("total")
    assert max(map(len, grid.splitlines())) <= 80
    assert "detect_text" in grid
    assert "Meets it: predicted p95" in " ".join(sentences.split())
    assert "First to miss" in sentences


@pytest.mark.usefixtures("brief")
def test_the_plan_as_json_has_shares_that_sum(record) -> None:
    made = json.loads(
        siseon("plan", "text", "--record", record, "--p95", "60s", "--rps", 0.01, "--json").stdout
    )
    assert sum(row["budget_s"] for row in made["stages"]) == pytest.approx(60)
    assert sum(row["expected_s"] for row in made["stages"]) == pytest.approx(made["p95_s"])


@pytest.mark.usefixtures("brief")
def test_a_target_that_can_not_be_met_ends_with_1_and_the_stage(record) -> None:
    done = siseon("plan", "text", "--record", record, "--p95", "1ms", "--rps", 1, "--cores", 1)
    assert done.exit_code == 1
    assert "Misses it" in done.stdout
    assert "service time" in done.stdout
    assert "for 1 requests/s, more cores do not help." in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["text", SIGN, "--p95", "200", "--rps", 1], "is not a duration"),
        (["text", SIGN, "--p95", "1s", "--rps", 0], "is not a rate"),
        (["text", SIGN, "--p95", "1s", "--rps", "nan"], "is not a rate"),
        (["text", "--p95", "1s", "--rps", 1], "--record FILE"),
        (["nothing", SIGN, "--p95", "1s", "--rps", 1], "pipeline_not_found"),
        (["text", "--record", SIGN, "--p95", "1s", "--rps", 1], "not a recording"),
        (["text", "no-such-*.png", "--p95", "1s", "--rps", 1], "file_unreadable"),
    ],
)
def test_mistakes_get_a_named_failure_with_a_hint(words, complaint) -> None:
    failure = siseon("plan", *words).exception
    assert isinstance(failure, InputError)
    assert complaint in f"{failure.code} {failure.message} {failure.hint}"


def test_a_mistake_is_told_without_a_traceback() -> None:
    command = [sys.executable, "-m", "siseon", "plan", "text", str(SIGN), "--p95", "200", "--rps", "1"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2
    assert b"is not a duration" in done.stderr
    assert b"200ms" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_recording_is_of_one_pipeline_with_its_parameters(record) -> None:
    target = ("--record", record, "--p95", "1s", "--rps", 1)
    assert "is a recording of 'text'" in str(siseon("plan", "inspection", *target).exception)
    assert "--set changes nothing" in str(siseon("plan", "text", *target, "--set", "max_side=640").exception)


def test_a_recording_is_made_with_one_in_flight(tmp_path) -> None:
    done = siseon("profile", "text", SIGN, "--in-flight", 2, "--record", tmp_path / "r.json")
    assert "one at a time" in str(done.exception)


@pytest.mark.parametrize(
    ("text", "seconds"), [("200ms", 0.2), ("0.2s", 0.2), ("1.5 s", 1.5), (".5s", 0.5), (" 40ms ", 0.04)]
)
def test_durations_are_numbers_with_a_unit(text: str, seconds: float) -> None:
    assert duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["200", "fast", "", "0ms", "-1s", "1m", "1e3ms", "nans", "infs"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="is not a duration") as caught:
        duration_s(text)
    assert "200ms" in (caught.value.hint or "")


def test_the_page_shows_three_runs() -> None:
    assert [command.split()[:2] for command, _ in shown_runs()] == [["plan", "inspection"]] * 3


def test_near_saturation_a_prediction_is_a_range_and_not_three_digits() -> None:
    recording = ROOT / "examples" / "inspection.recording.json"
    done = siseon("plan", "inspection", "--record", recording, "--p95", "900ms", "--rps", 45)
    total = next(line.split() for line in done.stdout.splitlines() if line.startswith("total"))
    assert int(total[-1].rstrip("%")) > 80
    assert float(total[3]) == float(f"{float(total[3]):.2g}")
    assert re.search(r"predicted p95 (\d+ to \d+ ms|\d+ ms or more)", " ".join(done.stdout.split()))


def shown_runs() -> list[tuple[str, str]]:
    """The commands of the planner's page and what it says they print."""
    page = (ROOT / "outputs" / "skill-pipeline-budget-planner.md").read_text(encoding="utf-8")
    return re.findall(r"```console\n\$ siseon ([^\n]*)\n(.*?)```", page, flags=re.DOTALL)


@pytest.mark.parametrize(("command", "printed"), shown_runs())
def test_the_page_shows_what_the_command_prints(command, printed, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lines(siseon(*command.split()).stdout) == lines(printed)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]
