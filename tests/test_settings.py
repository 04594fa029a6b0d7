"""Settings come from the environment, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from siseon.settings import Settings


def test_the_model_path_is_split_like_a_path(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_MODEL_PATH", os.pathsep.join(["/a", "/b"]))
    assert Settings().model_path == (Path("/a"), Path("/b"))


def test_an_empty_model_path_is_no_folder(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_MODEL_PATH", "")
    assert Settings().model_path == ()


def test_threads_must_be_a_positive_number(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_THREADS", "0")
    with pytest.raises(ValidationError):
        Settings()
