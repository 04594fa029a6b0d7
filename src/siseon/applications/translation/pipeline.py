"""Translates a picture: read → translate ∥ (strokes → erase) → join → render → write."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.text import Text
from siseon.applications.translation.by_network import Paint, holes, put_back
from siseon.applications.translation.contracts import TextRegion, TranslationResult
from siseon.applications.translation.edits import find_edits, read_edits, where_it_stood
from siseon.applications.translation.mask import Strokes
from siseon.applications.translation.options import (
    DEFAULTS,
    TranslationChoices,
    TranslationOptions,
    split_term,
)
from siseon.applications.translation.reading import read_in_tiles
from siseon.applications.translation.render import Rendered
from siseon.applications.translation.stages import (
    Erase,
    FindRegions,
    FindStrokes,
    Found,
    Inked,
    Joined,
    Pixels,
    Render,
    Written,
)
from siseon.applications.translation.tiles import Bucket, bucket
from siseon.applications.translation.translate import prepared, translated
from siseon.applications.translation.translators.asking import Asking
from siseon.applications.translation.translators.choose import chosen_translator
from siseon.applications.translation.translators.glossary import Glossary
from siseon.applications.translation.write import Made, Write
from siseon.contracts import Encoded, Image, InputError, SiseonError
from siseon.engine import Pipeline, degrade, step, warn
from siseon.engine.machine import cores
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

NETWORK = ("chat", "deepl")
"""Translators that are waited for. With the others everything computes on these cores: of 23 pages the total is the
same with three under way as with six, and the first one is there in 1.6 times of what it takes alone, not in 2.3."""
RIGHT_TO_LEFT = {"auto": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True, eq=False)
class Erased:
    """A picture without letters."""

    strokes: Mapping[int, Strokes]
    """The letters that stood there, by the number of their region."""
    ground: Pixels


class Translation(Pipeline[Picture, TranslationResult]):
    """Every part that is missing costs its texts, never the picture: what is not translated keeps its pixels."""

    def __init__(
        self,
        models: ModelManager,
        options: TranslationOptions = DEFAULTS,
        *,
        bounds: MediaBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Choose the models and the translator; nothing is loaded before the pipeline is entered."""
        self.options = options
        self.text = Text(models, options, bounds=bounds)
        self.decode = Decode(bounds=bounds)
        self.find_regions = FindRegions()
        self.translator = chosen_translator(options)
        self.asking = Asking(self.translator)
        if options.translator not in NETWORK:
            self.max_at_work = cores() + 1
        self.find_strokes = FindStrokes()
        self.erase = Erase()
        self.paint = None if options.inpainter is None else Paint(models[options.inpainter])
        self._check_painter(options)
        self.render = Render()
        self.write = Write(bounds)

    async def run(self, item: Picture, *, choices: TranslationChoices | None = None) -> TranslationResult:
        """Translate one picture; what ``choices`` leave open the options say."""
        options = self.options.chosen(choices)
        self._check_painter(options)
        image = await self.decode.open(item)
        if image.frame.parent is not None:  # a crop is a picture of its own here
            image = Image.from_array(image.pixels, image.source)
        page = None if options.edits is None else await self._edited(image, options.edits)
        if page is None:
            page, erased = await self._read_and_translated(image, options)
        else:
            places = {n: where_it_stood(one) for n, one in enumerate(page.regions) if one.translated}
            erased = await self._erased(image, places, options)
        page, rendered = await self._rendered(image, page, erased)
        del erased  # a picture as large as the one that came
        original = item if isinstance(item, Encoded) else None
        written = await self.write(Made(original, image, rendered))
        if written.off:
            warn(
                f"the JPEG was written again: pixels that were not changed are off by {written.mean_off:.2f} of 255 on "
                f"average, by {written.off} at most"
            )
        return page.with_picture(written.picture)

    @staticmethod
    async def _edited(image: Image, place: Path) -> TranslationResult | None:
        """What a person wants to stand in the picture; None where nobody said so."""
        with step("read_edits"):
            file = await asyncio.to_thread(find_edits, place, image.source or ANONYMOUS)
            return (
                None if file is None else await asyncio.to_thread(read_edits, file, image.width, image.height)
            )

    async def _read_and_translated(
        self, image: Image, options: TranslationOptions
    ) -> tuple[TranslationResult, Erased | None]:
        """What stands in a picture, with its translations; meanwhile its letters are erased."""
        glossary = Glossary({**options.glossary, **dict(map(split_term, options.terms))})
        read = await read_in_tiles(self.text, image, options)
        found = await self.find_regions(Found(image, read.lines, RIGHT_TO_LEFT[options.right_to_left]))
        regions = prepared(found, self.asking, options.source, options.target, glossary)
        places = {number: region for number, region in enumerate(regions) if region.why_not is None}
        async with asyncio.TaskGroup() as group:
            texts = group.create_task(translated(regions, self.asking, options.target, glossary))
            erased = group.create_task(self._erased(image, places, options))
        page = TranslationResult(
            image_id=image.source or ANONYMOUS,
            width=image.width,
            height=image.height,
            target=options.target,
            translator=None if self.asking.translator is None else self.asking.translator.name,
            bucket=bucket(image.width, image.height),
            regions=tuple(texts.result()),
            unread=read.unread,
        )
        return page, erased.result()

    async def _erased(
        self, image: Image, places: Mapping[int, TextRegion], options: TranslationOptions
    ) -> Erased | None:
        """The picture without the letters of the regions of these numbers; None without any, or where it failed."""
        if not places:
            return None
        try:
            strokes = await self.find_strokes(Written(image, tuple(places.values())))
            kind = bucket(image.width, image.height)
            ground = await self.erase(Inked(image, tuple(strokes), options.inpaint, options.denoise, kind))
            if options.inpaint == "network" and self.paint is not None:
                await self._painted(self.paint, ground, strokes, kind)
        except SiseonError as failed:
            degrade("erase", failed.code)
            return None
        return Erased(dict(zip(places, strokes, strict=True)), ground)

    def _check_painter(self, options: TranslationOptions) -> None:
        if options.inpaint == "network" and self.paint is None:
            raise InputError(
                "inpaint=network needs a network that paints, and none is set",
                hint="set inpainter to the name of its card, or inpaint to telea",
            )

    @staticmethod
    async def _painted(paint: Paint, ground: Pixels, strokes: Sequence[Strokes], kind: Bucket) -> None:
        """Paint the grounds that are not known, in place."""
        windows = await asyncio.to_thread(holes, ground, strokes, paint.size, kind)
        painted = await paint.map(windows)
        await asyncio.to_thread(put_back, ground, strokes, windows, painted)

    async def _rendered(
        self, image: Image, page: TranslationResult, erased: Erased | None
    ) -> tuple[TranslationResult, Rendered | None]:
        """The page as it stands in the picture in the end, and that picture; None where nothing is changed."""
        numbers = [number for number, region in enumerate(page.regions) if region.translated]
        if not numbers:
            return page, None
        chosen = [page.regions[number] for number in numbers]
        rendered = None if erased is None else await self._set(image, page.target, chosen, erased, numbers)
        done = [_failed(region) for region in chosen] if rendered is None else rendered.regions
        regions = list(page.regions)
        for number, region in zip(numbers, done, strict=True):
            regions[number] = region
        return page.model_copy(update={"regions": tuple(regions)}), rendered

    async def _set(
        self, image: Image, target: str, regions: Sequence[TextRegion], erased: Erased, numbers: Sequence[int]
    ) -> Rendered | None:
        strokes = tuple(erased.strokes[number] for number in numbers)
        try:
            rendered = await self.render(Joined(image, erased.ground, tuple(regions), strokes, target))
        except SiseonError as failed:
            degrade("render", failed.code)
            return None
        for package in rendered.packages:
            warn(f"a font is missing, some texts stay as they are: apt install {package}")
            degrade("render", "no_font")
        if rendered.left_out:
            warn(f"no font has these signs, they are left out of the texts: {rendered.left_out}")
        return rendered


def _failed(region: TextRegion) -> TextRegion:
    return region.model_copy(update={"translated": None, "why_not": "failed"})
