"""Reads the text in a picture: find lines, straighten them, read them, put them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from siseon.applications.decode import Decode
from siseon.applications.text.contracts import Line, Ring, TextResult, UnreadLine
from siseon.applications.text.crops import crop_line
from siseon.applications.text.order import reading_order
from siseon.applications.text.refusals import Reading, refuse
from siseon.applications.text.stages import DetectText, OrientLine, RecognizeText
from siseon.contracts import Encoded, Image, Polygon
from siseon.engine import Pipeline, step, warn
from siseon.models import ModelManager

SHORT_SIDE = 736
"""Pixels; what the detector's authors run it with."""
MAX_SIDE = 2000
"""Pixels; a strip scaled up to the short side would be larger than any page."""
MIN_SCORE = 0.65
"""On the test pictures every reading between 0.5, the field's usual bound, and this was wrong but one."""


Share = Annotated[float, Field(ge=0, le=1)]


class Text(Pipeline[Encoded | Image, TextResult]):
    """The embedded default: its weights come with a dependency."""

    def __init__(
        self,
        models: ModelManager,
        *,
        detector: str = "ppocr-v6-det",
        recognizer: str = "ppocr-v6-rec",
        orientation: str | None = None,
        short_side: Annotated[int, Field(ge=32, le=8192)] = SHORT_SIDE,
        max_side: Annotated[int, Field(ge=32, le=32768)] = MAX_SIDE,
        min_score: Share = MIN_SCORE,
    ) -> None:
        """Store the parts; nothing is loaded before the pipeline is entered.

        Args:
            models: where the models come from.
            detector: name of a card with the ``db`` decoder.
            recognizer: name of a card with the ``ctc`` decoder.
            orientation: ``ppocr-v2-orientation`` turns lines that stand on their heads.
            short_side: pixels to which the short side of smaller pictures is scaled up for the detector;
                smaller is faster and loses small print.
            max_side: pixels that no side exceeds for the detector; lines are read at full size.
            min_score: lines below are returned as unread, without a guess.
        """
        self.min_score = min_score
        self.decode = Decode()
        self.detect_text = DetectText(models[detector], short_side=short_side, max_side=max_side)
        self.orient_lines = None if orientation is None else OrientLine(models[orientation])
        self.recognize_text = RecognizeText(models[recognizer])

    async def run(self, item: Encoded | Image, *, min_score: Share | None = None) -> TextResult:
        """Read one picture; ``min_score`` replaces the pipeline's own for this request."""
        image = item if isinstance(item, Image) else await self.decode(item)
        for note in image.notes:
            warn(note)
        found = await self.detect_text(image)
        with step("crop_lines", items=max(1, len(found))):
            polygons, crops = _cut(image, found)
        if self.orient_lines is not None:
            crops = await self.orient_lines.map(crops)
        readings = await self.recognize_text.map(crops)
        with step("order"):
            name = item.name if isinstance(item, Encoded) else image.source
            least = self.min_score if min_score is None else min_score
            return self._result(name or "anonymous", image, polygons, readings, least)

    def _result(
        self,
        image_id: str,
        image: Image,
        polygons: Sequence[Polygon],
        readings: Sequence[Reading],
        min_score: float,
    ) -> TextResult:
        reasons = refuse(readings, [polygon.area for polygon in polygons], min_score)
        root = image.frame.root_frame
        lines, unread = [], []
        for index in reading_order(polygons):
            ring, reading, reason = _ring(polygons[index], image), readings[index], reasons[index]
            if reason is None:
                lines.append(Line(polygon=ring, text=reading.text.strip(), score=reading.score))
            else:
                unread.append(UnreadLine(polygon=ring, score=reading.score, reason=reason))
        return TextResult(
            image_id=image_id,
            width=root.width,
            height=root.height,
            lines=tuple(lines),
            unread=tuple(unread),
            scripts=self.recognize_text.scripts,
        )


def _cut(image: Image, found: Sequence[Polygon]) -> tuple[list[Polygon], list[Image]]:
    """The polygons that are large enough to hold a line, and the pixels of each."""
    pairs = [(polygon, crop) for polygon in found if (crop := crop_line(image, polygon)) is not None]
    return [polygon for polygon, _ in pairs], [crop for _, crop in pairs]


def _ring(polygon: Polygon, image: Image) -> Ring:
    """The closed ring in the original picture; the margin that a strip got is cut off again."""
    inside = np.clip(polygon.points, 0, [image.width, image.height])
    root = image.frame.root_frame
    return tuple((x, y) for x, y in Polygon(inside, image.frame).to(root).ring())
