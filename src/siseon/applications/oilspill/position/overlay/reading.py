"""Reads the overlay of a frame: which layout it is, what its fields say, and the facts that stand up to checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from siseon.applications.oilspill.contracts import FactName
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.overlay.answer import OverlayRead, unfitting, unread
from siseon.applications.oilspill.position.overlay.election import (
    ALL,
    FIRST,
    ONE,
    Elected,
    Said,
    elect,
    is_settled,
    refused,
)
from siseon.applications.oilspill.position.overlay.facts import facts_of
from siseon.applications.oilspill.position.overlay.glyphs import Written, doubted
from siseon.applications.oilspill.position.overlay.grammar import parse
from siseon.applications.oilspill.position.overlay.patterns import SIGNS
from siseon.applications.oilspill.position.overlay.printed import as_written, printed
from siseon.applications.oilspill.position.overlay.template import FieldOfOverlay, Template
from siseon.applications.oilspill.position.overlay.views import cut, flat, narrow, smooth, smooth_and_narrow
from siseon.applications.oilspill.position.refusing import CAMERA, TARGET
from siseon.applications.text import RecognizeText, TextOptions
from siseon.contracts import Image
from siseon.engine import Pipeline, step
from siseon.models import ModelManager

VIEWS: tuple[Callable[[Image], Image], ...] = (lambda field: field, smooth, narrow, smooth_and_narrow, flat)
LEAST_WIDTH = 48
"""Pixels to which lines are padded for the recogniser. It was trained on lines of 320 at least; a field of a few
letters is read as well without, in a third of the time."""
LEAST_ANCHORS = 0.5
"""Share of a template's anchors that must be read."""
LEAST_FIGURES = 0.6
"""Share of a stated template's fields that must be figures where its anchors are not read: no other text is."""
BLURRED = 1 / 6
"""Share of a frame's figures that are not legible, from which on the others are not believed without its neighbours: of
the misread figures of 400 generated frames, all that readers agreed on were in such frames."""
UNWITNESSED: tuple[FactName, ...] = (
    *CAMERA,
    *TARGET,
    "altitude_m",
    "slant_range_m",
    "sight_bearing",
    "platform_heading",
)
"""What is not believed there."""
BLUR = "too much of the frame's text is not legible"
UNWORDED = "words that stand in every frame were not read"


class ReadOverlay(Pipeline[Image, OverlayRead]):
    """Takes a whole frame. Only the regions of a template are looked at, by the recogniser of ``text``: lines of all
    frames that are read at the same time share its batches."""

    def __init__(self, models: ModelManager, templates: Sequence[Template], *, stated: bool = False) -> None:
        """Nothing is loaded before the pipeline is entered.

        Args:
            models: where the recogniser is.
            templates: layouts to look for; the one whose anchors are read is taken.
            stated: somebody has said that the frames have one of these, so that a frame without is refused by name.
        """
        self.templates = tuple(templates)
        self.stated = stated
        self.recognize_text = RecognizeText(
            models[TextOptions().recognizer], signs=SIGNS, min_width=LEAST_WIDTH
        )

    async def run(self, item: Image) -> OverlayRead:
        """Read one frame."""
        template, why, anchors = await self._layout(item)
        said = None if template is None else await self._read(item, template.fields, anchors)
        is_sure = True
        if template is None and self.stated and (likeliest := self._likeliest(item)) is not None:
            said = await self._read(item, likeliest.fields)
            is_sure = _is_legible(likeliest, said)
            template = likeliest if is_sure or _is_legible(likeliest, said, faintly=True) else None
        if template is None or said is None:
            return unread(why, stated=self.stated)
        with step("facts"):  # of a blurred frame a second's work
            return await asyncio.to_thread(_told, item, template, said, is_sure=is_sure)

    async def _layout(self, image: Image) -> tuple[Template | None, str, dict[str, list[Said]]]:
        """The template with the greatest share of its anchors in the frame, or why there is none; and what was read of
        its anchors, by their names."""
        fitting = [template for template in self.templates if template.fits(image.width, image.height)]
        if not fitting:
            return None, unfitting(image.width, image.height), {}
        anchors = [(template, field) for template in fitting for field in template.fields if field.anchor]
        said = await self._read(image, [field for _, field in anchors])
        seen = [
            (template.name, elect(field, one).value is not None)
            for (template, field), one in zip(anchors, said, strict=True)
        ]
        best = max(fitting, key=lambda template: _share(template, seen))
        if _share(best, seen) >= LEAST_ANCHORS:
            own = zip(anchors, said, strict=True)
            return best, "", {field.name: one for (template, field), one in own if template is best}
        return None, f"words that stand in every frame of {best.name} were not read", {}

    def _likeliest(self, image: Image) -> Template | None:
        """The only template of frames of that shape."""
        fitting = [template for template in self.templates if template.fits(image.width, image.height)]
        return fitting[0] if len(fitting) == 1 else None

    async def _read(
        self,
        image: Image,
        fields: Sequence[FieldOfOverlay],
        so_far: Mapping[str, list[Said]] = MappingProxyType({}),
    ) -> list[list[Said]]:
        """Each field in one or two ways, those that are not settled then in all; ``so_far``: what was read already, by
        the names of fields."""
        said: list[list[Said]] = [list(so_far.get(field.name, ())) for field in fields]
        await self._ask(image, fields, said, ONE)
        await self._ask(image, [field if field.fact else None for field in fields], said, FIRST)
        await self._ask(image, fields, said, ALL)
        return said

    async def _ask(
        self, image: Image, fields: Sequence[FieldOfOverlay | None], said: list[list[Said]], count: int
    ) -> None:
        """Add readings up to a count to those of the fields that are not settled by what was said; None: not asked."""
        with step("cut"):
            lines = [
                (index, view(cut(image, field.region)))
                for index, field in enumerate(fields)
                if field is not None and not (said[index] and is_settled(field, said[index]))
                for view in VIEWS[len(said[index]) : count]
            ]
        read = await self.recognize_text.map([line for _, line in lines])
        for (index, _), one in zip(lines, read, strict=True):
            said[index].append(Said(one.text, one.score, one.signs))


def _told(
    image: Image, template: Template, said: Sequence[Sequence[Said]], *, is_sure: bool = True
) -> OverlayRead:
    """What the readings of a frame's fields come to; of a frame that may not have the template only what frames before
    and after it bear out."""
    fields = [elect(field, one) for field, one in zip(template.fields, said, strict=True)]
    fields = _without_doubted(image, fields, said)
    if not is_sure:
        fields = [
            refused(one, its, UNWORDED) if one.field.fact is not None and one.value is not None else one
            for one, its in zip(fields, said, strict=True)
        ]
    elif not _is_clear(fields):
        fields = [
            refused(one, its, BLUR) if one.field.fact in UNWITNESSED and one.value is not None else one
            for one, its in zip(fields, said, strict=True)
        ]
    return OverlayRead(checked(facts_of(template, fields)), template, tuple(fields))


def _without_doubted(
    image: Image, fields: Sequence[Elected], said: Sequence[Sequence[Said]]
) -> list[Elected]:
    """Figures with a digit that is unlike the others of its kind are unsure, and may be what it looks like."""
    figures = [
        number for number, one in enumerate(fields) if one.field.fact is not None and one.value is not None
    ]
    texts = [
        Written(cut(image, one.field.region), printed(one.text, one.field.form))
        for one in (fields[number] for number in figures)
    ]
    out = list(fields)
    for number, looks in doubted(texts).items():
        one = fields[figures[number]]
        instead = parse(as_written(one.text, looks), one.field.form)
        detail = "a digit looks unlike the others of its kind"
        out[figures[number]] = refused(one, said[figures[number]], detail, instead)
    return out


def _is_clear(fields: Sequence[Elected]) -> bool:
    """Whether most of a frame's figures are legible; a field without a digit is not one that could not be read."""
    figures = [one for one in fields if one.field.fact is not None]
    lost = [one for one in figures if one.value is None and any(sign.isdecimal() for sign in one.text)]
    return len(lost) < BLURRED * len(figures)


def _is_legible(template: Template, said: Sequence[Sequence[Said]], *, faintly: bool = False) -> bool:
    """Whether the fields of a frame are what the template says; ``faintly``: or may be."""
    elected = [
        elect(field, one) for field, one in zip(template.fields, said, strict=True) if field.fact is not None
    ]
    figures = [one.value is not None or (faintly and bool(one.candidates)) for one in elected]
    return sum(figures) >= LEAST_FIGURES * len(figures) > 0


def _share(template: Template, seen: Sequence[tuple[str, bool]]) -> float:
    """Of the anchors that were read; a template without any is taken where no other is."""
    own = [read for name, read in seen if name == template.name]
    return sum(own) / len(own) if own else LEAST_ANCHORS
