"""What passes between the stages, and which pictures meet in a batch."""

from __future__ import annotations

import asyncio
import dataclasses

import numpy as np
import pytest

from siseon.applications.translation.stages import Erase, Found, Inked, Joined, Written
from siseon.contracts import Image
from siseon.engine import Pipeline

PAGE = Image.from_array(np.zeros((60, 80, 3), np.uint8))


class Erasing(Pipeline[Inked, np.ndarray]):
    def __init__(self):
        self.erase = Erase()
        self.erase.replicas = 1
        self.erase.linger_ms = 500  # so that those who could meet do meet
        self.batches = []
        process = self.erase.process

        def seen(batch):
            self.batches.append([(one.bucket, one.method) for one in batch])
            return process(batch)

        self.erase.process = seen

    async def run(self, item):
        return await self.erase(item)


async def test_long_and_short_pictures_are_never_erased_in_one_batch():
    kinds = [("short", "telea"), ("long", "telea"), ("short", "patches")] * 4
    async with Erasing() as erasing:
        items = [Inked(PAGE, (), method, "none", bucket) for bucket, method in kinds]
        await asyncio.gather(*map(erasing, items))

    assert sorted(kind for batch in erasing.batches for kind in batch) == sorted(kinds)
    assert all(len(set(batch)) == 1 for batch in erasing.batches)
    assert max(map(len, erasing.batches)) > 1


@pytest.mark.parametrize("kind", [Found, Written, Inked, Joined])
def test_what_passes_between_stages_is_typed_and_frozen(kind):
    fields = {field.name: field.type for field in dataclasses.fields(kind)}

    assert kind.__dataclass_params__.frozen
    assert fields["image"] == "Image"
    assert all(fields.values())
