"""Words on the command line become parameters of the types that the pipeline states."""

from __future__ import annotations

from typing import Any

import pytest

from siseon.applications.decode import Decode
from siseon.applications.inspection import Inspection
from siseon.applications.text import Text, TextOptions
from siseon.cli.chosen import chosen
from siseon.contracts import InputError


def made(name: str, *settings: str) -> Any:
    return chosen(name, settings).pipeline


@pytest.mark.parametrize("action", ["flag", "blur", "block"])
def test_a_word_of_a_choice_is_taken(action: str) -> None:
    pipeline = made("inspection", f"pii_text={action}")
    assert isinstance(pipeline, Inspection)
    assert pipeline.safety is not None
    assert pipeline.safety.actions["pii_text"] == action


def test_none_is_a_word_where_the_choice_has_it_and_nothing_where_a_parameter_may_be_absent() -> None:
    assert made("inspection", "faces=none").safety is None
    reader = made("text", "orientation=none")
    assert isinstance(reader, Text)
    assert reader.orient_lines is None


def test_another_word_is_refused_with_the_choice() -> None:
    with pytest.raises(InputError, match="'none', 'flag', 'blur' or 'block'"):
        made("inspection", "faces=maybe")


def test_the_bounds_and_limits_of_the_settings_reach_every_part(monkeypatch) -> None:
    monkeypatch.setenv("SISEON_MAX_PIXELS", "4321")
    monkeypatch.setenv("SISEON_MAX_UPLOAD_BYTES", "5000")
    monkeypatch.setenv("SISEON_MAX_IN_FLIGHT", "7")
    monkeypatch.setenv("SISEON_MAX_AT_WORK", "3")
    pipeline = made("inspection", "pii_text=flag")
    found = [part for part in pipeline.stages().values() if isinstance(part, Decode)]
    assert len(found) == 2  # its own, and that of the text of its safety checks
    assert {(part.bounds.max_pixels, part.bounds.max_bytes) for part in found} == {(4321, 5000)}
    assert (pipeline.max_in_flight, pipeline.max_at_work) == (7, 3)


def test_the_options_of_the_file_hold_and_words_go_before_them(monkeypatch, tmp_path) -> None:
    (tmp_path / "siseon.toml").write_text("[pipelines.text]\nmax_side = 640\nmin_score = 0.5\n")
    monkeypatch.chdir(tmp_path)
    assert made("text").options == TextOptions(max_side=640, min_score=0.5)
    assert made("text", "min-score=0.9").options == TextOptions(max_side=640, min_score=0.9)
