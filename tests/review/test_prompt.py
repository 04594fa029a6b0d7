"""The prompt for readers and assistants names the rules that the command tests, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from siseon.review.checks import ALL

PROMPT = Path(__file__).parents[2] / "outputs" / "prompt-vision-service-shape-reviewer.md"


def test_the_prompt_has_the_rules_of_the_command_in_their_order() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (\w+) \| (.+?) \|", PROMPT.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(check.id, check.severity, check.proves) for check in ALL]


def test_the_run_in_the_prompt_is_one_of_the_present_rules() -> None:
    shown = re.findall(r"^│ \d+ +│ \w+ +│ ([\w-]+)", PROMPT.read_text(encoding="utf-8"), re.MULTILINE)
    assert shown[0] == "blank-picture"
    assert set(shown) <= {check.id for check in ALL}
