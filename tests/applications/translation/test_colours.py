import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.translation.drawn import draw, flat, textured
from siseon.applications.translation.colours import LEAST_CONTRAST, Palette, contrast, legible, measure
from siseon.applications.translation.inpaint import erase
from siseon.applications.translation.mask import find_strokes

COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


def _measured(drawn):
    (strokes,) = find_strokes(drawn.pixels, [drawn.region])
    ground = erase(drawn.pixels, [strokes], "telea")
    return measure(drawn.pixels[strokes.place], ground[strokes.place], strokes.mask, np.random.default_rng(0))


@pytest.mark.parametrize("ink", [(0, 0, 0), (190, 20, 40), (255, 255, 255), (10, 120, 60)])
def test_the_ink_is_the_cluster_that_is_not_the_ground(ink):
    palette = _measured(draw(flat((120, 170, 230)), "Wet paint", (40, 40), ink=ink))

    assert np.abs(np.array(palette.ink) - ink).max() <= 3
    assert palette.outline is None


def test_the_rim_of_letters_is_not_taken_for_their_ink():
    palette = _measured(draw(textured(), "Wet paint", (40, 30), size=48, ink=(255, 230, 0), rim=(10, 10, 80)))

    assert np.abs(np.array(palette.ink) - (255, 230, 0)).max() < 30
    assert np.abs(np.array(palette.outline) - (10, 10, 80)).max() < 60


def test_black_on_white_has_the_contrast_of_the_standard():
    assert float(contrast(np.uint8([0, 0, 0]), np.uint8([255, 255, 255]))) == pytest.approx(21)
    assert float(contrast(np.uint8([118, 118, 118]), np.uint8([255, 255, 255]))) == pytest.approx(
        4.54, abs=0.01
    )


@given(COLOUR, st.none() | COLOUR, st.lists(COLOUR, min_size=1, max_size=20))
def test_what_is_legible_has_contrast_with_its_rim_or_its_ground(ink, outline, ground):
    found = legible(Palette(ink, outline), np.array(ground, np.uint8))

    if found.outline is not None:
        assert float(contrast(np.uint8(found.ink), np.uint8(found.outline))) >= LEAST_CONTRAST
    else:
        # Of a few pixels the darkest and the lightest are the percentiles but one.
        shades = np.array(ground, np.uint8)
        assert (contrast(np.uint8(found.ink), shades) >= LEAST_CONTRAST).sum() >= len(shades) - 2


def test_what_is_legible_stays_as_it_is():
    palette = Palette((190, 20, 40), None)

    assert legible(palette, np.full((50, 3), 255, np.uint8)) == palette


def test_white_on_middling_blue_stays_white_and_gets_a_rim_in_a_shade_of_blue():
    found = legible(Palette((255, 255, 255), None), np.tile(np.uint8([0, 155, 210]), (50, 1)))

    assert found.ink == (255, 255, 255)
    red, _, blue = found.outline
    assert blue > red


def test_pale_letters_on_white_become_darker_in_their_own_hue():
    found = legible(Palette((255, 150, 150), None), np.full((50, 3), 255, np.uint8))

    red, green, _ = found.ink
    assert red > green
    assert found.outline is None
