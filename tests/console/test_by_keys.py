"""The main task of every page by keys alone; those that need cameras, workers or a token are walked where these are.

What has the focus on the way must show it, in sight and not behind something else. ``tools/every_task.py`` walks all of
them in both languages, both themes and both widths, by clicks too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.walks.task import Place
from tools.walks.tasks import TASKS

from console.conftest import Visits, walked_by_keys

HERE = ("Overview", "Try", "Models", "A model", "Traces", "A trace")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("page", HERE)
async def test_a_page_is_used_by_keys_alone(service: str, visits: Visits, page: str) -> None:
    await walked_by_keys(visits, page, Place(service))


def test_no_page_is_left_out() -> None:
    tests = [each.read_text(encoding="utf-8") for each in Path(__file__).parent.glob("test_*.py")]
    elsewhere = [
        task.page for task in TASKS if any(f'walked_by_keys(visits, "{task.page}"' in each for each in tests)
    ]
    assert sorted([*HERE, *elsewhere]) == sorted(task.page for task in TASKS)
