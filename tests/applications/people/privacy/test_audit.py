"""A log to which is only ever added: what was changed in it is seen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from siseon.applications.people.privacy.audit import LOG, append, read_log
from siseon.contracts import InputError


def written(folder, count: int = 4) -> list[bytes]:
    for number in range(count):
        append(folder, "made", "ana@desk", {"number": number})
    return (folder / LOG).read_bytes().splitlines(keepends=True)


def test_what_was_written_is_whole_and_its_end_has_a_digest(tmp_path) -> None:
    last = [append(tmp_path, "begun", "ana@desk", {"a": 1}), append(tmp_path, "made", "ana@desk", {})][-1]
    log = read_log(tmp_path)
    assert not log.faults
    assert [(one.number, one.what, one.by) for one in log.entries] == [
        (1, "begun", "ana@desk"),
        (2, "made", "ana@desk"),
    ]
    assert log.digests[-1] == last
    assert (tmp_path / LOG).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0], lines[1].replace(b'"number":1}', b'"number":7}'), *lines[2:]], 3),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [*lines, lines[3]], 5),
        (lambda lines: [*lines, b"words\n"], 5),
    ],
)
def test_a_line_that_was_changed_removed_or_added_is_seen(tmp_path, change, line) -> None:
    lines = change(written(tmp_path))
    (tmp_path / LOG).write_bytes(b"".join(lines))
    assert line in [one.line for one in read_log(tmp_path).faults]


def test_an_end_that_was_cut_off_is_seen_by_who_has_its_digest(tmp_path) -> None:
    lines = written(tmp_path)
    last = read_log(tmp_path).digests[-1]
    (tmp_path / LOG).write_bytes(b"".join(lines[:2]))
    log = read_log(tmp_path)
    assert not log.faults
    assert last not in log.digests


def test_half_a_line_of_a_power_cut_stays_and_is_told_and_the_next_one_is_whole(tmp_path) -> None:
    lines = written(tmp_path)
    (tmp_path / LOG).write_bytes(b"".join(lines[:3]) + lines[3][:40])
    append(tmp_path, "purged", "ana@desk", {})
    log = read_log(tmp_path)
    assert [one.line for one in log.faults] == [4]
    assert log.entries[-1].what == "purged"


ADD = """
import sys
from pathlib import Path
from siseon.applications.people.privacy.audit import append
for _ in range(10):
    append(Path(sys.argv[1]), "made", "ana@desk", {})
"""


def test_several_processes_add_one_after_the_other(tmp_path) -> None:
    adders = [subprocess.Popen([sys.executable, "-c", ADD, str(tmp_path)]) for _ in range(3)]
    assert [one.wait(60) for one in adders] == [0, 0, 0]
    log = read_log(tmp_path)
    assert (len(log.entries), log.faults) == (30, ())


def test_a_link_is_no_log_and_is_not_written_through(tmp_path) -> None:
    (tmp_path / "mine").write_bytes(b"")
    os.symlink("mine", tmp_path / LOG)
    with pytest.raises(InputError, match="cannot be written"):
        append(tmp_path, "made", "ana@desk", {})
    with pytest.raises(InputError, match="no log of siseon"):
        read_log(tmp_path)
    assert (tmp_path / "mine").read_bytes() == b""


def test_a_pipe_is_no_log_and_nobody_waits_for_it(tmp_path) -> None:
    os.mkfifo(tmp_path / LOG)
    with pytest.raises(InputError):
        read_log(tmp_path)
    with pytest.raises(InputError):
        append(tmp_path, "made", "ana@desk", {})
