"""Reads the overlay of a frame: which layout it is, what its fields say, and the facts that stand up to checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from siseon.applications.oilspill.contracts import Metadata, RefusedFact
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.overlay.election import (
    ALL,
    FIRST,
    Elected,
    Said,
    elect,
    is_settled,
)
from siseon.applications.oilspill.position.overlay.facts import facts_of
from siseon.applications.oilspill.position.overlay.glyphs import Written, doubted
from siseon.applications.oilspill.position.overlay.template import FieldOfOverlay, Template
from siseon.applications.oilspill.position.overlay.views import cut, flat, narrow, wide
from siseon.applications.oilspill.position.refusing import CAMERA
from siseon.applications.text import RecognizeText, TextOptions
from siseon.contracts import Image
from siseon.engine import Pipeline, step
from siseon.models import ModelManager

VIEWS: tuple[Callable[[Image], Image], ...] = (lambda field: field, narrow, wide, flat)
LEAST_ANCHORS = 0.5
"""Share of a template's anchors that must be read."""


@dataclass(frozen=True, slots=True)
class OverlayRead:
    """What was burned into a frame."""

    metadata: Metadata
    template: Template | None = None
    """None: it has none of the known layouts."""
    fields: tuple[Elected, ...] = ()
    """In the order of the template."""


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
        self.recognize_text = RecognizeText(models[TextOptions().recognizer])

    async def run(self, item: Image) -> OverlayRead:
        """Read one frame."""
        template, why = await self._layout(item)
        if template is None:
            refused = tuple(
                RefusedFact(name=name, reason="not_found", source="overlay", detail=why)
                for name in CAMERA
                if self.stated
            )
            return OverlayRead(Metadata(refused=refused))
        said = await self._read(item, template.fields)
        with step("facts"):
            fields = [elect(field, one) for field, one in zip(template.fields, said, strict=True)]
            fields = _without_doubted(item, fields)
            return OverlayRead(checked(facts_of(template, fields)), template, tuple(fields))

    async def _layout(self, image: Image) -> tuple[Template | None, str]:
        """The template with the greatest share of its anchors in the frame; or why there is none."""
        fitting = [template for template in self.templates if template.fits(image.width, image.height)]
        if not fitting:
            return None, f"no template is of frames of {image.width} × {image.height}"
        anchors = [(template, field) for template in fitting for field in template.fields if field.anchor]
        said = await self._read(image, [field for _, field in anchors])
        seen = [
            (template.name, elect(field, one).value is not None)
            for (template, field), one in zip(anchors, said, strict=True)
        ]
        best = max(fitting, key=lambda template: _share(template, seen))
        if _share(best, seen) >= LEAST_ANCHORS:
            return best, ""
        return None, f"words that stand in every frame of {best.name} were not read"

    async def _read(self, image: Image, fields: Sequence[FieldOfOverlay]) -> list[list[Said]]:
        """Each field in one or two ways, those that are not settled then in all."""
        said: list[list[Said]] = [[] for _ in fields]
        await self._ask(image, fields, said, lambda field: 1 if field.fact is None else FIRST)
        await self._ask(
            image, fields, said, lambda field: ALL, lambda field, so_far: not is_settled(field, so_far)
        )
        return said

    async def _ask(
        self,
        image: Image,
        fields: Sequence[FieldOfOverlay],
        said: list[list[Said]],
        count: Callable[[FieldOfOverlay], int],
        open_still: Callable[[FieldOfOverlay, list[Said]], bool] = lambda field, so_far: True,
    ) -> None:
        """Add readings up to a count to the fields that are open."""
        with step("cut"):
            lines = [
                (index, view(cut(image, field.region)))
                for index, field in enumerate(fields)
                if open_still(field, said[index])
                for view in VIEWS[len(said[index]) : count(field)]
            ]
        read = await self.recognize_text.map([line for _, line in lines])
        for (index, _), one in zip(lines, read, strict=True):
            said[index].append(Said(one.text, one.score))


def _without_doubted(image: Image, fields: Sequence[Elected]) -> list[Elected]:
    """Figures with a digit that is unlike the others of its kind are unsure."""
    figures = [
        number for number, one in enumerate(fields) if one.field.fact is not None and one.value is not None
    ]
    texts = [
        Written(cut(image, fields[number].field.region), fields[number].text.replace(" ", ""))
        for number in figures
    ]
    wrong = {figures[number] for number in doubted(texts)}
    return [
        replace(one, value=None, reason="unsure") if number in wrong else one
        for number, one in enumerate(fields)
    ]


def _share(template: Template, seen: Sequence[tuple[str, bool]]) -> float:
    """Of the anchors that were read; a template without any is taken where no other is."""
    own = [read for name, read in seen if name == template.name]
    return sum(own) / len(own) if own else LEAST_ANCHORS
