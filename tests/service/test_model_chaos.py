"""Many clients change and use the same few models at once, drawn from a seed: each answer is right or a named refusal.

In CI one seed; ``SISEON_CHAOS=100 pytest tests/service/test_model_chaos.py`` searches for longer.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from onnx import helper

from networks import save_network
from services import served
from siseon.models.runtime import OnnxSession

SEEDS = range(int(os.environ.get("SISEON_CHAOS", "1")))
CLIENTS, ACTIONS = 12, 40
NAMES, VERSIONS = ("red-or-not", "blue-or-not"), ("1", "2")
REFUSALS = {
    (404, "model_not_found"),
    (409, "model_exists"),
    (409, "model_in_use"),
    (409, "model_not_loaded"),
    (503, "model_not_ready"),
    (503, "overloaded"),
}
CARD = """
name = "{name}"
version = "{version}"
task = "classify"
licence = "Apache-2.0"
labels = ["red", "green", "blue"]
[[files]]
name = "network.onnx"
[input]
width = 16
height = 16
[output]
decoder = "logits"
"""
PIXELS = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}


@dataclass
class Registration:
    """One registered network; it answers its number, so that an answer tells whose it is."""

    name: str
    version: str
    registered: bool = False
    deleted_at: float = float("inf")
    """When the service had said that it is gone."""


def network(folder: Path, number: int) -> bytes:
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "number"], ["logits"]),
    ]
    path = folder / "network.onnx"
    constants = {"zero": np.zeros(1, np.float32), "number": np.array([number], np.float32)}
    save_network(path, "pixels", nodes, {"logits": 2}, **constants)
    return path.read_bytes()


class Chaos:
    """What the clients do, and what they know of the models."""

    def __init__(self, client: httpx.AsyncClient, folder: Path, picture: bytes) -> None:
        self.client, self.folder, self.picture = client, folder, picture
        self.known: list[Registration] = []
        self.did: dict[str, int] = {}

    async def act(self, draw: random.Random) -> None:
        actions: list[tuple[Callable[[str, str], object], int]] = [
            (self.register, 6),
            (self.load, 6),
            (self.infer, 8),
            (self.unload, 6),
            (self.delete, 6),
            (self.swap, 2),
            (self.detect, 1),
            (self.look, 2),
        ]
        action = draw.choices([act for act, _ in actions], [weight for _, weight in actions])[0]
        if await action(draw.choice(NAMES), draw.choice(VERSIONS)):
            self.did[action.__name__] = self.did.get(action.__name__, 0) + 1

    async def register(self, name: str, version: str) -> bool:
        number, made = len(self.known), Registration(name, version)
        self.known.append(made)
        files = {
            "card": ("card.toml", CARD.format(name=name, version=version).encode()),
            "file": ("network.onnx", network(self.folder, number)),
        }
        made.registered = self.holds(await self.client.post("/v1/models", files=files))
        return made.registered

    async def load(self, name: str, version: str) -> bool:
        return self.holds(await self.client.post(f"/v1/models/{name}/versions/{version}/load"))

    async def unload(self, name: str, version: str) -> bool:
        return self.holds(await self.client.post(f"/v1/models/{name}/versions/{version}/unload"))

    async def delete(self, name: str, version: str) -> bool:
        there = [one for one in self.known if one.registered and (one.name, one.version) == (name, version)]
        gone = self.holds(await self.client.delete(f"/v1/models/{name}/versions/{version}"))
        for one in there if gone else ():
            one.deleted_at = min(one.deleted_at, time.monotonic())
        return gone

    async def infer(self, name: str, version: str) -> bool:
        began = time.monotonic()
        answer = await self.client.post(
            f"/v2/models/{name}/versions/{version}/infer", json={"inputs": [PIXELS]}
        )
        if not self.holds(answer):
            return False
        said = answer.json()
        one = self.known[int(said["outputs"][0]["data"][0])]
        assert (one.name, one.version) == (name, version) == (said["model_name"], said["model_version"])
        assert one.deleted_at >= began, "the answer of a model that was gone"
        return True

    async def swap(self, name: str, version: str) -> bool:
        change = {"classifier": f"{name}@{version}"}
        return self.holds(await self.client.patch("/v1/pipelines/inspection", json=change))

    async def detect(self, *_: str) -> bool:
        return self.holds(await self.client.post("/detect", files={"file": self.picture}))

    async def look(self, *_: str) -> bool:
        for path in ("/v1/models", "/v2/models/stats", "/readyz"):
            answer = await self.client.get(path)
            assert answer.status_code == 200, answer.text
        assert (await self.client.post("/v2/repository/index")).status_code == 200
        return True

    def holds(self, answer: httpx.Response) -> bool:
        """Whether the service did it; what it says otherwise must be a refusal that has a name."""
        if answer.is_success:
            return True
        assert (answer.status_code, answer.json()["code"]) in REFUSALS, answer.text
        return False

    async def end(self) -> None:
        """Take everything back, each step once: nothing may be in the way."""
        back = await self.client.patch("/v1/pipelines/inspection", json={"classifier": "main-colour"})
        assert back.status_code == 200, back.text
        for model in (await self.client.get("/v1/models")).json():
            if model["name"] in NAMES:
                at = f"/v1/models/{model['name']}/versions/{model['version']}"
                unloaded, deleted = await self.client.post(f"{at}/unload"), await self.client.delete(at)
                assert (unloaded.status_code, deleted.status_code) == (200, 204), unloaded.text + deleted.text


def sessions() -> int:
    gc.unfreeze()  # what a service that is ready has put aside
    gc.collect()
    return sum(isinstance(one, OnnxSession) for one in gc.get_objects())


@pytest.mark.parametrize("seed", SEEDS)
async def test_models_that_come_run_and_go_at_once_leave_nothing_behind_and_answer_for_no_other(
    host, tmp_path, upload, seed
):
    made = host(cache_dir=tmp_path / "cache")
    async with served(made) as client:
        async with asyncio.timeout(60):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
        before = sessions()
        chaos = Chaos(client, tmp_path, upload((0, 0, 200, 100, "red")).data)

        async def one(number: int) -> None:
            draw = random.Random(1000 * seed + number)
            for _ in range(ACTIONS):
                await chaos.act(draw)

        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(one(number))
        await chaos.end()
        assert {"register", "load", "infer", "unload", "delete", "swap", "detect"} <= chaos.did.keys()
        assert not list((tmp_path / "cache" / "registered").iterdir())
        assert sessions() == before
        answer = await client.post("/detect", files={"file": chaos.picture})
        assert answer.status_code == 200, answer.text
        assert [model["name"] for model in answer.json()["models"]] == ["fixed-boxes", "main-colour"]
