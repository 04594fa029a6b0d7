"""The built-in cards against what their makers publish."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from siseon.models.catalogue import built_in_cards
from siseon.models.rewrite import rewritten

SCRIPTS = ("korean", "cyrillic", "eslav", "greek", "thai", "devanagari", "arabic")


@pytest.mark.parametrize("script", SCRIPTS)
def test_recognisers_of_scripts_have_the_address_and_the_hash_that_are_published(script) -> None:
    (file,) = built_in_cards()[f"ppocr-v5-{script}"].files
    published = (files("rapidocr") / "default_models.yaml").read_text("utf-8").split()
    if "PP-OCRv5:" not in published:
        pytest.skip("this release of rapidocr publishes others")

    assert file.sha256 is not None
    address = published.index(str(file.sources[0].url))
    assert published[address + 2] == file.sha256


def test_each_card_is_called_as_its_file_and_read_when_it_is_asked_for() -> None:
    cards = built_in_cards()
    assert {name: card.name for name, card in cards.items()} == {name: name for name in cards}
    assert len(cards) > 30


def test_what_reads_lines_has_nothing_in_it_that_is_changed() -> None:
    for path in (files("rapidocr") / "models").iterdir():
        if path.name.endswith(".onnx") and "_rec_" in path.name:
            assert rewritten(Path(str(path))) is None, path.name
