"""Weights that are looked for before the first is loaded: who lacks several is told of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from siseon.contracts import FailureCode, ModelError
from siseon.models.card import ModelCard, WeightFile
from siseon.models.find import INSTEAD, missing, pullable
from siseon.models.model import Model


def expect(models: Iterable[Model]) -> None:
    """Nothing is loaded or verified.

    Raises:
        ModelError: ``model_not_found``, which names every file that is missing and the ways to get them.
    """
    files = [
        (model.card, file) for model in dict.fromkeys(models) if not model.loaded for file in model.absent()
    ]
    if files:
        raise _all_missing(files)


def _all_missing(files: Sequence[tuple[ModelCard, WeightFile]]) -> ModelError:
    if len(files) == 1:
        return missing(*files[0])
    names = ", ".join(f"{card.name!r} ({file.name})" for card, file in files)
    cards = {card.name: card for card, _ in files}
    pulled = " ".join(name for name, card in cards.items() if pullable(card))
    ways = [f"run `siseon models pull {pulled}`"] if pulled else []
    if not all(map(pullable, cards.values())):
        ways.append(f"set SISEON_MODEL_PATH to a folder that holds {'the others' if pulled else 'them'}")
    instead = [INSTEAD[name] for name in cards if name in INSTEAD]
    return ModelError(
        f"the weights of {len(cards)} models are missing: {names}",
        code=FailureCode.model_not_found,
        hint="; or ".join([", and ".join(ways), *instead]),
    )
