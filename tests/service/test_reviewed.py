"""Our own contract suite over our own service, as a user would point it at any."""

from __future__ import annotations

from pathlib import Path

import pytest

from siseon.hosting import Host
from siseon.models import ModelManager
from siseon.review import Hints, Options, at_url, review
from siseon.settings import Settings


@pytest.mark.parametrize("path", ["/detect", "/v1/pipelines/inspection"])
async def test_a_review_of_our_service_finds_nothing(start, model_path: Path, tmp_path: Path, path: str):
    settings = Settings(port=0, pipelines={"inspection": {}}, cache_dir=tmp_path)
    client = await start(Host(settings, models=ModelManager(search_path=[model_path])))
    async with at_url(str(client.base_url), Hints(path=path)) as service:
        report = await review(service, Options())
    assert [(violation.check, violation.message) for violation in report.violations] == []
