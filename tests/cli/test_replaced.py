"""What is made as a whole is there as a whole, whenever the run is killed; what is not the run's own stays."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from siseon.cli.replaced import MANIFEST, make_whole
from siseon.cli.written import identity
from siseon.contracts import Encoded, FailureCode, InputError, MadeFile

NAMES = [f"flight.{suffix}" for suffix in ("gpkg", "geojson", "kml", "csv", "html", "pdf")]
AGAIN_AND_AGAIN = f"""
import itertools, sys
from pathlib import Path
from siseon.cli.replaced import make_whole
from siseon.contracts import Encoded
print("ready", flush=True)
for turn in itertools.count():
    files = (Encoded(b"%d" % turn * 2000, name) for name in {NAMES})
    make_whole(Path(sys.argv[1]), "conclusion", files, replace=True)
"""


def made(folder: Path, text: str, *, replace: bool = True) -> Path:
    place = make_whole(
        folder, "conclusion", (Encoded(text.encode(), name) for name in NAMES), replace=replace
    )
    assert place is not None
    return place


def texts(place: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in place.iterdir() if path.name != MANIFEST}


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_file_on_the_disk_is_moved_there_from_another_disk_too(tmp_path: Path, elsewhere: bool) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if elsewhere else tmp_path) as there:
        film = Path(there) / "made.mp4"
        film.write_bytes(b"film")
        place = make_whole(tmp_path, "conclusion", [MadeFile(film, "annotated.mp4")], replace=True)

    assert place is not None
    assert texts(place) == {"annotated.mp4": "film"}
    assert made(tmp_path, "new") == place  # nobody has touched it: it may be replaced


def test_a_kill_at_any_moment_leaves_one_whole_set(tmp_path: Path) -> None:
    rng, seen = random.Random(12), set()
    for turn in range(4):
        command = [sys.executable, "-c", AGAIN_AND_AGAIN, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            while turn and not (tmp_path / "conclusion").exists():  # some set is there
                assert process.poll() is None
                time.sleep(0.001)
            time.sleep(rng.uniform(0.05, 0.15))  # where it is then is chance, and must not matter
            process.kill()
        if (tmp_path / "conclusion").exists():
            assert sorted(texts(tmp_path / "conclusion")) == sorted(NAMES)
            (text,) = set(texts(tmp_path / "conclusion").values())
            seen.add(text)
        # Whatever else a kill leaves is hidden.
        assert [name for name in os.listdir(tmp_path) if not name.startswith(".")] in ([], ["conclusion"])
    assert seen
    assert made(tmp_path, "after all").name == "conclusion"
    assert os.listdir(tmp_path) == ["conclusion"]


@pytest.mark.parametrize("exchanged", [True, False])
def test_its_own_set_is_replaced_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exchanged: bool
) -> None:
    if not exchanged:  # as on file systems that cannot
        monkeypatch.setattr("siseon.cli.replaced.exchange", lambda one, other: False)
    assert made(tmp_path, "old").name == "conclusion"
    (tmp_path / "conclusion" / NAMES[0]).unlink()  # somebody has moved it away
    assert made(tmp_path, "new").name == "conclusion"
    assert texts(tmp_path / "conclusion") == dict.fromkeys(NAMES, "new")
    assert os.listdir(tmp_path) == ["conclusion"]
    assert made(tmp_path, "of another run", replace=False).name == "conclusion-2"
    assert texts(tmp_path / "conclusion") == dict.fromkeys(NAMES, "new")


def test_what_a_stranger_has_made_or_changed_stays(tmp_path: Path) -> None:
    (tmp_path / "conclusion").mkdir()
    (tmp_path / "conclusion" / NAMES[0]).write_text("mine")
    assert made(tmp_path, "first").name == "conclusion-2"
    assert made(tmp_path, "second").name == "conclusion-2"
    (tmp_path / "conclusion-2" / NAMES[1]).write_text("completed by hand")
    assert made(tmp_path, "third").name == "conclusion-3"
    (tmp_path / "conclusion-3" / "notes.txt").write_text("mine too")
    (tmp_path / "conclusion-4").symlink_to("conclusion-3")
    assert made(tmp_path, "fourth").name == "conclusion-5"
    assert texts(tmp_path / "conclusion") == {NAMES[0]: "mine"}
    assert texts(tmp_path / "conclusion-2")[NAMES[1]] == "completed by hand"
    assert (tmp_path / "conclusion-3" / "notes.txt").exists()


def test_an_input_is_no_part_of_what_is_replaced(tmp_path: Path) -> None:
    used = identity(made(tmp_path, "old") / NAMES[0])
    assert used is not None
    files = [Encoded(b"new", NAMES[0])]
    place = make_whole(tmp_path, "conclusion", files, replace=True, inputs={used})
    assert place == tmp_path / "conclusion-2"


def test_what_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path, "old")

    def files():
        yield Encoded(b"new", NAMES[0])
        raise InputError("no report")

    with pytest.raises(InputError, match="no report"):
        make_whole(tmp_path, "conclusion", files(), replace=True)
    assert make_whole(tmp_path, "conclusion", (), replace=True) is None
    (tmp_path / ".conclusion.unfinished").write_text("no folder")
    with pytest.raises(InputError) as caught:
        made(tmp_path, "new")
    assert caught.value.code is FailureCode.storage_failed
    assert texts(tmp_path / "conclusion") == dict.fromkeys(NAMES, "old")


def test_names_that_are_the_same_are_numbered(tmp_path: Path) -> None:
    make_whole(tmp_path, "conclusion", [Encoded(str(n).encode(), "a.txt") for n in range(3)], replace=True)
    assert texts(tmp_path / "conclusion") == {"a.txt": "0", "a-2.txt": "1", "a-3.txt": "2"}
