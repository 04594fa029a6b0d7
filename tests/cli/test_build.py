"""Words on the command line become parameters of the types that the pipeline states."""

from __future__ import annotations

from typing import Any

import pytest

from siseon.applications.inspection import Inspection
from siseon.applications.text import Text
from siseon.cli import build
from siseon.contracts import InputError
from siseon.models import ModelManager


def made(name: str, *settings: str) -> Any:
    return build.pipeline(name, settings, ModelManager())


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
