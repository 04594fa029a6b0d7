"""An application of another package that is at work until a file is there."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace

import brightness

from siseon.contracts import Image
from siseon.media import MediaBounds
from siseon.models import ModelManager


class Waits(brightness.Mean):
    def process(self, batch: Sequence[Image]) -> Sequence[float]:
        while not os.path.exists(os.environ["HELD_UNTIL"]):
            time.sleep(0.005)
        return super().process(batch)


class Held(brightness.Brightness):
    def __init__(
        self, models: ModelManager, options: brightness.BrightnessOptions, *, bounds: MediaBounds
    ) -> None:
        super().__init__(models, options, bounds=bounds)
        self.mean = Waits()


APPLICATION = replace(brightness.APPLICATION, kind=Held)
