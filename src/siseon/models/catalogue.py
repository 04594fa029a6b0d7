"""The cards that siseon knows without being told: one TOML file each, in ``cards/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from siseon.models.card import ModelCard, load_card

CARDS = Path(__file__).parent / "cards"


@cache
def built_in_cards() -> dict[str, ModelCard]:
    """The built-in cards by name, sorted."""
    cards = [load_card(path) for path in sorted(CARDS.glob("*.toml"))]
    return {card.name: card for card in cards}
