from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from siseon.contracts import InputError
from siseon.settings import Settings
from siseon.streams.alarms.posting import Posting


def test_a_secret_that_cannot_sign_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not base64"):
        Posting(Settings(cache_dir=tmp_path, jobs_webhook_secret=SecretStr("whsec_not-base64!!")))
