"""Built-in label maps: names in the order of a model's outputs."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from siseon.contracts import FailureCode, LabelMap, ModelError
from siseon.models.card import ModelCard

BUILT_IN = ("coco80", "coco90", "imagenet1k")
"""``coco90``: by COCO's own category ids less 1; ten of the names were never annotated."""


@cache
def built_in_labels(name: str) -> LabelMap:
    """The label map ``coco80``, ``coco90`` or ``imagenet1k``.

    Raises:
        ModelError: there is no such map.
    """
    if name not in BUILT_IN:
        raise ModelError(
            f"there is no label map {name!r}",
            code=FailureCode.model_load_failed,
            hint=f"use one of {', '.join(BUILT_IN)}, or write the labels into the card",
        )
    text = (files("siseon.models") / "label_maps" / f"{name}.txt").read_text(encoding="utf-8")
    return LabelMap(tuple(text.removesuffix("\n").split("\n")), name)


def label_map(card: ModelCard) -> LabelMap:
    """The labels of a card."""
    if isinstance(card.labels, str):
        return built_in_labels(card.labels)
    return LabelMap(card.labels, card.name)
