"""A pipeline of two models in fifteen lines: detect, crop, classify, aggregate.

Run: ``SISEON_MODEL_PATH=FOLDER python examples/two_models.py PHOTO``
"""

import asyncio
import sys
from pathlib import Path

from siseon.applications.decode import Decode
from siseon.applications.inspection import Classify, Detect
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.models import ModelManager
from siseon.settings import Settings


class Names(Pipeline[Encoded, list[str]]):
    def __init__(self, models: ModelManager) -> None:
        self.decode = Decode()
        self.detect = Detect(models["yolox-nano"])
        self.classify = Classify(models["efficientnet-lite0"])

    async def run(self, item: Encoded) -> list[str]:
        image = await self.decode(item)
        objects = await self.detect(image)
        crops = objects.crops(image, min_side=32)
        labels = await self.classify.map(crops, timeout=1.0, fallback=None)
        found = objects.class_ids.tolist()
        named = [(found[crop.index], label) for crop, label in zip(crops, labels, strict=True) if label]
        return [f"{objects.labels[class_id]}: {label.class_name}" for class_id, label in named]


async def main(photo: Encoded) -> None:
    async with Names(ModelManager(search_path=Settings().model_path)) as pipeline:
        result = await pipeline(photo)
    print("\n".join(result.data))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: two_models.py PHOTO")
    path = Path(sys.argv[1])
    asyncio.run(main(Encoded(path.read_bytes(), path.name)))
