"""Registered models are kept whole or not at all, a version beside the other."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.models.card import parse_card
from siseon.models.registered import Registered, unfinished, version_order

CARD = (
    'name = "{name}"\nversion = "{version}"\ntask = "tensors"\nlicence = "MIT"\n'
    '[[files]]\nname = "x.onnx"\n[output]\ndecoder = "none"\n'
)


def store(registered: Registered, *, name: str = "x", version: str = "1", data: bytes = b"network") -> None:
    text = CARD.format(name=name, version=version)
    registered.store(parse_card(text), text.encode(), {"x.onnx": data})


def test_versions_stand_side_by_side_and_one_is_never_replaced(tmp_path):
    registered = Registered(tmp_path)
    store(registered, version="1")
    store(registered, version="2")
    with pytest.raises(ModelError) as there:
        store(registered, version="1", data=b"other")
    assert there.value.code is FailureCode.model_exists
    assert (tmp_path / "x" / "1" / "x.onnx").read_bytes() == b"network"
    assert [card.version for card in registered.cards()] == ["1", "2"]


def test_of_many_who_register_a_version_at_once_one_wins(tmp_path):
    registered = Registered(tmp_path)

    def attempt(number: int) -> bool:
        try:
            store(registered, data=str(number).encode())
        except ModelError as error:
            return error.code is not FailureCode.model_exists
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(attempt, range(32)))
    assert won.count(True) == 1
    assert (tmp_path / "x" / "1" / "x.onnx").read_bytes() == str(won.index(True)).encode()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path, monkeypatch, call):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(ModelError, match="full") as raised:
        store(Registered(tmp_path))
    assert raised.value.code is FailureCode.storage_failed
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not list(Registered(tmp_path).cards())


def test_a_full_disk_keeps_nobody_from_deleting(tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    registered = Registered(tmp_path)
    store(registered)
    monkeypatch.setattr(os, "mkdir", full)
    registered.delete(parse_card(CARD.format(name="x", version="1")))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "version"), [("x", "../../y"), ("x", ".."), ("x" * 65, "1"), ("x", "1" * 65)]
)
def test_a_name_or_version_that_is_no_part_of_a_path_is_no_card(name, version):
    with pytest.raises(InputError):
        parse_card(CARD.format(name=name, version=version))


def test_a_card_in_another_ones_folder_is_left_out(tmp_path, caplog):
    registered = Registered(tmp_path)
    store(registered)
    (tmp_path / "x" / "1").rename(tmp_path / "x" / "2")
    assert not list(registered.cards())
    assert "left out" in caplog.text


def test_what_was_being_written_when_the_power_went_is_no_model(tmp_path):
    store(Registered(tmp_path))
    (tmp_path / "x").rename(tmp_path / ".unfinished-abc")
    assert not list(Registered(tmp_path).cards())


def test_versions_are_ordered_as_people_do():
    mixed = ["10", "1.10", "2.0", "1", "2-rc1", "1.9", "1.2"]
    assert sorted(mixed, key=version_order) == ["1", "1.2", "1.9", "1.10", "2-rc1", "2.0", "10"]


def test_versions_that_come_and_go_at_once_are_registered_and_deleted_all_the_same(tmp_path):
    registered = Registered(tmp_path)

    def come_and_go(version: int) -> None:
        card = parse_card(CARD.format(name="x", version=version))
        for _ in range(40):
            registered.store(card, b"", {"x.onnx": b"network"})
            registered.delete(card)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(come_and_go, range(4)))
    assert not list(tmp_path.iterdir())


KILLED = """
import os, signal, sys
from pathlib import Path
from siseon.models import registered

def killed(part, home):
    os.kill(os.getpid(), signal.SIGKILL)

registered._move = killed
sys.path[:0] = {path!r}
from models.test_registered import store
store(registered.Registered(Path({folder!r})))
"""


def test_what_a_killed_process_left_is_removed_and_what_another_one_writes_is_not(tmp_path, caplog):
    program = KILLED.format(path=sys.path, folder=str(tmp_path))
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert len(list(tmp_path.glob(".unfinished-*/x.onnx"))) == 1  # the second one swept after the first
    registered = Registered(tmp_path)
    with unfinished(registered.folder) as part:
        assert list(tmp_path.iterdir()) == [part]
        assert list(Registered(tmp_path).cards()) == []
        assert part.exists()
    assert "killed" in caplog.text
    store(registered)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_that_is_closed_to_us_is_a_warning(tmp_path, caplog):
    # Closed to root too: the system does not look at such a name.
    assert list(Registered(tmp_path / ("x" * 300)).cards()) == []
    assert "registered models are left out" in caplog.text
