"""A card that is written can be read, whatever words a stranger gave it."""

from __future__ import annotations

import pytest

from siseon.models.card import ModelCard, OutputSpec, WeightFile, load_card
from siseon.models.card_toml import card_toml


@pytest.mark.parametrize("words", ["DEL \x7f", "NUL \0", 'quotes " \\ \n\t', "\u2028 \x85 😀"])
def test_words_of_any_characters_come_back(tmp_path, words: str) -> None:
    card = ModelCard(
        name="mine",
        version="1",
        licence="MIT",
        task="classify",
        files=(WeightFile(name="w.onnx"),),
        output=OutputSpec(decoder="logits"),
        description=words,
    )
    path = tmp_path / "card.toml"
    path.write_text(card_toml(card), encoding="utf-8")
    assert load_card(path).description == words
