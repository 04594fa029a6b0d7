import numpy as np
import pytest

from applications.translation.drawn import draw, flat, sloped, textured
from siseon.applications.translation.inpaint import erase, inpaint
from siseon.applications.translation.mask import find_strokes, union
from siseon.applications.translation.patches import fill_by_patches

METHODS = ["telea", "navier-stokes", "patches"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "clean", [flat((240, 220, 90)), sloped(), textured()], ids=["flat", "sloped", "textured"]
)
def test_letters_go_and_all_else_stays_bit_for_bit(clean, method):
    drawn = draw(clean, "Wet paint", (40, 40), ink=(0, 0, 0))
    strokes = find_strokes(drawn.pixels, [drawn.region])

    ground = erase(drawn.pixels, strokes, method)

    mask = union(strokes, *drawn.ink.shape)
    assert np.array_equal(ground[~mask], drawn.pixels[~mask])
    before = np.abs(drawn.pixels[drawn.ink].astype(int) - clean[drawn.ink]).mean()
    after = np.abs(ground[drawn.ink].astype(int) - clean[drawn.ink]).mean()
    assert after < before / 4


def test_a_known_ground_is_filled_with_its_colours_whatever_the_method():
    drawn = draw(sloped(), "Wet paint", (40, 40), ink=(255, 255, 255))
    strokes = find_strokes(drawn.pixels, [drawn.region])

    grounds = [erase(drawn.pixels, strokes, method) for method in METHODS]

    assert np.abs(grounds[0].astype(int) - drawn.clean).max() < 4
    assert all(np.array_equal(ground, grounds[0]) for ground in grounds)


def test_patches_continue_stripes_that_diffusion_blurs():
    stripes = np.zeros((96, 160, 3), np.uint8)
    stripes[:, np.arange(160) % 8 < 4] = 255
    hole = np.zeros((96, 160), bool)
    hole[40:56, 40:120] = True
    damaged = stripes.copy()
    damaged[hole] = (255, 0, 0)

    off = {
        method: np.abs(inpaint(damaged, hole, method).astype(int) - stripes)[hole].mean()
        for method in METHODS
    }

    assert off["patches"] < 5
    assert off["patches"] < off["telea"] / 4


@pytest.mark.parametrize("size", [(1, 1), (5, 5), (7, 40), (60, 60)])
def test_patches_fill_pictures_that_have_hardly_a_patch(size):
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 255, (*size, 3), np.uint8)
    hole = rng.random(size) < 0.5
    hole.flat[0] = False

    filled = fill_by_patches(picture, hole)

    assert filled.shape == picture.shape
    assert np.array_equal(filled[~hole], picture[~hole])


@pytest.mark.parametrize("masked", [True, False])
def test_nothing_to_go_by_and_nothing_to_do_leave_the_picture(masked):
    picture = textured(40, 40)

    for method in METHODS:
        assert np.array_equal(inpaint(picture, np.full((40, 40), masked), method), picture)
