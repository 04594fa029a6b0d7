"""The cards that siseon knows without being told: one TOML file each, in ``cards/``, called as its model is. A card is
read when it is asked for: all of them take longer than the Python of a whole reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from siseon.models.card import ModelCard, load_card

CARDS = Path(__file__).parent / "cards"


@cache
def built_in_cards() -> Mapping[str, ModelCard]:
    """The built-in cards by name, sorted."""
    return _Catalogue()


class _Catalogue(Mapping[str, ModelCard]):
    def __init__(self) -> None:
        self._paths = {path.stem: path for path in sorted(CARDS.glob("*.toml"))}
        self._read: dict[str, ModelCard] = {}

    def __getitem__(self, name: str) -> ModelCard:
        if name not in self._read:
            self._read[name] = load_card(self._paths[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
