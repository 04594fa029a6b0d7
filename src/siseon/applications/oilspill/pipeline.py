"""Finds oil in aerial pictures, and where it is: the sea is looked at while the facts are read; then both meet."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.oilspill.contracts import Georeference, Metadata, OilSpillResult
from siseon.applications.oilspill.georeference import is_over_land
from siseon.applications.oilspill.held import Held
from siseon.applications.oilspill.libraries import load
from siseon.applications.oilspill.options import DEFAULTS, OilSpillChoices, OilSpillOptions
from siseon.applications.oilspill.position.facts import gathered
from siseon.applications.oilspill.position.overlay.answer import OverlayRead, unfitting, unread
from siseon.applications.oilspill.position.overlay.mask import overlay_mask
from siseon.applications.oilspill.position.overlay.template import Template, read_template, shipped
from siseon.applications.oilspill.sea import SeeTheSea
from siseon.applications.oilspill.sea.seen import refusal
from siseon.applications.oilspill.stages import OfFile, Place, ReadFile, Told
from siseon.contracts import Encoded, Image, Mask
from siseon.contracts.wire import MaskRle
from siseon.engine import Pipeline, step, warn
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

if TYPE_CHECKING:
    from siseon.applications.oilspill.position.overlay.reading import ReadOverlay

OVERLAY = "read_overlay"
ALL, NO_TEMPLATE = ("all",), ("none",)


class OilSpill(Pipeline[Picture, OilSpillResult]):
    """One picture at a time; what many of a flight say together is ``flight``'s."""

    def __init__(
        self,
        models: ModelManager,
        options: OilSpillOptions = DEFAULTS,
        *,
        bounds: MediaBounds = DEFAULT_BOUNDS,
    ) -> None:
        """Nothing is loaded before the pipeline is entered; for a lone request, as the model manager knows it, nothing
        that its picture does not need.

        Raises:
            InputError: a template that cannot be read.
        """
        self.options = options
        self._models = models
        self._is_lone = not models.warm_ups
        self.decode = Decode(bounds=bounds)
        self.see = SeeTheSea(models[options.network])
        self.read_file = ReadFile(None if options.sidecar is None else Path(options.sidecar))
        self._layouts = layouts(options)
        self.read_overlay = overlay_reader(models, options) if self._layouts and not self._is_lone else None
        self.place = Place(at_once=not self._is_lone)

    async def run(self, item: Picture, *, choices: OilSpillChoices | None = None) -> OilSpillResult:
        """Find the oil of one picture."""
        image = await self.decode.open(item)
        file = item if isinstance(item, Encoded) else None
        of_file = OfFile(file, image.source, image.width, image.height)
        stated = self.options.chosen(choices).stated()
        seen, told, overlay = await asyncio.gather(
            self.see(image), self._told(of_file, stated), self._overlay(image)
        )
        for note in told.notes:
            warn(note)
        with step("gather"):
            metadata = gathered((*told.sources, overlay.metadata, stated))
            if overlay.template is not None:
                seen = seen.without(overlay_mask(overlay.template, image.width, image.height))
            if is_over_land(metadata):
                seen = refusal(image.width, image.height, "not_the_sea")
        placed = await self.place((seen, metadata))
        root, where = image.frame.root_frame, placed.georeference
        with step("answer"):
            result = OilSpillResult(
                image_id=image.source or ANONYMOUS,
                width=root.width,
                height=root.height,
                refused=seen.refused,
                verdict=seen.verdict,
                mask=MaskRle.model_validate(Mask.encode(seen.oil, image.frame).to_wire()),
                cover=seen.cover(),
                slicks=placed.slicks,
                metadata=metadata,
                time=_time(metadata),
                georeference=where if isinstance(where, Georeference) else None,
                no_position=where if isinstance(where, str) else None,
            )
        wanted = self.options.cloud_optimised, self.options.quicklook
        return result.holding(Held(image, seen.classes, self.see.colours, *wanted))

    async def _told(self, of_file: OfFile, stated: Metadata) -> Told:
        told = await self.read_file(of_file)
        if self._is_lone and any(one.facts for one in (*told.sources, stated)):
            await asyncio.to_thread(load)  # while the sea is looked at: the picture is likely to have a place
        return told

    async def _overlay(self, image: Image) -> OverlayRead:
        if self.read_overlay is not None:
            return await self.read_overlay.run(image)
        if not self._layouts:
            return OverlayRead(Metadata())
        if not any(one.fits(image.width, image.height) for one in self._layouts):
            return unread(unfitting(image.width, image.height), stated=self.options.templates != ALL)
        reader = await asyncio.to_thread(overlay_reader, self._models, self.options)
        if reader is None:
            return OverlayRead(Metadata())
        reader.recognize_text.name = f"{OVERLAY}.{reader.recognize_text.name}"  # as where it is held
        async with reader:
            read = await reader.run(image)
        if read.metadata.facts:
            await asyncio.to_thread(load)
        return read


def overlay_reader(models: ModelManager, options: OilSpillOptions) -> ReadOverlay | None:
    """What reads the layouts that the options name, not started; None where they name none.

    Raises:
        InputError: a template that cannot be read.
    """
    known = layouts(options)
    if not known:
        return None
    from siseon.applications.oilspill.position.overlay.reading import ReadOverlay

    return ReadOverlay(models, known, stated=options.templates != ALL)


def layouts(options: OilSpillOptions) -> list[Template]:
    """Those that the options name.

    Raises:
        InputError: a template that cannot be read.
    """
    names = () if options.templates == NO_TEMPLATE else options.templates
    return [read_template(name) for name in (shipped() if names == ALL else names)]


def _time(metadata: Metadata) -> datetime | None:
    seconds = metadata.value("time")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
