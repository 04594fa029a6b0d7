"""The service in BentoML. Run: ``bentoml serve bentoml_app:SETTING --port N``; ``POST /detect``, multipart ``file``.

As its documentation advises: ``workers`` for the cores, a thread each; or, to batch, a service that holds the
networks behind ``@bentoml.api(batchable=True)``, called by one that takes the uploads (a batchable endpoint takes
lists, which a single upload is not).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bentoml
from common import Inspector

MAX_BATCH = 8
UNHURRIED = {"timeout": 60}
"""Seconds: the load generator decides how long a request may take."""
QUIET = {"access": {"enabled": False}}


@bentoml.service(workers=2, traffic=UNHURRIED, logging=QUIET)
class Workers:
    """A process a core, a request at a time in each."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(route="/detect")
    def detect(self, file: Path) -> dict[str, Any]:
        return self._inspect([file.read_bytes()])[0]


@bentoml.service(workers=2, traffic=UNHURRIED, logging=QUIET)
class Adaptive:
    """A process a core, adaptive batches in each. A batchable endpoint takes and answers lists, here of one."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(route="/detect", batchable=True, max_batch_size=MAX_BATCH)
    def detect(self, file: list[Path]) -> list[dict[str, Any]]:
        return self._inspect([path.read_bytes() for path in file])


@bentoml.service(workers=2, traffic=UNHURRIED, logging=QUIET)
class Networks:
    """Both networks, a process a core, each with batches of its own."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(batchable=True, max_batch_size=MAX_BATCH)
    def inspect(self, uploads: list[bytes]) -> list[dict[str, Any]]:
        return self._inspect(uploads)


@bentoml.service(workers=1, traffic=UNHURRIED, logging=QUIET)
class Composed:
    """Takes the uploads; the networks see several at once."""

    networks = bentoml.depends(Networks)

    @bentoml.api(route="/detect")
    async def detect(self, file: Path) -> dict[str, Any]:
        upload = file.read_bytes()  # noqa: ASYNC240 — written a moment ago, in memory still
        (answer,) = await self.networks.to_async.inspect([upload])
        return answer
