"""What the protocol's operations do with networks and pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np
from fastapi import Request, Response

from siseon.contracts import Encoded, FailureCode, InputError, ModelError
from siseon.engine import Flow, Trace
from siseon.hosting.deadline import Allowance
from siseon.hosting.host import Host
from siseon.hosting.repository import Repository
from siseon.media.names import plain_name
from siseon.models.ports import Port
from siseon.service.answers import answer
from siseon.service.bodies import BATCH
from siseon.service.hangup import while_connected
from siseon.service.oip.reply import wanted_of, write_response
from siseon.service.oip.statistics import statistics
from siseon.service.oip.tensors import (
    HEADER_LENGTH,
    NAMES,
    Array,
    from_wire,
    read_request,
    shapes,
    to_wire,
)
from siseon.service.parsing import beside
from siseon.service.tracing import allowed_seconds
from siseon.service.uploads import read_body

PIPELINE_VERSION = "1"
IMAGE, RESULT = "image", "result"


class Protocol:
    """The operations over one host."""

    def __init__(self, host: Host, repository: Repository) -> None:
        self.host = host
        self.repository = repository

    def check_pipeline(self, name: str, version: str | None) -> bool:
        """Whether a pipeline is meant.

        Raises:
            ModelError: ``model_not_found``: a pipeline in a version that there is not.
        """
        if name not in self.host.served:
            return False
        if version not in (None, "", PIPELINE_VERSION):
            raise ModelError(
                f"pipeline {name!r} has no version {str(version)[:40]!r}",
                code=FailureCode.model_not_found,
                hint=f"there is {PIPELINE_VERSION}",
            )
        return True

    async def stats(self, name: str, version: str | None) -> dict[str, object]:
        """Counts and times of a loaded network."""
        model = self.repository.model(name, version)
        return {"model_stats": [statistics(await self.repository.stage(model))]}

    async def metadata(self, name: str, version: str | None) -> dict[str, object]:
        """Inputs and outputs of a pipeline, or of a network that is loaded."""
        if self.check_pipeline(name, version):
            inputs, outputs = ([{"name": n, "datatype": "BYTES", "shape": [-1]}] for n in (IMAGE, RESULT))
            return {
                "name": name,
                "versions": [PIPELINE_VERSION],
                "platform": "siseon_pipeline",
                "inputs": inputs,
                "outputs": outputs,
            }
        model = self.repository.model(name, version)
        await self.repository.stage(model)
        return {
            "name": name,
            "versions": [one.card.version for one in self.host.models.versions(model.card.name)],
            "platform": "onnxruntime_onnx",
            "inputs": shapes(model.session.inputs),
            "outputs": shapes(model.session.outputs),
        }

    async def config(self, name: str, version: str | None) -> dict[str, object]:
        """The same as a configuration."""
        described = await self.metadata(name, version)

        def ports(key: str) -> list[dict[str, object]]:
            listed = described[key]
            assert isinstance(listed, list)  # noqa: S101 - made above
            return [
                {
                    "name": one["name"],
                    "data_type": f"TYPE_{one['datatype']}".replace("TYPE_BYTES", "TYPE_STRING"),
                    "dims": one["shape"],
                }
                for one in listed
            ]

        # 0: the first axis is an axis like the others, as the shapes above say; batches are the server's business.
        return {
            "name": name,
            "platform": described["platform"],
            "max_batch_size": 0,
            "input": ports("inputs"),
            "output": ports("outputs"),
        }

    def index(self, *, only_ready: bool) -> list[dict[str, object]]:
        """All pipelines and networks, or those that can answer now."""
        entries: list[dict[str, object]] = [
            {"name": name, "version": PIPELINE_VERSION, "state": "READY", "reason": ""}
            for name in self.host.served
        ]
        for model in self.host.models.all():
            state, reason = ("READY", "") if model.loaded else ("UNAVAILABLE", "not loaded")
            card = model.card
            entries.append({"name": card.name, "version": card.version, "state": state, "reason": reason})
        return [entry for entry in entries if entry["state"] == "READY" or not only_ready]

    async def infer(self, name: str, version: str | None, request: Request) -> Response:
        """Run a network on tensors, or a pipeline on pictures.

        Raises:
            SiseonError: the request's named failure.
        """
        is_pipeline = self.check_pipeline(name, version)
        if not is_pipeline:
            self.repository.model(name, version)  # a name that nobody knows needs no upload
        if request.headers.get("content-encoding", "identity") != "identity":
            raise InputError(
                "compressed requests are not taken", code=FailureCode.unsupported_media, hint="send it plain"
            )
        trace: Trace = request.state.trace
        seconds = allowed_seconds(request.headers, self.host.settings.request_timeout_s)
        allowance = Allowance(seconds, trace.start)
        body = await read_body(request)
        asked, feeds = await beside(len(body), read_request, body, request.headers.get(HEADER_LENGTH))
        timeout = allowance.left()
        if asked.parameters.timeout is not None:
            timeout = min(timeout, asked.parameters.timeout / 1e6)
        # Chosen now: while the request came in, another version may have been loaded, or this one unloaded.
        model = None if is_pipeline else self.repository.model(name, version)
        if model is None:
            outputs = await while_connected(
                request, self._pipeline(name, feeds, timeout, request.state.client)
            )
        else:
            stage = await self.repository.stage(model)
            check_feeds(feeds, model.session.inputs)
            outputs = await while_connected(request, stage.answer(from_wire(feeds), timeout))
        have = PIPELINE_VERSION if model is None else model.card.version
        limit = BATCH * self.host.settings.max_upload_bytes
        wanted = wanted_of(asked, to_wire(outputs), limit)
        head = {"model_name": name, "model_version": have}
        size = sum(array.nbytes for array, _ in wanted)
        body, header_length = await beside(size, write_response, head, wanted, asked)
        return _response(body, header_length, trace)

    async def _pipeline(
        self, name: str, feeds: Mapping[str, Array], timeout: float, client: Flow
    ) -> dict[str, Array]:
        if set(feeds) != {IMAGE} or feeds[IMAGE].dtype != object:
            raise InputError(
                f"pipeline {name!r} takes one input {IMAGE!r} of datatype BYTES: encoded pictures"
            )
        pictures = [Encoded(data, plain_name(f"{IMAGE}-{n}")) for n, data in enumerate(feeds[IMAGE].ravel())]
        if len(pictures) > self.host.settings.batch_items:
            raise InputError(
                f"{len(pictures)} pictures in one request",
                hint=f"send {self.host.settings.batch_items} at most",
            )
        runs = [
            asyncio.ensure_future(self.host[name].run(picture, trace=Trace(), timeout=timeout, client=client))
            for picture in pictures
        ]
        try:
            results = await asyncio.gather(*runs)
        except BaseException:  # nobody gets the answers of the others
            for run in runs:
                run.cancel()
            await asyncio.wait(runs)
            raise
        answers = np.empty(len(results), dtype=object)
        answers[:] = [result.to_json() for result in results]
        return {RESULT: answers.reshape(feeds[IMAGE].shape)}


def check_feeds(feeds: Mapping[str, Array], ports: Sequence[Port]) -> None:
    """Hold inputs against the network's.

    Raises:
        InputError: a name, datatype or shape that it does not take.
    """
    described = {str(port["name"]): port for port in shapes(ports)}
    if set(feeds) != set(described):
        raise InputError(f"the network takes {sorted(described)}, was given {sorted(feeds)}")
    for name, array in feeds.items():
        have = {"datatype": NAMES[array.dtype], "shape": list(array.shape)}
        want = described[name]
        sizes = want["shape"]
        assert isinstance(sizes, list)  # noqa: S101 - made by shapes
        fits = len(sizes) == array.ndim and all(w in (-1, h) for w, h in zip(sizes, array.shape, strict=True))
        if have["datatype"] != want["datatype"] or not fits or 0 in array.shape:
            raise InputError(
                f"input {name!r} is {have['datatype']} {have['shape']}, the network takes {want['datatype']} {sizes}"
            )


def _response(body: bytes, header_length: int | None, trace: Trace) -> Response:
    if header_length is None:
        return answer(body, trace)
    made = answer(body, trace, "application/octet-stream")
    made.headers[HEADER_LENGTH] = str(header_length)
    return made
