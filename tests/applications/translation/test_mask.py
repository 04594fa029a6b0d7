import cv2
import numpy as np
import pytest

from applications.translation.drawn import draw, flat, sloped, textured
from siseon.applications.translation.contracts import TextRegion
from siseon.applications.translation.mask import find_strokes, union

GROUNDS = {"flat": flat(), "dark": flat((20, 30, 60)), "sloped": sloped(), "textured": textured()}
INKS = {"flat": (200, 0, 0), "dark": (255, 240, 200), "sloped": (255, 255, 255), "textured": (255, 255, 255)}


@pytest.mark.parametrize("name", GROUNDS)
def test_strokes_are_found_and_the_ground_is_named(name):
    drawn = draw(
        GROUNDS[name],
        "Wet paint\nkeep off",
        (40, 20),
        ink=INKS[name],
        rim=(0, 0, 0) if name == "textured" else None,
    )

    (strokes,) = find_strokes(drawn.pixels, [drawn.region])

    assert strokes.kind == ("flat" if name == "dark" else name)
    mask = union([strokes], *drawn.ink.shape)
    assert mask[drawn.ink].mean() > 0.98
    assert mask.mean() < 3.5 * drawn.ink.mean(), "strokes, not boxes"


@pytest.mark.parametrize("name", ["flat", "dark", "sloped"])
def test_the_colours_of_a_known_ground_are_told(name):
    drawn = draw(GROUNDS[name], "Wet paint", (40, 40), ink=INKS[name])

    (strokes,) = find_strokes(drawn.pixels, [drawn.region])

    told = strokes.plane.colours(*strokes.mask.shape)
    assert np.abs(told - drawn.clean[strokes.place]).max() < 4


def test_the_edge_of_a_balloon_beside_the_text_stays():
    page = flat((200, 220, 255))
    cv2.ellipse(page, (200, 60), (170, 55), 0, 0, 360, (255, 255, 255), -1)
    cv2.ellipse(page, (200, 60), (170, 55), 0, 0, 360, (0, 0, 0), 3)
    drawn = draw(page, "No, never!", (110, 40), ink=(0, 0, 0))

    (strokes,) = find_strokes(drawn.pixels, [drawn.region])

    mask = union([strokes], *drawn.ink.shape)
    edge = (page == 0).all(axis=2)
    assert mask[drawn.ink].mean() > 0.99
    assert not (mask & edge).any()


def test_small_letters_between_the_lines_of_a_region_belong_to_it():
    drawn = draw(flat(height=160), "Wet paint\nkeep off", (40, 20), size=40)
    pixels = drawn.pixels.copy()
    pixels[70:74, 60:64] = 0  # between the lines, outside of both

    strokes = find_strokes(pixels, [drawn.region])

    assert union(strokes, *drawn.ink.shape)[70:74, 60:64].all()


def test_jpeg_noise_around_letters_goes_with_them():
    drawn = draw(flat(), "Wet paint", (40, 40))
    _, data = cv2.imencode(".jpg", drawn.pixels, [cv2.IMWRITE_JPEG_QUALITY, 60])
    noisy = cv2.imdecode(data, cv2.IMREAD_COLOR)

    (strokes,) = find_strokes(noisy, [drawn.region])

    left = noisy[~union([strokes], *drawn.ink.shape)]
    assert (np.abs(255 - left.astype(int)).max(axis=1) > 24).mean() < 0.001


def test_masks_are_the_same_each_time():
    drawn = draw(textured(), "Wet paint", (40, 40), ink=(255, 255, 255))

    first, second = (find_strokes(drawn.pixels, [drawn.region])[0].mask for _ in range(2))

    assert np.array_equal(first, second)


def _region(x1, y1, x2, y2):
    ring = ((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1))
    return TextRegion(polygon=ring, lines=(), text="x", script="latin", score=1)


@pytest.mark.parametrize(
    "box", [(0, 0, 1, 1), (-30, -30, -10, -10), (395, 110, 500, 300), (0, 0, 400, 120), (7, 7, 7, 7)]
)
@pytest.mark.parametrize(
    "page", [flat(), textured(), flat(height=1, width=1)], ids=["flat", "textured", "pixel"]
)
def test_any_box_has_strokes_inside_the_picture(box, page):
    (strokes,) = find_strokes(page, [_region(*box)])

    assert strokes.mask.size
    assert union([strokes], *page.shape[:2]).shape == page.shape[:2]


def test_a_solid_picture_has_no_strokes():
    (strokes,) = find_strokes(flat((90, 90, 90)), [_region(10, 10, 200, 60)])

    assert (strokes.kind, int(strokes.mask.sum())) == ("flat", 0)


def test_a_frame_close_to_letters_is_not_bitten():
    page = flat(height=160, width=480)
    cv2.rectangle(page, (40, 38), (440, 132), (0, 60, 200), 6)
    drawn = draw(page, "Wet paint!", (60, 45), size=60, ink=(200, 0, 0))

    (strokes,) = find_strokes(drawn.pixels, [drawn.region])

    mask = union([strokes], *drawn.ink.shape)
    frame = (page != 255).any(axis=2)
    assert mask[drawn.ink & ~frame].all()
    assert not mask[frame & ~drawn.ink].any()


def test_a_region_as_large_as_a_picture_takes_no_minutes():
    page = textured(960, 960)
    ring = ((0, 0), (960, 0), (960, 960), (0, 960), (0, 0))
    region = TextRegion(polygon=ring, lines=(), text="x", script="latin", score=1)

    (strokes,) = find_strokes(
        page, [region]
    )  # minutes with discs of 577 pixels, which the suite's limit would end

    assert strokes.kind == "textured"
