"""What a person has changed of a page and not sent yet. No element of a page is known here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from siseon.console.translations.known import Region, TranslatedPage

LEAST = 4.0
"""Pixels of a side."""
NEW = 0.3
"""Of the picture's sides: a region that is added, in its middle."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A turned rectangle: the corner where its text begins, its sides, and by what angle its top is turned."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0
    """Radians, clockwise as seen."""

    @classmethod
    def of(cls, region: Region) -> Placed:
        """Where a region is."""
        (x, y), right, _, below, _ = region.polygon
        return cls(
            x,
            y,
            math.dist((x, y), right),
            math.dist((x, y), below),
            math.atan2(right[1] - y, right[0] - x),
        )

    @property
    def ring(self) -> tuple[tuple[float, float], ...]:
        """Closed, clockwise from the corner where the text begins."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        right = (self.width * cos, self.width * sin)
        down = (-self.height * sin, self.height * cos)
        x, y = self.x, self.y
        corners = (
            (x, y),
            (x + right[0], y + right[1]),
            (x + right[0] + down[0], y + right[1] + down[1]),
            (x + down[0], y + down[1]),
        )
        rounded = tuple((round(each[0], 2), round(each[1], 2)) for each in corners)
        return (*rounded, rounded[0])


class Draft:
    """The regions of a page as they are wanted."""

    def __init__(self, page: TranslatedPage) -> None:
        self.page = page
        self.regions = list(page.regions)

    def onto(self, page: TranslatedPage, base: Sequence[Region]) -> Draft:
        """What was changed here since ``base``, on top of the page as it stands now: what was typed while it was being
        rendered, or while somebody else edited it too. A region that is another one by now is left as it is.
        """
        made = Draft(page)
        for number, region in enumerate(self.regions):
            if number >= len(base):
                made.regions.append(region)
            elif region != base[number] and [one.text for one in page.regions[number : number + 1]] == [
                region.text
            ]:
                made.regions[number] = region
        return made

    def is_changed(self, number: int) -> bool:
        """Whether a region is not as it stands in the picture."""
        stands = self.page.regions
        if number >= len(stands):
            return True
        region = self.regions[number]
        return region is not stands[number] and region != stands[number]  # to compare all of them takes long

    @property
    def changes(self) -> int:
        """Regions that are not as they stand."""
        return sum(map(self.is_changed, range(len(self.regions))))

    def say(self, number: int, text: str) -> None:
        """Another text; without letters the original stays."""
        region = self.regions[number]
        wanted = text if text.strip() else None
        if wanted == region.translated:
            return
        stands = self.page.regions[number] if number < len(self.page.regions) else None
        if stands is not None and wanted == stands.translated and region.polygon == stands.polygon:
            self.regions[number] = stands.model_copy(update={"style": self._stated(region, stands)})
            return
        self._change(number, translated=wanted, why_not=None)

    def place(self, number: int, placed: Placed) -> None:
        """Another place; sides are at least of some pixels."""
        placed = Placed(placed.x, placed.y, max(placed.width, LEAST), max(placed.height, LEAST), placed.angle)
        self._change(number, polygon=placed.ring)

    def size(self, number: int, size: float | None) -> None:
        """Letters of that size at most; None: as large as fits."""
        region = self.regions[number]
        self.regions[number] = region.model_copy(update={"style": {**region.style, "size": size}})

    def add(self) -> int:
        """A region in the middle, which has no text yet; its number."""
        page = self.page
        width, height = page.width * NEW, page.height * NEW / 2
        placed = Placed((page.width - width) / 2, (page.height - height) / 2, width, height)
        told: dict[str, JsonValue] = {
            "polygon": cast("JsonValue", [list(each) for each in placed.ring]),
            "lines": [],
            "text": "",
            "script": "other",
            "score": 1.0,
            "translated": None,
            "why_not": None,
            "style": {},
        }
        self.regions.append(Region.model_validate(told))
        return len(self.regions) - 1

    def remove(self, number: int) -> None:
        """Take one out that was added and is not in the picture yet."""
        if number >= len(self.page.regions):
            del self.regions[number]

    def body(self, regions: Sequence[Region]) -> JsonValue:
        """The page with these regions, to be sent. Blocks, but only for one region at a time."""
        page = self.page.model_copy(update={"regions": ()}).model_dump(mode="json")
        return {**page, "regions": [cast("JsonValue", each.model_dump(mode="json")) for each in regions]}

    def _change(self, number: int, **values: object) -> None:
        """What is set anew finds its own size, unless a person has stated one."""
        region = self.regions[number]
        size = region.style.get("size")
        stands = self.page.regions[number].style.get("size") if number < len(self.page.regions) else None
        style = {**region.style, "size": None if size == stands else size}
        self.regions[number] = region.model_copy(update={**values, "style": style})

    @staticmethod
    def _stated(region: Region, stands: Region) -> dict[str, JsonValue]:
        size = region.style.get("size")
        return {**stands.style, "size": stands.style.get("size") if size is None else size}
