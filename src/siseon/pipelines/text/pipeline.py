"""Reads the text in a picture: find lines, straighten them, read them, put them in order."""

from __future__ import annotations

from siseon.contracts import Encoded, Image, Polygon
from siseon.engine import Pipeline, step, warn
from siseon.models import ModelManager
from siseon.pipelines.decode import Decode
from siseon.pipelines.text.contracts import Line, TextResult, UnreadLine
from siseon.pipelines.text.crops import crop_line
from siseon.pipelines.text.ctc import Reading
from siseon.pipelines.text.order import reading_order
from siseon.pipelines.text.stages import DetectText, OrientLine, RecognizeText

SCRIPTS = ("Latin", "Han", "Hiragana", "Katakana", "Greek")
"""What PP-OCRv6 small reads; its classes hold no Hangul, Cyrillic, Arabic or Indic letters."""

LEAST_DENSITY = 0.25
"""Characters for each line height of length. Latin has about two, Han one; the network answers a script that it
does not know with blanks and a stop or two, surely: on the Cyrillic lines of the test set 0.15 and 0.09."""


class Text(Pipeline[Encoded | Image, TextResult]):
    """The embedded default: its weights come with a dependency."""

    def __init__(
        self,
        models: ModelManager,
        *,
        detector: str = "ppocr-v6-det",
        recognizer: str = "ppocr-v6-rec",
        orientation: str | None = None,
        short_side: int = 736,
        max_side: int = 2000,
        min_score: float = 0.65,
    ) -> None:
        """Store the parts; nothing is loaded before the pipeline is entered.

        Args:
            models: where the models come from.
            detector: name of a card with the ``db`` decoder.
            recognizer: name of a card with the ``ctc`` decoder.
            orientation: ``ppocr-v2-orientation`` turns lines that stand on their heads.
            short_side: pixels to which the short side of smaller pictures is scaled up for the detector;
                smaller is faster and loses small print.
            max_side: pixels to which the long side of the detector's input is held; bounds its memory.
            min_score: lines below are returned as unread, without a guess. On the test pictures every reading
                between 0.5, the field's usual bound, and 0.65 but one was wrong.
        """
        self.min_score = min_score
        self.decode = Decode()
        self.detect_text = DetectText(models[detector], short_side=short_side, max_side=max_side)
        self.orient_lines = None if orientation is None else OrientLine(models[orientation])
        self.recognize_text = RecognizeText(models[recognizer])

    async def run(self, item: Encoded | Image) -> TextResult:
        """Read one picture."""
        image = item if isinstance(item, Image) else await self.decode(item)
        for note in image.notes:
            warn(note)
        polygons = await self.detect_text(image)
        with step("crop_lines", items=max(1, len(polygons))):
            found = [(p, crop) for p in polygons if (crop := crop_line(image, p)) is not None]
        crops = [crop for _, crop in found]
        if self.orient_lines is not None:
            crops = await self.orient_lines.map(crops)
        readings = await self.recognize_text.map(crops)
        with step("order"):
            return self._result(item, image, [polygon for polygon, _ in found], crops, readings)

    def _result(
        self,
        item: Encoded | Image,
        image: Image,
        polygons: list[Polygon],
        crops: list[Image],
        readings: list[Reading],
    ) -> TextResult:
        lines, unread = [], []
        root = image.frame.root_frame
        for index in reading_order(polygons):
            ring = tuple((x, y) for x, y in polygons[index].to(root).ring())
            reading = readings[index]
            score = min(1.0, reading.score)
            if score < self.min_score:
                unread.append(UnreadLine(polygon=ring, score=score, reason="low_confidence"))
            elif _density(reading.text, crops[index]) < LEAST_DENSITY:
                unread.append(UnreadLine(polygon=ring, score=score, reason="unknown_script"))
            else:
                lines.append(Line(polygon=ring, text=reading.text.strip(), score=score))
        return TextResult(
            image_id=item.name if isinstance(item, Encoded) else image.source or "anonymous",
            width=root.width,
            height=root.height,
            lines=tuple(lines),
            unread=tuple(unread),
            scripts=SCRIPTS,
        )


def _density(text: str, crop: Image) -> float:
    """Visible characters for each line height of length."""
    return len("".join(text.split())) * crop.height / crop.width
