import numpy as np
import pytest

from siseon.applications.translation.generated import page, pages
from siseon.applications.translation.generated.texts import EVERYTHING, LANGUAGES, glossary
from siseon.applications.translation.tiles import bucket


def test_the_first_pages_are_posters_and_comics_long_and_short_in_many_languages():
    made = list(pages(8, "development"))

    assert {bucket(one.pixels.shape[1], one.pixels.shape[0]) for one in made} == {"short", "long"}
    assert {block.language for one in made for block in one.blocks} == set(LANGUAGES)
    assert any(block.vertical for one in made for block in one.blocks)
    assert {block.ground for one in made for block in one.blocks} == {"plain", "slope", "texture"}
    assert all(3 <= len(one.blocks) <= 12 for one in made)


@pytest.mark.parametrize("split", ["development", "evaluation"])
@pytest.mark.parametrize("number", [0, 1, 3, 6])
def test_letters_are_all_that_the_page_has_and_the_clean_page_has_not(number, split):
    made = page(number, split, seed=2)

    ink = np.logical_or.reduce([block.ink for block in made.blocks])
    off = np.abs(made.pixels.astype(int) - made.clean).max(axis=2)
    assert off[~ink].max() <= 8 * len(made.blocks)
    assert off[ink].min() > 8
    for block in made.blocks:
        y, x = np.nonzero(block.ink)
        (left, top), (right, bottom) = block.corners.min(axis=0), block.corners.max(axis=0)
        assert (x.min() >= left - 2, x.max() <= right + 3, y.min() >= top - 2, y.max() <= bottom + 3) == (
            True,
        ) * 4
        assert "".join(block.lines).replace(" ", "") == block.text.replace(" ", "")


def test_a_page_is_a_function_of_its_numbers():
    assert np.array_equal(page(3, "evaluation", seed=1).pixels, page(3, "evaluation", seed=1).pixels)
    assert not np.array_equal(page(3, "evaluation", seed=1).pixels, page(3, "evaluation", seed=2).pixels)


def test_every_text_is_known_in_every_language():
    assert all(len(glossary(target)) == len(EVERYTHING) * (len(LANGUAGES) - 1) for target in LANGUAGES)
