"""Reads the text in a picture: find lines, straighten them, read them, put them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.text.columns import join_columns
from siseon.applications.text.contracts import Line, Ruby, TextResult, UnreadLine
from siseon.applications.text.crops import crop_line, hardened, is_column
from siseon.applications.text.crowded import is_crowded, parted
from siseon.applications.text.election import Outcome, Voter, elect, is_doubted
from siseon.applications.text.options import DEFAULTS, TextChoices, TextOptions
from siseon.applications.text.order import reading_order
from siseon.applications.text.refusals import SURE, Reading, Reason, refuse
from siseon.applications.text.ruby import bases_of_ruby
from siseon.applications.text.stages import DetectText, OrientLine, RecognizeText
from siseon.applications.text.tesseract import Heard, ReadOtherScripts, installed
from siseon.contracts import Image, Polygon
from siseon.contracts.wire import Ring
from siseon.engine import Pipeline, step
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

POOR = 0.7
"""Score of a column below which its own contrast may do better; above, it only loses small signs."""


class Seen(NamedTuple):
    """A line that the recogniser has read."""

    polygon: Polygon
    crop: Image
    """Straightened."""
    reading: Reading


class Text(Pipeline[Picture, TextResult]):
    """The embedded default: its weights come with a dependency."""

    def __init__(
        self, models: ModelManager, options: TextOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Choose the models; nothing is loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.detect_text = DetectText(
            models[options.detector],
            short_side=options.short_side,
            max_side=options.max_side,
            max_enlargement=options.max_enlargement,
        )
        self.orient_lines = None if options.orientation is None else OrientLine(models[options.orientation])
        self.recognize_text = RecognizeText(models[options.recognizer])
        self.read_other_scripts = _other_scripts(options.other_scripts, late=not models.warm_ups)

    async def run(self, item: Picture, *, choices: TextChoices | None = None) -> TextResult:
        """Read one picture; what ``choices`` leave open the options say."""
        image = await self.decode.open(item)
        found = join_columns(await self.detect_text(image))
        with step("crop_lines", items=max(1, len(found))):
            polygons, crops = _cut(image, found)
        if self.orient_lines is not None:
            crops = await self.orient_lines.map(crops)
        lines = await self._parted(image, await self._read(polygons, crops))
        readings = [line.reading for line in lines]
        reasons = refuse(
            readings,
            [line.polygon.area for line in lines],
            self.options.chosen(choices).min_score,
            greek="Greek" in self.recognize_text.scripts,
        )
        heard = await self._hear(lines, reasons)
        with step("order"):
            voters = [Voter(*one) for one in zip(readings, reasons, heard, strict=True)]
            return self._result(image, [line.polygon for line in lines], elect(voters))

    @property
    def _scripts(self) -> tuple[str, ...]:
        others = () if self.read_other_scripts is None else self.read_other_scripts.scripts
        return tuple(dict.fromkeys((*self.recognize_text.scripts, *others)))

    async def _read(self, polygons: Sequence[Polygon], crops: Sequence[Image]) -> list[Seen]:
        """Columns that are poorly read are looked at again in their own contrast."""
        readings = list(await self.recognize_text.map(crops))
        poor = [
            index
            for index, (polygon, reading) in enumerate(zip(polygons, readings, strict=True))
            if reading.score < POOR and is_column(polygon)
        ]
        again = await self.recognize_text.map([hardened(crops[index]) for index in poor])
        for index, second in zip(poor, again, strict=True):
            readings[index] = max(readings[index], second, key=lambda reading: reading.score)
        return [Seen(*one) for one in zip(polygons, crops, readings, strict=True)]

    async def _parted(self, image: Image, lines: Sequence[Seen]) -> list[Seen]:
        """With each line that is several put in their place, where these are surely read."""
        out: list[Seen] = []
        for line in lines:
            parts: list[Seen] = []
            if is_crowded(line.crop, line.reading.text):
                parts = await self._read(*_cut(image, parted(line.crop, image.frame)))
            out += parts if parts and all(part.reading.score >= SURE for part in parts) else [line]
        return out

    async def _hear(self, lines: Sequence[Seen], reasons: Sequence[Reason | None]) -> list[Heard]:
        """What other models read where the recogniser's reading is doubted; nothing for all others.

        Columns are not asked for: the others' scripts are written in rows.
        """
        heard: list[Heard] = [()] * len(lines)
        if self.read_other_scripts is None:
            return heard
        asked = [
            index
            for index, (line, reason) in enumerate(zip(lines, reasons, strict=True))
            if is_doubted(line.reading, reason) and not is_column(line.polygon)
        ]
        answers = await self.read_other_scripts.map([lines[index].crop for index in asked], fallback=())
        for index, answer in zip(asked, answers, strict=True):
            heard[index] = answer
        return heard

    def _result(self, image: Image, polygons: Sequence[Polygon], outcomes: Sequence[Outcome]) -> TextResult:
        rings = [_ring(polygon, image) for polygon in polygons]
        bases = bases_of_ruby(polygons, [outcome.given for outcome in outcomes])
        ruby: dict[int, list[Ruby]] = {}
        for ring, base, outcome in zip(rings, bases, outcomes, strict=True):
            if base is not None:
                ruby.setdefault(base, []).append(Ruby(polygon=ring, text=outcome.given, score=outcome.score))
        root = image.frame.root_frame
        lines, unread = [], []
        for index in (index for index in reading_order(polygons) if bases[index] is None):
            text, score, reason, reader = outcomes[index]
            if reason is None:
                lines.append(
                    Line(
                        polygon=rings[index],
                        text=text,
                        score=score,
                        reader=reader or self.options.recognizer,
                        ruby=tuple(ruby.get(index, ())),
                    )
                )
            else:
                unread.append(UnreadLine(polygon=rings[index], score=score, reason=reason))
        return TextResult(
            image_id=image.source or ANONYMOUS,
            width=root.width,
            height=root.height,
            lines=tuple(lines),
            unread=tuple(unread),
            scripts=self._scripts,
        )


def _other_scripts(packs: tuple[str, ...], *, late: bool) -> ReadOtherScripts | None:
    """Packs that are named are asked for, and must be there; ``auto`` does without."""
    if packs == ("none",) or (packs == ("auto",) and not installed()):
        return None
    return ReadOtherScripts(() if packs == ("auto",) else packs, late=late)


def _cut(image: Image, found: Sequence[Polygon]) -> tuple[list[Polygon], list[Image]]:
    """The polygons that are large enough to hold a line, and the pixels of each."""
    pairs = [(polygon, crop) for polygon in found if (crop := crop_line(image, polygon)) is not None]
    return [polygon for polygon, _ in pairs], [crop for _, crop in pairs]


def _ring(polygon: Polygon, image: Image) -> Ring:
    """The closed ring in the original picture; the margin that a strip got is cut off again."""
    inside = np.clip(polygon.points, 0, [image.width, image.height])
    root = image.frame.root_frame
    return tuple((x, y) for x, y in Polygon(inside, image.frame).to(root).ring())
