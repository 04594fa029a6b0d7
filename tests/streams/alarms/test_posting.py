from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from siseon.contracts import InputError
from siseon.jobs.database import Database
from siseon.jobs.stream_tables import alarm_outbox
from siseon.settings import Settings
from siseon.streams.alarms import store
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.posting import Posting
from siseon.streams.alarms.store import Turn, Watched
from streams.alarms.told import HIGH, options


def test_a_secret_that_cannot_sign_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not base64"):
        Posting(Settings(cache_dir=tmp_path, jobs_webhook_secret=SecretStr("whsec_not-base64!!")))


async def test_webhooks_that_wait_are_named_at_a_start_without_a_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(cache_dir=tmp_path)
    with Database(settings.jobs_database_url) as database:
        rules = options(HIGH).alarms
        store.watch(database, {"gate": Watched(rules, "https://example.com/hook")}, 1000.0)
        raised = Memory(at=1001.0, good_at=1000.0, active=True, turns=1)
        store.turn(database, [Turn("gate.t.high", raised, 1_800_000_000.0, 9.5, "bar", 9.5, 0)], {})
        with database.write() as connection:
            connection.execute(update(alarm_outbox).values(due_at=1000.0))
    with caplog.at_level(logging.WARNING, logger="siseon.streams"):
        async with Posting(settings):
            async with asyncio.timeout(60):
                while "SISEON_JOBS_WEBHOOK_SECRET" not in caplog.text:
                    await asyncio.sleep(0.01)
    assert "They are of gate" in caplog.text
