"""An application that another package brings is known everywhere; one that is broken costs nobody else anything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from applications.packages import BRIGHTNESS, environment_of, installed
from films import greys, write_film
from siseon.applications.registry import OWN, names, usable
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.media.encode import encode

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
MOODY = (Path(__file__).parent / "foreign" / "moody.py").read_text(encoding="utf-8")


@pytest.fixture
def siseon(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line with the packages of ``tmp_path`` installed."""

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "siseon", *map(str, words)],
            env=environment_of(tmp_path) | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def brightness(tmp_path: Path) -> None:
    installed(tmp_path, "brightness", BRIGHTNESS, {"brightness": "brightness:APPLICATION"})


def test_every_application_of_siseon_is_one_and_can_be_measured() -> None:
    known = usable()
    assert {entry.name for entry in OWN} <= set(known) == set(names())
    assert all(application.evaluate is not None for application in known.values())


@pytest.mark.usefixtures("brightness")
def test_the_command_line_runs_it_with_options_from_words_and_from_the_file(siseon, tmp_path) -> None:
    done = siseon("run", "brightness", SIGN)
    assert re.fullmatch(rf"{re.escape(str(SIGN))} has a brightness of 0\.\d\d\n", done.stdout), done.stderr
    config = tmp_path / "siseon.toml"
    config.write_text("[pipelines.brightness]\ngain = 0.0\n", encoding="utf-8")
    out = tmp_path / "out"
    siseon("run", "brightness", SIGN, "--out", out, "--set", "bright=0.9", SISEON_CONFIG=str(config))
    result = json.loads((out / "results.jsonl").read_text())["result"]
    assert result["data"] == {"brightness": 0.0, "bright": False}
    drawn, before = decode((out / "sign.jpg").read_bytes()), decode(SIGN.read_bytes())
    assert drawn.pixels.mean() == pytest.approx(255 - before.pixels.mean(), abs=2)


@pytest.mark.usefixtures("brightness")
def test_what_it_makes_of_all_pictures_together_is_kept_beside_them(siseon, tmp_path) -> None:
    black = tmp_path / "black.png"
    black.write_bytes(encode(Image.from_array(np.zeros((8, 8, 3), np.uint8)), "png"))
    broken = tmp_path / "broken.png"
    broken.write_bytes(black.read_bytes()[:40])
    out = tmp_path / "out"
    done = siseon("run", "brightness", black, broken, SIGN, "--out", out, "--set", "gain=0.5")
    assert done.returncode == 1, done.stderr
    names = {path.name for path in out.iterdir()}
    assert names == {"results.jsonl", "black.jpg", "black.txt", "sign.jpg", "sign.txt", "conclusion"}
    together = out / "conclusion"
    assert (together / "brightest.txt").read_text() == f"{SIGN} at a gain of 0.5"
    assert (together / "brightest.png").read_bytes() == SIGN.read_bytes()
    assert (together / "failed.txt").read_text() == f"{broken}: corrupt_image\n"
    assert (out / "black.txt").read_text() == "0.00"

    white = tmp_path / "white.png"
    white.write_bytes(encode(Image.from_array(np.full((8, 8, 3), 255, np.uint8)), "png"))
    words = (black, broken, SIGN, white, "--out", out, "--set", "gain=0.5", "--resume")
    done = siseon("run", "brightness", *words)
    assert (done.returncode, {path.name for path in out.iterdir()}) == (1, names | {"white.jpg", "white.txt"})
    assert (together / "brightest.txt").read_text() == f"{white} at a gain of 0.5"
    assert (together / "failed.txt").read_text() == f"{broken}: corrupt_image\n"
    (together / "brightest.txt").write_text("what an observer has added")
    done = siseon("run", "brightness", *words)
    assert "was changed: all pictures together are in" in done.stderr
    assert (together / "brightest.txt").read_text() == "what an observer has added"
    assert (out / "conclusion-2" / "brightest.txt").read_text() == f"{white} at a gain of 0.5"

    done = siseon("run", "brightness", tmp_path / "none.png", "--out", tmp_path / "other")
    assert not (tmp_path / "other" / "conclusion").exists()


@pytest.mark.usefixtures("brightness")
def test_a_video_is_a_picture_at_each_interval_and_goes_on_where_it_was(siseon, tmp_path) -> None:
    film, out = write_film(tmp_path / "flight.ts", greys(20)), tmp_path / "out"
    words = ("run", "brightness", film, "--every", "1.5", "--out", out)
    assert siseon(*words).returncode == 0
    whole = (out / "results.jsonl").read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["input"] for line in whole] == [f"{film}#t={at}" for at in ("0.0", "1.5", "3.0")]
    assert (out / "conclusion" / "brightest.txt").read_text() == f"{film}#t=3.0 at a gain of 1"
    assert decode((out / "conclusion" / "brightest.png").read_bytes()).pixels.mean() == pytest.approx(
        80, abs=4
    )
    assert {path.name for path in out.iterdir()} == {"results.jsonl", "conclusion"} | {
        f"flight-{second}.{suffix}" for second in ("00000.0s", "00001.5s", "00003.0s") for suffix in ("jpg", "txt")
    }  # fmt: skip
    (out / "results.jsonl").write_bytes(whole[0])
    assert siseon(*words, "--resume").returncode == 0
    told = [json.loads(line)["result"]["data"] for line in (out / "results.jsonl").read_text().splitlines()]
    assert told == [json.loads(line)["result"]["data"] for line in whole]
    other = siseon("run", "brightness", film, "--every", "2", "--out", out, "--resume")
    assert "of other options" in other.stderr


@pytest.mark.usefixtures("brightness")
def test_a_job_ends_with_what_it_makes_of_all_pictures_together(siseon, tmp_path) -> None:
    places = {
        "SISEON_JOBS_DATABASE": f"sqlite:///{tmp_path}/jobs.db",
        "SISEON_JOBS_ARTIFACTS": str(tmp_path / "kept"),
    }
    film = write_film(tmp_path / "flight.ts", [shade // 4 for shade in greys(20)])
    words = (SIGN, film, "--every", "2", "--pictures")
    job = siseon("jobs", "submit", "brightness", *words, **places).stdout.strip()
    early, out = tmp_path / "early", tmp_path / "out"
    none = siseon("jobs", "results", job, "--out", early, **places)
    assert ("0 of 3 pictures" in none.stderr, list(early.iterdir())) == (True, [])

    with subprocess.Popen(
        [sys.executable, "-m", "siseon", "worker", "brightness"], env=environment_of(tmp_path) | places
    ) as worker:
        watched = siseon("jobs", "watch", job, **places)
        worker.terminate()
    assert watched.returncode == 0, watched.stderr
    done = siseon("jobs", "results", job, "--out", out, **places)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    moments = {
        f"flight-{second}.{suffix}" for second in ("00000.0s", "00002.0s") for suffix in ("jpg", "txt")
    }
    assert names == {"results.jsonl", "sign.jpg", "sign.txt", "conclusion"} | moments
    inputs = [json.loads(line)["input"] for line in (out / "results.jsonl").read_text().splitlines()]
    assert inputs == [str(SIGN), f"{film}#t=0.0", f"{film}#t=2.0"]
    assert (out / "conclusion" / "brightest.png").read_bytes() == SIGN.read_bytes()


@pytest.mark.usefixtures("brightness")
def test_help_and_completion_know_it(siseon, tmp_path) -> None:
    assert "brightness, gauges, inspection, oilspill, people, text" in siseon("run", "--help").stdout
    shown = siseon("run", "brightness", "--help").stdout
    assert "Tell how bright pictures are." in shown
    assert re.search(r"gain +1\.0 +By what the mean is multiplied before\.", shown)
    assert "Share of bright pictures." in siseon("evaluate", "--help").stdout
    assert "Folder of pictures that are all bright." in siseon("evaluate", "brightness", "--help").stdout
    words = {"_SISEON_COMPLETE": "complete_bash", "COMP_WORDS": "siseon profile br", "COMP_CWORD": "2"}
    command = [Path(sys.executable).with_name("siseon")]
    done = subprocess.run(
        command, env=environment_of(tmp_path) | words, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["brightness"]


@pytest.mark.usefixtures("brightness")
def test_it_is_profiled_and_evaluated(siseon) -> None:
    done = siseon("profile", "brightness", SIGN, "--runs", 2, "--json")
    figures = json.loads(done.stdout)
    assert [row["stage"] for row in figures["stages"]] == ["decode", "mean"]
    assert figures["objects"] == [1, 1]
    done = siseon("evaluate", "brightness", SIGN.parent, "--json", "--set", "bright=1.0")
    assert json.loads(done.stdout) == {"right": 0.0}


@pytest.mark.usefixtures("brightness")
def test_the_service_serves_and_documents_it(tmp_path: Path) -> None:
    with served(tmp_path, "brightness") as client:
        _check_service(client)


@contextmanager
def served(packages: Path, name: str) -> Iterator[httpx.Client]:
    with subprocess.Popen(
        [sys.executable, "-m", "siseon", "serve", name, "--port", "0"],
        env=environment_of(packages),
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            assert child.stderr is not None
            base = next(found[0] for line in child.stderr if (found := re.search(r"http://[\d.:]+\d", line)))
            with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
                yield client
        finally:
            child.kill()


def _check_service(client: httpx.Client) -> None:
    run, picture = "/v1/pipelines/brightness", SIGN.read_bytes()
    assert client.post(run, content=picture).json()["data"]["bright"] is True
    assert client.post(run, content=picture, params={"bright": 1}).json()["data"]["bright"] is False
    refused = client.post(run, content=picture, params={"bright": 2})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
    assert client.patch(run, json={"bright": 1.0}).json()["parameters"] == {"bright": 1.0}
    assert client.post(run, content=picture).json()["data"]["bright"] is False
    drawn = client.post(run, content=picture, headers={"accept": "image/png"}).content
    assert (decode(drawn).pixels == 255 - decode(picture).pixels).all()
    document = client.get("/openapi.json").json()
    (choice,) = document["paths"][run]["post"]["parameters"]
    assert choice["description"] == "From which mean of the pixels on a picture is called bright."
    assert set(document["components"]["schemas"]["BrightnessOptions"]["properties"]) == {"bright", "gain"}
    assert "BrightnessResult" in json.dumps(document["paths"][run]["post"]["responses"]["200"])


@pytest.fixture
def moody(tmp_path: Path, brightness: None) -> dict[str, Path]:
    """An application whose functions fail, and pictures on which they do and do not."""
    installed(tmp_path, "moody", MOODY, {"moody": "moody:APPLICATION"})
    pictures = {"dark": tmp_path / "dark.png", "white": tmp_path / "white.png", "sign": SIGN}
    for name, value in (("dark", 0), ("white", 255)):
        pictures[name].write_bytes(encode(Image.from_array(np.full((8, 8, 3), value, np.uint8)), "png"))
    return pictures


def test_functions_that_fail_on_a_picture_are_its_named_failure_and_the_rest_goes_on(
    siseon, moody, tmp_path
) -> None:
    done = siseon("run", "moody", moody["dark"], SIGN)
    assert done.returncode == 1
    assert f"{SIGN} has a brightness of 0." in done.stdout
    assert "stage_failed" in done.stderr
    assert "text of 'moody' raised SystemExit: text likes no dark pictures" in done.stderr
    out = tmp_path / "out"
    done = siseon("run", "moody", *moody.values(), "--out", out)
    assert done.returncode == 1
    dark, white, sign = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    assert dark["failure"]["message"] == "draw of 'moody' raised ValueError: draw likes no dark pictures"
    assert white["failure"]["code"] == "contract_violation"
    assert "the result is not JSON" in white["failure"]["message"]
    assert "result" in sign
    assert done.stderr.splitlines()[-1].startswith("3 pictures, 2 failed")


def test_counts_and_evaluations_that_fail_are_named(siseon, moody) -> None:
    done = siseon("profile", "moody", moody["dark"], SIGN, "--runs", 2, "--json")
    assert json.loads(done.stdout)["objects"] == [3]
    assert "count of 'moody' returned str, not int" in done.stderr
    done = siseon("evaluate", "moody", SIGN.parent)
    assert done.returncode == 1
    assert "stage_failed  the evaluation of 'moody' raised KeyError: 'no measure'" in done.stderr


def test_the_service_names_such_failures_too_and_answers_the_rest_of_a_batch(moody, tmp_path) -> None:
    with served(tmp_path, "moody") as client:
        run = "/v1/pipelines/moody"
        drawn = {
            name: client.post(run, content=path.read_bytes(), headers={"accept": "image/png"})
            for name, path in moody.items()
        }
        assert (drawn["sign"].status_code, drawn["dark"].status_code) == (200, 500)
        assert drawn["dark"].json()["code"] == "stage_failed"
        assert "draw of 'moody' raised ValueError" in drawn["dark"].json()["detail"]
        assert client.post(run, content=moody["white"].read_bytes()).json()["code"] == "contract_violation"
        files = [("files", (name, path.read_bytes())) for name, path in moody.items()]
        lines = map(json.loads, client.post(f"{run}/batch", files=files).content.splitlines())
        answers = {line["name"]: line for line in lines}
        assert answers["white"]["failure"]["code"] == "contract_violation"
        assert "result" in answers["dark"]
        assert "result" in answers["sign"]


BROKEN = {"broken": "missing_library:APPLICATION", "odd": "odd:NOTHING", "text": "odd:NOTHING"}


def test_broken_ones_are_named_in_warnings_and_the_others_go_on(siseon, tmp_path) -> None:
    installed(tmp_path, "odd", "NOTHING = 'no application'\n", BROKEN)
    done = siseon("evaluate", "--help")
    assert done.returncode == 0
    assert "Character error rate" in done.stdout
    for words in ("'broken'", "missing_library:APPLICATION of odd", "ModuleNotFoundError", "is a str"):
        assert words in done.stderr
    assert "'text' (odd:NOTHING of odd) is left out: the name belongs to" in done.stderr
    assert "SEOUL LINE OF SIGHT" in siseon("run", "text", SIGN).stdout


@pytest.mark.parametrize(("name", "fault"), [("broken", "No module named"), ("odd", "not an Application")])
def test_who_asks_for_a_broken_one_is_told_what_is_wrong_with_it(siseon, tmp_path, name, fault) -> None:
    installed(tmp_path, "odd", "NOTHING = 'no application'\n", BROKEN)
    done = siseon("run", name, SIGN)
    assert done.returncode == 2
    assert "pipeline_not_found" in done.stderr
    assert fault in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("brightness")
@pytest.mark.parametrize("words", [["--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(tmp_path, words) -> None:
    code = f"""
import sys
from siseon.cli.app import app
try:
    app({words!r})
except SystemExit:
    pass
print("LOADED", sorted({{"numpy", "cv2", "onnxruntime", "fastapi", "brightness"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment_of(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"
