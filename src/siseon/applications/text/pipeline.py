"""Reads the text in a picture: find lines, straighten them, read them, put them in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.text.contracts import Line, TextResult, UnreadLine
from siseon.applications.text.crops import crop_line
from siseon.applications.text.options import DEFAULTS, TextChoices, TextOptions
from siseon.applications.text.order import reading_order
from siseon.applications.text.refusals import Reading, refuse
from siseon.applications.text.stages import DetectText, OrientLine, RecognizeText
from siseon.contracts import Image, Polygon
from siseon.contracts.wire import Ring
from siseon.engine import Pipeline, step
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager


class Text(Pipeline[Picture, TextResult]):
    """The embedded default: its weights come with a dependency."""

    def __init__(
        self, models: ModelManager, options: TextOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Choose the models; nothing is loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.detect_text = DetectText(
            models[options.detector], short_side=options.short_side, max_side=options.max_side
        )
        self.orient_lines = None if options.orientation is None else OrientLine(models[options.orientation])
        self.recognize_text = RecognizeText(models[options.recognizer])

    async def run(self, item: Picture, *, choices: TextChoices | None = None) -> TextResult:
        """Read one picture; what ``choices`` leave open the options say."""
        image = await self.decode.open(item)
        found = await self.detect_text(image)
        with step("crop_lines", items=max(1, len(found))):
            polygons, crops = _cut(image, found)
        if self.orient_lines is not None:
            crops = await self.orient_lines.map(crops)
        readings = await self.recognize_text.map(crops)
        with step("order"):
            return self._result(image, polygons, readings, self.options.chosen(choices).min_score)

    def _result(
        self,
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
            image_id=image.source or ANONYMOUS,
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
