"""The command line within this process, where a process of its own would tell nothing more: a second or two each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from siseon import cli

Here = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs a command, in a wide terminal; what no failure of siseon is, comes out of it as it is."""

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
        with monkeypatch.context() as patched:
            for name, value in {"COLUMNS": "200", **environment}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["siseon", *map(str, words)])
            with pytest.raises(SystemExit) as ended:
                cli._run()
        said = capsys.readouterr()
        code = int(ended.value.code or 0)
        return subprocess.CompletedProcess(words, code, said.out.encode(), said.err.encode())

    return run
