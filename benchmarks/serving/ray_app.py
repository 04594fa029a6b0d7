"""The service in Ray Serve. Run: ``python ray_app.py SETTING --port N``; ``POST /detect``, multipart ``file``.

As its documentation advises: a replica with a core of its own for each core (``num_replicas``,
``ray_actor_options``), ``@serve.batch`` where requests can be computed together, a network a deployment
composed by handles, ``RAY_SERVE_THROUGHPUT_OPTIMIZED``, ``max_ongoing_requests`` above what clients send. Its ways of
refusing are ``max_queued_requests`` (503 beyond) and ``request_timeout_s`` (408).
"""

from __future__ import annotations

import argparse
import asyncio
import time

import ray
from by_hand import Answer, Classifier, Detector, Inspector, Label, Objects, Pixels, answer, crops, decode
from ray import serve
from ray.serve import Application
from ray.serve.config import HTTPOptions
from ray.serve.handle import DeploymentHandle
from starlette.requests import Request

ONGOING = 100
"""Requests that a replica takes at once; the default of 5 would leave ``@serve.batch`` too little."""
WAIT_S = 0.005
TIMEOUT_S = 0.45
"""Of the settings with limits."""
ONE_CORE = {"num_cpus": 1}


@serve.deployment(num_replicas=2, ray_actor_options=ONE_CORE)
class Replicas:
    """A process a core, a request at a time in each."""

    def __init__(self) -> None:
        self._inspect = Inspector()

    async def __call__(self, request: Request) -> Answer:
        upload = await read_upload(request)
        return self._inspect([upload])[0]


@serve.deployment(num_replicas=2, ray_actor_options=ONE_CORE, max_ongoing_requests=ONGOING)
class Batched:
    """A process a core, batches of requests in each."""

    def __init__(self) -> None:
        self._inspector = Inspector()

    @serve.batch(max_batch_size=4, batch_wait_timeout_s=WAIT_S)
    async def _inspect(self, uploads: list[bytes]) -> list[Answer]:
        return self._inspector(uploads)

    async def __call__(self, request: Request) -> Answer:
        return await self._inspect(await read_upload(request))


@serve.deployment(ray_actor_options={"num_cpus": 0.5}, max_ongoing_requests=ONGOING)
class Detect:
    """The detector, in batches."""

    def __init__(self) -> None:
        self._detector = Detector()

    @serve.batch(max_batch_size=4, batch_wait_timeout_s=WAIT_S)
    async def __call__(self, pictures: list[Pixels]) -> list[Objects]:
        return await asyncio.to_thread(self._detector, pictures)


@serve.deployment(ray_actor_options={"num_cpus": 1}, max_ongoing_requests=ONGOING)
class Classify:
    """The classifier, all crops of some requests at once."""

    def __init__(self) -> None:
        self._classifier = Classifier()

    @serve.batch(max_batch_size=4, batch_wait_timeout_s=WAIT_S)
    async def __call__(self, parts: list[list[Pixels]]) -> list[list[Label]]:
        labels = iter(await asyncio.to_thread(self._classifier, [crop for crops in parts for crop in crops]))
        return [[next(labels) for _ in crops] for crops in parts]


@serve.deployment(ray_actor_options={"num_cpus": 0.5}, max_ongoing_requests=ONGOING)
class Composed:
    """Decodes and cuts; the networks are deployments of their own."""

    def __init__(self, detect: DeploymentHandle, classify: DeploymentHandle) -> None:
        self._detect, self._classify = detect, classify

    async def __call__(self, request: Request) -> Answer:
        start = time.perf_counter()
        pixels = decode(await read_upload(request))
        objects = await self._detect.remote(pixels)
        parts = crops(pixels, objects)
        labels = await self._classify.remote(list(parts.values())) if parts else []
        return answer(pixels, objects, dict(zip(parts, labels, strict=True)), start)


async def read_upload(request: Request) -> bytes:
    async with request.form() as form:
        return await form["file"].read()


def limited(deployment: serve.Deployment, ongoing: int, queued: int) -> Application:
    """The deployment with so many requests in each replica, and so many waiting for one."""
    return deployment.options(max_ongoing_requests=ongoing, max_queued_requests=queued).bind()


SETTINGS = {
    "2 replicas": (Replicas.bind(), None),
    "2 replicas, batches of 4": (Batched.bind(), None),
    "composed, batches of 4": (Composed.bind(Detect.bind(), Classify.bind()), None),
    "2 replicas, 8 queued": (limited(Replicas, 2, 8), TIMEOUT_S),
    "2 replicas, batches of 4, 4 queued": (limited(Batched, 8, 4), TIMEOUT_S),
    "2 replicas, batches of 4, 8 queued": (limited(Batched, 4, 8), TIMEOUT_S),
}
"""What is deployed, and how long a request may take."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("setting", choices=SETTINGS)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    application, timeout_s = SETTINGS[options.setting]
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    serve.start(http_options=HTTPOptions(host="127.0.0.1", port=options.port, request_timeout_s=timeout_s))
    serve.run(application, route_prefix="/detect", blocking=True)


if __name__ == "__main__":
    main()
