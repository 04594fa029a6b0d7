"""The steps of a translation that compute on pixels, as stages: beside the event loop, as many at once as cores."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.text import Line
from siseon.applications.translation.contracts import TextRegion
from siseon.applications.translation.denoise import Denoising
from siseon.applications.translation.inpaint import Method, erase
from siseon.applications.translation.mask import Strokes, find_strokes
from siseon.applications.translation.regions import group
from siseon.applications.translation.render import Rendered, render
from siseon.applications.translation.tiles import Bucket
from siseon.contracts import Image
from siseon.engine import Stage
from siseon.engine.machine import cores

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of one picture."""

    image: Image
    lines: tuple[Line, ...]
    right_to_left: bool | None


class FindRegions(Stage[Found, list[TextRegion]]):
    """Lines to regions, in reading order."""

    name = "find_regions"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Found]) -> Sequence[list[TextRegion]]:
        """See ``regions.group``."""
        return [group(one.lines, one.image.pixels, right_to_left=one.right_to_left) for one in batch]


@dataclass(frozen=True, slots=True)
class Written:
    """Regions that are to be erased in one picture."""

    image: Image
    regions: tuple[TextRegion, ...]


class FindStrokes(Stage[Written, list[Strokes]]):
    """Regions to the pixels of their letters."""

    name = "find_strokes"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Written]) -> Sequence[list[Strokes]]:
        """See ``mask.find_strokes``."""
        return [find_strokes(one.image.pixels, one.regions) for one in batch]


@dataclass(frozen=True, slots=True)
class Inked:
    """One picture and the letters in it."""

    image: Image
    strokes: tuple[Strokes, ...]
    method: Method
    denoising: Denoising
    bucket: Bucket


class Erase(Stage[Inked, Pixels]):
    """Pictures without their letters. Only pictures of one kind share a batch."""

    name = "erase"
    max_batch = 4

    def __init__(self) -> None:
        self.replicas = cores()

    def bucket(self, item: Inked) -> Hashable:
        """Short and long ones apart, and each method for itself."""
        return item.bucket, item.method, item.denoising

    def process(self, batch: Sequence[Inked]) -> Sequence[Pixels]:
        """See ``inpaint.erase``."""
        return [erase(one.image.pixels, one.strokes, one.method, denoising=one.denoising) for one in batch]


@dataclass(frozen=True, slots=True)
class Joined:
    """Both halves of the work on one picture."""

    image: Image
    ground: Pixels
    regions: tuple[TextRegion, ...]
    strokes: tuple[Strokes, ...]
    target: str


class Render(Stage[Joined, Rendered]):
    """Translations into pictures."""

    name = "render"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Joined]) -> Sequence[Rendered]:
        """See ``render.render``."""
        return [render(one.image.pixels, one.ground, one.regions, one.strokes, one.target) for one in batch]
