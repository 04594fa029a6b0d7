"""The service in BentoML. Run: ``bentoml serve bentoml_app:SETTING --port N``; ``POST /detect``, multipart ``file``.

As its documentation advises: ``workers`` for the cores, a thread each; or, to batch, a service that holds the
networks behind ``@bentoml.api(batchable=True)``, called by one that takes the uploads (a batchable endpoint takes
lists, which a single upload is not). Its ways of refusing are ``max_concurrency``, the requests that a worker holds
(429 beyond), ``timeout``, and the ``max_latency_ms`` of adaptive batches: with ``HELD=16`` in the environment a service
holds so many requests, for less than half a second.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bentoml
from by_hand import Inspector

MAX_BATCH = 8
HELD = int(os.environ.get("HELD", "0"))
TIMEOUT_S = 0.45
PATIENT_S = 60
"""Without limits: the load generator decides how long a request may take."""
TRAFFIC = {"timeout": TIMEOUT_S, "max_concurrency": HELD} if HELD else {"timeout": PATIENT_S}
LATENCY_MS = round((TIMEOUT_S if HELD else PATIENT_S) * 1000)
QUIET = {"access": {"enabled": False}}


@bentoml.service(workers=2, traffic=TRAFFIC, logging=QUIET)
class Workers:
    """A process a core, a request at a time in each."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(route="/detect")
    def detect(self, file: Path) -> dict[str, Any]:
        return self._inspect([file.read_bytes()])[0]


@bentoml.service(workers=2, traffic=TRAFFIC, logging=QUIET)
class Adaptive:
    """A process a core, adaptive batches in each. A batchable endpoint takes and answers lists, here of one."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(route="/detect", batchable=True, max_batch_size=MAX_BATCH, max_latency_ms=LATENCY_MS)
    def detect(self, file: list[Path]) -> list[dict[str, Any]]:
        return self._inspect([path.read_bytes() for path in file])


@bentoml.service(workers=2, traffic=TRAFFIC, logging=QUIET)
class Networks:
    """Both networks, a process a core, each with batches of its own."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    @bentoml.api(batchable=True, max_batch_size=MAX_BATCH, max_latency_ms=LATENCY_MS)
    def inspect(self, uploads: list[bytes]) -> list[dict[str, Any]]:
        return self._inspect(uploads)


@bentoml.service(workers=1, traffic=TRAFFIC, logging=QUIET)
class Composed:
    """Takes the uploads; the networks see several at once."""

    networks = bentoml.depends(Networks)

    @bentoml.api(route="/detect")
    async def detect(self, file: Path) -> dict[str, Any]:
        upload = file.read_bytes()  # noqa: ASYNC240 — written a moment ago, in memory still
        (answer,) = await self.networks.to_async.inspect([upload])
        return answer
