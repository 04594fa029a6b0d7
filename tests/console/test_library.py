"""When a service has a console, and why not where it was asked for."""

from __future__ import annotations

import importlib.util

import pytest

from siseon.console import library
from siseon.contracts import DependencyMissing, InputError
from siseon.settings import Settings


@pytest.mark.parametrize(
    ("asked", "processes", "at_home", "has"),
    [
        (None, 1, True, True),
        (None, 1, False, False),
        (None, 2, True, False),
        (True, 1, False, True),
        (False, 1, True, False),
    ],
)
def test_it_is_there_by_itself_where_one_process_listens_at_home(
    asked: bool | None, processes: int, at_home: bool, has: bool
) -> None:
    assert library.is_wanted(Settings(console=asked), processes, at_home) is has


def test_several_processes_refuse_it_by_name() -> None:
    with pytest.raises(InputError, match="one process, this one has 4"):
        library.is_wanted(Settings(console=True), 4, True)


def test_without_its_library_it_is_silently_absent_or_refused_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "nicegui" else real(name))
    assert library.is_wanted(Settings(), 1, True) is False
    with pytest.raises(DependencyMissing) as refused:
        library.is_wanted(Settings(console=True), 1, True)
    assert refused.value.hint == "pip install 'siseon[console]'"
    assert library.is_missed(Settings(), 1, True)
    assert not library.is_missed(Settings(console=False), 1, True)
    assert not library.is_missed(Settings(), 2, True)
