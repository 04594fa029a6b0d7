import numpy as np
import pytest

from applications.translation.drawn import draw, textured
from siseon.applications.translation.denoise import denoised
from siseon.applications.translation.inpaint import erase
from siseon.applications.translation.mask import find_strokes, union


@pytest.mark.parametrize("method", ["bilateral", "non-local-means"])
def test_grain_goes_and_edges_stay(method):
    rng = np.random.default_rng(1)
    clean = np.full((60, 80, 3), 60, np.uint8)
    clean[:, 40:] = 190
    noisy = np.clip(clean + rng.normal(0, 6, clean.shape), 0, 255).astype(np.uint8)

    quiet = denoised(noisy, method)

    assert np.abs(quiet.astype(int) - clean).mean() < 0.7 * np.abs(noisy.astype(int) - clean).mean()
    assert (quiet[:, 41].mean() - quiet[:, 38].mean()) > 100


def test_the_picture_outside_of_letters_keeps_its_grain():
    drawn = draw(textured(), "Wet paint", (40, 40), ink=(255, 255, 255))
    strokes = find_strokes(drawn.pixels, [drawn.region])

    ground = erase(drawn.pixels, strokes, "telea", denoising="bilateral")

    mask = union(strokes, *drawn.ink.shape)
    assert np.array_equal(ground[~mask], drawn.pixels[~mask])
    assert not np.array_equal(ground, erase(drawn.pixels, strokes, "telea"))


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 2)])
@pytest.mark.parametrize("method", ["none", "bilateral", "non-local-means"])
def test_tiny_patches_are_no_trouble(size, method):
    assert denoised(np.full((*size, 3), 9, np.uint8), method).shape == (*size, 3)
