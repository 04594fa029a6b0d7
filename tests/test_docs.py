"""The documents say what is: every code is in the table of failures, every proof they name exists."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from typer import Context
from typer.main import get_command
from typer.testing import CliRunner

from siseon.cli.app import app
from siseon.contracts import FailureCode
from siseon.jobs.webhooks import signature
from siseon.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ROWS = [
    ("acceptance/inspection.md", "A", 43),
    ("rows-oilspill.md", "B", 30),
    ("rows-people.md", "C", 30),
    ("rows-translation.md", "D", 30),
    ("rows-gauges.md", "E", 31),
]
ROOT_COMMAND: Any = get_command(app)
TERMS = (
    "pipeline", "contract", "preprocessing", "postprocessing", "microbatcher", "trace ID", "failure code",
    "health check",
)  # fmt: skip


def table(name: str) -> list[list[str]]:
    """The cells of the first table of a document, without its head."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[first + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def code_spans(name: str) -> list[str]:
    return re.findall(r"`([^`]+)`", (DOCS / name).read_text(encoding="utf-8"))


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_the_table_of_failures_is_the_enum() -> None:
    documented = [(code, status, retry) for code, status, retry, *_ in table("failures.md")]
    assert documented == [
        (f"`{code}`", str(code.http_status), "yes" if code.retryable else "no") for code in FailureCode
    ]


@pytest.mark.parametrize("row", table("failures.md"), ids=lambda row: row[0])
def test_every_failure_says_what_it_means_and_what_to_do(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)


def test_every_word_of_the_glossary_points_at_a_file() -> None:
    rows = table("glossary.md")
    assert set(TERMS) <= {word for word, *_ in rows}
    for word, meaning, where in rows:
        assert meaning, word
        assert (ROOT / where.strip("`")).is_file(), word


@pytest.mark.parametrize(("name", "letter", "last"), ROWS)
def test_rows_are_in_order_and_none_stands_twice(name: str, letter: str, last: int) -> None:
    numbers = [number for number, *_ in table(name)]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= {f"{letter}{number:02}" for number in range(1, last + 1)}


@pytest.mark.parametrize("name", [name for name, *_ in ROWS])
def test_every_row_is_shown_by_a_test_or_a_command(name: str) -> None:
    for number, _, shown in table(name):
        assert re.search(r"`(tests/|python |siseon )", shown), number


@pytest.mark.parametrize("name", [name for name, *_ in ROWS] + ["glossary.md", "plant.md"])
def test_what_a_document_names_as_its_proof_exists(name: str) -> None:
    for span in code_spans(name):
        if span.startswith("tests/") and "::" in span:
            path, _, test = span.partition("::")
            assert test in names_of_tests(ROOT / path), span
        elif span.startswith(("python ", "tests/", "src/", "outputs/")):
            path = span.removeprefix("python ").split()[0]
            assert (ROOT / path).is_file(), span
        elif span.startswith("siseon "):
            first, *rest = span.split()[1:]
            command = ROOT_COMMAND.get_command(Context(ROOT_COMMAND), first)
            assert command is not None, span
            inner = [word for word in rest[:1] if hasattr(command, "commands") and not word.startswith("-")]
            words = [first, *inner]
            for option in re.findall(r"--[\w-]+", span):
                shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
                assert option in shown.stdout, span


def test_what_is_said_when_it_does_not_work_is_really_said() -> None:
    text = (DOCS / "failures.md").read_text(encoding="utf-8")
    section = text.partition("## When it does not work\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert len(rows) > 5
    for said, _, step in rows:
        assert step
        for message in re.findall("`([^`]+)`", said):
            assert message in source, message
    for variable in set(re.findall(r"SISEON_[A-Z_]+", section)):
        assert variable.removeprefix("SISEON_").lower() in Settings.model_fields, variable


def test_what_gauges_mapping_shows_in_python_works(networks, monkeypatch, tmp_path: Path) -> None:
    code = re.findall(
        r"```python\n(.*?)```", (DOCS / "gauges-mapping.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )[0]
    monkeypatch.chdir(tmp_path)
    networks.detector([(0, 0, 1, 1)], name="gauge")
    (networks.folder / "gauge.onnx").rename("gauge.onnx")
    Picture.new("RGB", (60, 40)).save("boiler.jpg")
    known: dict[str, Any] = {}
    exec(code.replace('like="yolox-nano"', 'like="dfine-n"'), known)  # the tiny network is of that family
    assert known["seconds"] > 0


@pytest.mark.timeout(300)
def test_the_commands_of_the_page_about_jobs_work(tmp_path: Path) -> None:
    terminal, http = re.findall(
        r"```sh\n(.*?)```", (DOCS / "jobs.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    environment = {**os.environ, "SISEON_CACHE_DIR": str(tmp_path / "cache")}
    with service("--jobs-only", environment=environment) as address:
        over_http = http.replace("localhost:8000", address).replace(
            "results.zip -o results.zip", "results.zip -o $Z"
        )
        script = f"""
            set -e
            trap 'kill $(jobs -p)' EXIT
            {terminal.replace("results/", str(tmp_path / "results"))}
            curl() {{ command curl --fail -sS "$@"; }}
            Z={tmp_path / "results.zip"}
            {over_http}
        """
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert done.returncode == 0, done.stderr
    assert "event: result" in done.stdout
    assert "SEOUL" in done.stdout
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == [
        "results.jsonl",
        "sign-2.jpg",
        "sign.jpg",
    ]
    assert zipfile.is_zipfile(tmp_path / "results.zip")


@pytest.mark.timeout(240)
def test_the_commands_of_people_over_http_work(tmp_path: Path, hug: Path, model_path: Path) -> None:
    pytest.importorskip("trackers")
    if shutil.which("jq") is None:
        pytest.skip("there is no jq: apt install jq")
    text = (ROOT / "src/siseon/applications/people/README.md").read_text(encoding="utf-8")
    commands = re.search(r"## Over HTTP.*?```sh\n(.*?)```", text, flags=re.DOTALL)[1]
    (tmp_path / "clip.mp4").write_bytes(hug.read_bytes())
    (tmp_path / "who.toml").write_text('[[rename]]\nperson = { sub_id = 1 }\nname = "Mina"\n')
    environment = {**os.environ, "SISEON_CACHE_DIR": str(tmp_path / "cache")}
    with service("--jobs-only", environment=environment) as address:
        script = f"""
            set -e
            trap 'kill $(jobs -p)' EXIT
            siseon worker --applications people --set people.pose=none &
            curl() {{ command curl --fail "$@"; }}
            {commands.replace("localhost:8000", address)}
        """
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    # With the correction it ended once more. On a slow machine there are more events, and 12 is before the first end.
    assert len(set(re.findall(r"id: (\d+)\nevent: result", done.stdout))) == 2
    assert json.loads((tmp_path / "timeline.json").read_bytes())["merged"] == {"1": [1], "2": [2]}
    assert (tmp_path / "begins.mp4").read_bytes()[4:8] == b"ftyp"
    with zipfile.ZipFile(tmp_path / "results.zip") as archive:
        assert b"Mina" in archive.read("conclusion/timeline.json")


def test_a_receiver_as_the_page_about_jobs_has_it_knows_our_webhooks() -> None:
    code = re.search(r"```python\n(.*?)```", (DOCS / "jobs.md").read_text(encoding="utf-8"), flags=re.DOTALL)[
        1
    ]
    known: dict[str, Any] = {}
    exec(code, known)
    signed = {
        "webhook-id": "job-7",
        "webhook-timestamp": "1",
        "webhook-signature": signature(b"key", "job-7", 1, b"{}"),
    }
    assert known["is_ours"](signed, b"{}", "key")
    assert not known["is_ours"](signed, b"{ }", "key")
    assert not known["is_ours"](signed, b"{}", "another")


def test_the_commands_of_the_services_page_work(tmp_path: Path) -> None:
    text = (DOCS / "service.md").read_text(encoding="utf-8")
    start, *curls = re.search(r"```sh\n(.*?)```", text, flags=re.DOTALL)[1].strip().splitlines()
    assert start.split("#")[0].split() == ["siseon", "serve", "text"]
    client = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)[1]
    with service("text") as address:
        place = address.removeprefix("http://")
        for line in curls:
            command = shlex.split(
                line.replace("localhost:8000", place).replace("annotated.png", str(tmp_path / "a.png"))
            )
            done = subprocess.run([*command, "--fail", "-sS"], cwd=ROOT, capture_output=True, check=False)
            assert done.returncode == 0, (line, done.stderr)
            assert (
                "siseon_request" in done.stdout.decode() or "SEOUL" in done.stdout.decode() or "-o" in command
            )
        code = client.replace("localhost:8000", place)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert '"image_id"' in done.stdout, done.stderr
    with Picture.open(tmp_path / "a.png") as picture:
        assert picture.size == (982, 634)


def test_the_curl_of_the_readme_finds_the_objects_of_a_photo(model_path: Path, test_data: Path) -> None:
    (line,) = re.findall(r"`(curl [^`]*/detect)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    photo = test_data / "coco-dev" / "images" / "000000000802.jpg"
    with service("inspection") as address:
        command = line.replace("PHOTO", str(photo)).replace("localhost:8000", address.removeprefix("http://"))
        done = subprocess.run(
            [*shlex.split(command), "--fail", "-sS"], capture_output=True, text=True, check=True
        )
    answer = json.loads(done.stdout)
    assert answer["image_id"] == photo.name
    assert "refrigerator" in {found["class_name"] for found in answer["detections"]}


@contextmanager
def service(pipeline: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    """``siseon serve PIPELINE`` at a free port."""
    command = [sys.executable, "-m", "siseon", "serve", pipeline, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stderr is not None
        try:
            ready = next(line for line in child.stderr if line.startswith("ready"))
            yield re.search(r"http://\S+\d", ready)[0]
        finally:
            child.terminate()
            child.communicate()


def test_the_map_of_the_house_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", text)) - {
        "src/siseon/a/b.py",
        "tests/a/test_b.py",
    }
    assert len(named) > 30
    missing = {
        path
        for path in named
        if not (ROOT / "src" / "siseon" / path).is_file() and not (ROOT / path).is_file()
    }
    assert missing == set()


def test_every_file_that_a_page_names_is_there() -> None:
    folders = [
        ROOT / folder for folder in ("src", "tests", "benchmarks", "training", "tools", "docs", "examples")
    ]
    there = {path.name for folder in folders for path in folder.rglob("*.py")}
    pages = [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    named = {
        (page.name, file)
        for page in pages
        for file in re.findall(r"`([\w/.-]+\.py)`", page.read_text(encoding="utf-8"))
        if "NAME" not in file
    }
    pattern = {("CONTRIBUTING.md", "src/siseon/a/b.py"), ("CONTRIBUTING.md", "tests/a/test_b.py")}
    assert {(page, file) for page, file in named if Path(file).name not in there} == pattern
