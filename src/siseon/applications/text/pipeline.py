"""Reads the text in a picture: find lines, straighten them, read them, put them in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.text.columns import join_columns
from siseon.applications.text.contracts import Line, Ruby, TextResult, UnreadLine
from siseon.applications.text.crops import crop_line, is_column
from siseon.applications.text.options import DEFAULTS, TextChoices, TextOptions
from siseon.applications.text.order import reading_order
from siseon.applications.text.refusals import SURE as SURE_OF_ITSELF
from siseon.applications.text.refusals import Reading, Reason, could_be_another_script, refuse
from siseon.applications.text.ruby import bases_of_ruby
from siseon.applications.text.stages import DetectText, OrientLine, RecognizeText
from siseon.applications.text.tesseract import (
    PREFIX,
    SURE,
    SURE_OF_TWINS,
    SURE_OF_UNSURE,
    ReadOtherScripts,
    Reread,
    installed,
)
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
        self.read_other_scripts = _other_scripts(options.other_scripts)

    async def run(self, item: Picture, *, choices: TextChoices | None = None) -> TextResult:
        """Read one picture; what ``choices`` leave open the options say."""
        image = await self.decode.open(item)
        found = join_columns(await self.detect_text(image))
        with step("crop_lines", items=max(1, len(found))):
            polygons, crops = _cut(image, found)
        if self.orient_lines is not None:
            crops = await self.orient_lines.map(crops)
        readings = await self.recognize_text.map(crops)
        reasons = refuse(
            readings,
            [polygon.area for polygon in polygons],
            self.options.chosen(choices).min_score,
            greek="Greek" in self.recognize_text.scripts,
        )
        reread = await self._reread(polygons, crops, readings, reasons)
        with step("order"):
            return self._result(
                image, polygons, [_outcome(*one) for one in zip(readings, reasons, reread, strict=True)]
            )

    @property
    def _scripts(self) -> tuple[str, ...]:
        others = () if self.read_other_scripts is None else self.read_other_scripts.scripts
        return tuple(dict.fromkeys((*self.recognize_text.scripts, *others)))

    async def _reread(
        self,
        polygons: Sequence[Polygon],
        crops: Sequence[Image],
        readings: Sequence[Reading],
        reasons: Sequence[Reason | None],
    ) -> list[Reread | None]:
        """What other models read where the recogniser's reading is refused, not sure, or could be another script's.

        Columns are not asked for: the others' scripts are written in rows.
        """
        found: list[Reread | None] = [None] * len(crops)
        if self.read_other_scripts is None:
            return found
        least = [
            None if is_column(polygon) else _least_confidence(reading, reason)
            for polygon, reading, reason in zip(polygons, readings, reasons, strict=True)
        ]
        asked = [index for index, confidence in enumerate(least) if confidence is not None]
        answers = await self.read_other_scripts.map([crops[index] for index in asked], fallback=None)
        for index, answer in zip(asked, answers, strict=True):
            if answer is not None and answer.score >= (least[index] or 0.0):
                found[index] = answer
        return found

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


class Outcome(NamedTuple):
    """What became of one line."""

    text: str
    score: float
    reason: Reason | None
    """Why the text is not given out."""
    reader: str | None
    """None: the recogniser."""

    @property
    def given(self) -> str | None:
        """The text, unless it is refused."""
        return self.text if self.reason is None else None


def _other_scripts(packs: tuple[str, ...]) -> ReadOtherScripts | None:
    """Packs that are named are asked for, and must be there; ``auto`` does without."""
    if packs == ("none",) or (packs == ("auto",) and not installed()):
        return None
    return ReadOtherScripts() if packs == ("auto",) else ReadOtherScripts(packs)


def _least_confidence(reading: Reading, reason: Reason | None) -> float | None:
    """From which another model's reading is better than this one; None where no other is asked."""
    if reason is not None:
        return SURE
    if could_be_another_script(reading.text):
        return SURE_OF_TWINS
    return SURE_OF_UNSURE if reading.score < SURE_OF_ITSELF else None


def _outcome(reading: Reading, reason: Reason | None, reread: Reread | None) -> Outcome:
    if reread is None:
        return Outcome(reading.text.strip(), reading.score, reason, None)
    return Outcome(reread.text, reread.score, None, PREFIX + reread.model)


def _cut(image: Image, found: Sequence[Polygon]) -> tuple[list[Polygon], list[Image]]:
    """The polygons that are large enough to hold a line, and the pixels of each."""
    pairs = [(polygon, crop) for polygon in found if (crop := crop_line(image, polygon)) is not None]
    return [polygon for polygon, _ in pairs], [crop for _, crop in pairs]


def _ring(polygon: Polygon, image: Image) -> Ring:
    """The closed ring in the original picture; the margin that a strip got is cut off again."""
    inside = np.clip(polygon.points, 0, [image.width, image.height])
    root = image.frame.root_frame
    return tuple((x, y) for x, y in Polygon(inside, image.frame).to(root).ring())
