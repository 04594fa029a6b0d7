import numpy as np
import pytest

from applications.translation.drawn import draw, flat, sloped, textured
from siseon.applications.translation.colours import LEAST_CONTRAST, contrast
from siseon.applications.translation.contracts import Style
from siseon.applications.translation.inpaint import erase
from siseon.applications.translation.mask import find_strokes, union
from siseon.applications.translation.render import render

GROUNDS = {"flat": flat((255, 240, 200)), "sloped": sloped(), "textured": textured()}


def _rendered(pixels, regions, language="es"):
    strokes = find_strokes(pixels, regions)
    ground = erase(pixels, strokes, "telea")
    return render(pixels, ground, regions, strokes, language), union(strokes, *pixels.shape[:2]), ground


def _turned(drawn, angle):
    import cv2

    height, width = drawn.ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    pixels = cv2.warpAffine(
        drawn.pixels, matrix, (width, height), borderValue=(255, 240, 200), flags=cv2.INTER_CUBIC
    )

    def ring(points):
        return tuple(map(tuple, (np.array(points) @ matrix[:, :2].T + matrix[:, 2]).tolist()))

    lines = tuple(line.model_copy(update={"polygon": ring(line.polygon)}) for line in drawn.region.lines)
    return pixels, drawn.region.model_copy(update={"polygon": ring(drawn.region.polygon), "lines": lines})


@pytest.mark.parametrize("name", GROUNDS)
def test_pixels_change_only_where_ink_was_or_is(name):
    drawn = draw(GROUNDS[name], "Wet paint", (40, 40), translated="Pintura fresca")

    done, mask, _ = _rendered(drawn.pixels, [drawn.region])

    assert np.array_equal(done.pixels[~done.changed], drawn.pixels[~done.changed])
    assert np.array_equal(done.changed, mask | done.letters)
    x1, y1, x2, y2 = drawn.region.box
    rows, columns = np.nonzero(done.letters)
    assert len(rows)
    assert (columns.min() >= x1, columns.max() + 1 <= x2, rows.min() >= y1, rows.max() + 1 <= y2) == (
        True,
    ) * 4


@pytest.mark.parametrize("angle", [-44, -17, 3, 17, 90])
def test_turned_letters_stay_in_their_turned_box(angle):
    base = draw(flat((255, 240, 200), 400, 400), "Wet paint", (110, 180), translated="Pintura")
    pixels, region = _turned(base, angle)

    done, _, _ = _rendered(pixels, [region])

    corners = region.corners
    right, down = corners[1] - corners[0], corners[3] - corners[0]
    y, x = np.nonzero(done.letters)
    offset = np.stack([x + 0.5, y + 0.5], axis=1) - corners[0]
    along, across = offset @ right / (right @ right), offset @ down / (down @ down)
    assert len(x) > 200
    assert -0.01 <= along.min() <= along.max() <= 1.01
    assert -0.02 <= across.min() <= across.max() <= 1.02
    assert np.array_equal(done.pixels[~done.changed], pixels[~done.changed])


@pytest.mark.parametrize("name", GROUNDS)
@pytest.mark.parametrize("ink", [(0, 0, 0), (255, 255, 255), (200, 60, 40)])
def test_letters_can_be_read_on_their_ground(name, ink):
    drawn = draw(GROUNDS[name], "Wet paint", (40, 40), ink=ink, translated="Pintura")

    done, _, ground = _rendered(drawn.pixels, [drawn.region])

    style = done.regions[0].style
    if style.outline is not None:
        assert float(contrast(np.uint8(style.ink), np.uint8(style.outline))) >= LEAST_CONTRAST
    else:
        behind = np.median(ground[done.letters], axis=0)
        assert float(contrast(np.uint8(style.ink), behind)) >= LEAST_CONTRAST


def test_colour_and_weight_are_those_of_the_original():
    heavy = draw(flat(), "Wet paint", (40, 40), ink=(180, 0, 0), bold=True, translated="Pintura")
    light = draw(flat(), "Wet paint", (40, 40), ink=(0, 0, 120), bold=False, translated="Pintura")

    styles = [_rendered(one.pixels, [one.region])[0].regions[0].style for one in (heavy, light)]

    assert [style.bold for style in styles] == [True, False]
    assert np.abs(np.array(styles[0].ink) - (180, 0, 0)).max() <= 3
    assert np.abs(np.array(styles[1].ink) - (0, 0, 120)).max() <= 3


def test_a_stated_style_is_kept():
    drawn = draw(flat(), "Wet paint", (40, 40), translated="Pintura")
    style = Style(ink=(0, 90, 0), size=15, align="left", bold=False)

    done, _, _ = _rendered(drawn.pixels, [drawn.region.model_copy(update={"style": style})])

    assert done.regions[0].style == style


def test_without_a_translation_the_original_stays_untouched():
    drawn = draw(flat(), "Wet paint", (40, 40))

    done, _, _ = _rendered(drawn.pixels, [drawn.region])

    assert np.array_equal(done.pixels, drawn.pixels)
    assert not done.changed.any()


def test_letters_without_a_font_keep_the_original_and_name_the_package():
    drawn = draw(flat(), "Wet paint", (40, 40), translated="𓀀𓀁")

    done, _, _ = _rendered(drawn.pixels, [drawn.region])

    assert (done.regions[0].translated, done.regions[0].why_not) == (None, "no_font")
    assert done.packages == ("fonts-noto-core",)
    assert np.array_equal(done.pixels, drawn.pixels)


def test_a_text_that_does_not_fit_keeps_the_original():
    drawn = draw(flat(), "No", (40, 40), size=12, translated="Donaudampfschifffahrt " * 20)

    done, _, _ = _rendered(drawn.pixels, [drawn.region], "de")

    assert done.regions[0].why_not == "does_not_fit"
    assert np.array_equal(done.pixels, drawn.pixels)


def test_erasing_one_region_cuts_nothing_from_its_neighbour():
    first = draw(flat(), "Wet paint", (40, 30), translated="gjpqy")
    second = draw(first.pixels, "keep off", (40, 72), translated="Pintura")
    regions = [first.region, second.region]

    done, _, _ = _rendered(second.pixels, regions)
    alone, _, _ = _rendered(
        second.pixels, [first.region, second.region.model_copy(update={"translated": None})]
    )

    x1, y1, x2, _ = (int(v) for v in first.region.box)
    bottom = int(second.region.box.y1)
    assert np.array_equal(done.letters[y1:bottom, x1:x2], alone.letters[y1:bottom, x1:x2])
    assert (done.pixels[done.letters & alone.letters] < 200).any()


def test_single_lines_of_a_list_start_at_one_edge():
    page, regions = flat(height=200), []
    for number, text in enumerate(("Bread and butter", "Tea", "Coffee with milk")):
        drawn = draw(page, text, (40, 20 + 55 * number), size=24, translated="Pan")
        page = drawn.pixels
        regions.append(drawn.region)

    listed, _, _ = _rendered(page, regions)
    alone, _, _ = _rendered(page, regions[:1])

    assert [region.style.align for region in listed.regions] == ["left"] * 3
    assert alone.regions[0].style.align == "center"
    starts = [int(np.flatnonzero(listed.letters[20 + 55 * n : 70 + 55 * n].any(axis=0))[0]) for n in range(3)]
    assert max(starts) - min(starts) <= 2


def _column(text="実戦剣術も一流です"):
    """A column of Japanese, 40 pixels wide."""
    from PIL import Image, ImageDraw

    from siseon.applications.text import Line
    from siseon.applications.translation.contracts import TextRegion
    from siseon.applications.translation.fonts import face_for

    picture = Image.fromarray(flat(height=360, width=120))
    ImageDraw.Draw(picture).text(
        (60, 20), text, (0, 0, 0), font=face_for(text, "ja").sized(32), anchor="mt", direction="ttb"
    )
    ring = ((38, 16), (82, 16), (82, 320), (38, 320), (38, 16))
    line = Line(polygon=ring, text=text, score=1)
    return np.array(picture), TextRegion(
        polygon=ring, vertical=True, lines=(line,), text=text, script="japanese", score=1
    )


@pytest.mark.parametrize(
    ("language", "translated"),
    [("en", "My swordsmanship is first rate"), ("ko", "실전 검술도 일류입니다"), ("zh", "实战剑术也是一流")],
)
def test_a_narrow_column_is_filled_along_and_not_across(language, translated):
    pixels, region = _column()

    done, _, _ = _rendered(pixels, [region.model_copy(update={"translated": translated})], language)

    assert done.regions[0].why_not is None
    assert done.regions[0].polygon == region.polygon
    assert done.regions[0].style.size >= 14
    rows, columns = np.nonzero(done.letters)
    assert (columns.min() >= 38, columns.max() < 82, rows.min() >= 16, rows.max() < 320) == (True,) * 4
    assert np.ptp(rows) > 120


def test_emoji_without_a_font_cost_no_text():
    drawn = draw(flat(), "Wet paint", (40, 40), translated="Pintura 🛝")

    done, _, _ = _rendered(drawn.pixels, [drawn.region])

    assert (done.regions[0].translated, done.left_out) == ("Pintura", "🛝")
    assert done.packages == ()
