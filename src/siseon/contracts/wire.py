"""The types of which all results are made that go over a wire; coordinates are pixels of the original picture."""

from __future__ import annotations

from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, model_validator

from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame
from siseon.contracts.mask import Mask

Pixel = Annotated[float, Field(allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0.0, le=1.0)]
Ring = Annotated[tuple[tuple[Pixel, Pixel], ...], Field(min_length=4)]
"""Corners of a polygon: the first stands again at the end."""


class Box(NamedTuple):
    """Left, top, right, bottom edge; an array of four numbers in JSON."""

    x1: Pixel
    y1: Pixel
    x2: Pixel
    y2: Pixel


def _edges_in_order(box: Box) -> Box:
    if not (box.x2 > box.x1 and box.y2 > box.y1):
        raise ValueError(
            f"box {tuple(box)} has x2 <= x1 or y2 <= y1: is it (cx, cy, w, h) where (x1, y1, x2, y2) is due?"
        )
    return box


SoundBox = Annotated[Box, AfterValidator(_edges_in_order)]
"""A box that holds something."""


class MaskRle(BaseModel):
    """COCO run-length encoding of a whole-image mask, column by column; ``size`` is (height, width)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: tuple[PositiveInt, PositiveInt]
    counts: str

    @model_validator(mode="after")
    def _runs_fill_the_mask(self) -> Self:
        try:
            Mask.from_wire(self.model_dump(), Frame.root(width=self.size[1], height=self.size[0]))
        except ContractViolation as error:
            raise ValueError(error.message) from error
        return self
