"""Translated regions drawn into the picture: erased where the originals stood, set in their boxes.

A region that cannot be set keeps its original pixels and says why. Pixels change where a stroke was erased or a letter
is drawn, and nowhere else; letters stand inside the region's polygon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.boxes import MARGIN, lying, parted, room, upright
from siseon.applications.translation.colours import Palette, legible, measure
from siseon.applications.translation.contracts import Style, TextRegion, WhyNot
from siseon.applications.translation.fonts import narrower, package_for, writable
from siseon.applications.translation.layout import Setting, coverage, fit
from siseon.applications.translation.lists import alignment, common_sizes
from siseon.applications.translation.mask import Strokes
from siseon.applications.translation.weight import is_bold

EM = 0.9
"""Of a line's height: the largest em in which its translation is set."""
TURNED_SCALE = 2
"""Turned letters are drawn so many times as large, then turned and scaled down at once."""
COLUMNS = ("ja", "zh")
"""Languages that are written in columns where the original was."""
UPRIGHT = ("ko",)
"""Languages that may stand in a column where words do not fit across it."""
TIGHT = 0.8
"""Of the size of the original's letters: where a text does not fit in this, a narrow font is tried."""
LYING = 1.5
"""Times larger, that letters must become to run along a column instead of across it."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture with its translations."""

    pixels: Pixels
    """(H, W, 3) uint8 RGB."""
    changed: NDArray[np.bool_]
    """(H, W): outside of it the pixels are the original's."""
    letters: NDArray[np.bool_]
    """(H, W): pixels of translations and their rims."""
    regions: tuple[TextRegion, ...]
    """With the style they were set in, or why not."""
    packages: tuple[str, ...]
    """Debian packages with fonts that were missing."""
    left_out: str
    """Emoji and other pictures in translations that no font here has."""


class Set(NamedTuple):
    """A text that is ready to be drawn."""

    place: TextRegion
    """The region, or one in its place: without what a neighbour shares, or with another side as its top."""
    setting: Setting
    palette: Palette
    text: str
    """What is drawn of the translation."""
    bold: bool


def render(
    original: Pixels,
    ground: Pixels,
    regions: Sequence[TextRegion],
    strokes: Sequence[Strokes],
    language: str,
    *,
    seed: int = 0,
) -> Rendered:
    """The original with each region that has a translation erased and set anew.

    Args:
        original: (H, W, 3) uint8 RGB.
        ground: the same with all strokes erased.
        regions: what to set; a style that they state is kept where it can be read.
        strokes: of each region.
        language: ISO 639-1 of the translations.
        seed: of the random samples.
    """
    pixels = original.copy()
    changed, letters = np.zeros(original.shape[:2], bool), np.zeros(original.shape[:2], bool)
    done, packages, left_out = list(regions), [], ""
    ready: dict[int, Set] = {}
    places = parted(regions)
    for number, (region, one) in enumerate(zip(regions, strokes, strict=True)):
        if not region.translated:
            continue
        outcome = _setting(
            original, ground, regions, places[number], one, language, np.random.default_rng(seed)
        )
        if not isinstance(outcome, Set):
            if outcome == "no_font":
                packages.append(package_for(region.translated, language))
            done[number] = region.model_copy(update={"translated": None, "why_not": outcome})
            continue
        pixels[one.place][one.mask] = ground[one.place][one.mask]
        changed[one.place] |= one.mask
        ready[number] = outcome
        left_out += "".join(
            letter for letter in region.translated if letter not in outcome.text and not letter.isspace()
        )
    # After all erasing, which may reach into a neighbour's box.
    for number, each in _of_one_size(ready, regions, language).items():
        _draw(pixels, letters, each.place, each.setting, each.palette)
        style = Style(
            ink=each.palette.ink,
            outline=each.palette.outline,
            size=float(each.setting.size),
            align=each.setting.align,
            bold=each.bold,
        )
        update = {"translated": each.text, "why_not": None, "style": style}
        done[number] = regions[number].model_copy(update=update)
    return Rendered(
        pixels,
        changed | letters,
        letters,
        tuple(done),
        tuple(dict.fromkeys(packages)),
        "".join(dict.fromkeys(left_out)),
    )


def _of_one_size(ready: Mapping[int, Set], regions: Sequence[TextRegion], language: str) -> dict[int, Set]:
    """Each text in the size that the others of its list have, unless a person stated its own."""
    free = [number for number in ready if regions[number].style.size is None]
    alike = [ready[number] for number in free]
    wanted = common_sizes(
        [each.place for each in alike],
        [each.palette.ink for each in alike],
        [each.setting.size for each in alike],
    )
    out = dict(ready)
    for number, size in zip(free, wanted, strict=True):
        each = ready[number]
        if size < each.setting.size:
            setting = _fitted(each.text, each.place, each.setting, language, size)
            out[number] = each if setting is None else each._replace(setting=setting)
    return out


def _setting(
    original: Pixels,
    ground: Pixels,
    regions: Sequence[TextRegion],
    region: TextRegion,
    one: Strokes,
    language: str,
    rng: np.random.Generator,
) -> Set | WhyNot:
    """How a region is set; or why it cannot be."""
    style, code = region.style, language.split("-")[0]
    patch, behind = original[one.place], ground[one.place]
    bold = is_bold(patch, behind, one, region.script) if style.bold is None else style.bold
    written = writable(str(region.translated), language, bold=bold)
    if written is None:
        return "no_font"
    face, text = written
    palette = measure(patch, behind, one.mask, rng)
    if style.ink is not None:
        palette = Palette(style.ink, style.outline)
    elif style.outline is not None:
        palette = Palette(palette.ink, style.outline)
    under = behind[_polygon(region, one)]
    palette = legible(palette, under if len(under) else behind.reshape(-1, 3))
    align = style.align or alignment(region, regions, language)
    wanted = Setting(face, 0, (), 0, 0, align, False, int(palette.outline is not None))
    largest = style.size or EM * one.height

    def fitted(box: TextRegion, vertical: bool) -> Setting | None:
        found = _fitted(text, box, replace(wanted, vertical=vertical), language, largest)
        if vertical or (found is not None and found.size >= TIGHT * largest):
            return found
        narrow = narrower(face, text)
        tight = (
            None if narrow is None else _fitted(text, box, replace(wanted, face=narrow), language, largest)
        )
        return tight if found is None or (tight is not None and tight.size > found.size) else found

    place, setting = region, fitted(region, region.vertical and code in COLUMNS)
    if region.vertical and code not in COLUMNS:
        # A column is too narrow for words, mostly: syllables of Korean may stand in it, letters lie down.
        other = region if code in UPRIGHT else lying(region)
        along = fitted(other, code in UPRIGHT)
        if along is not None and (setting is None or along.size > LYING * setting.size):
            place, setting = other, along
    return "does_not_fit" if setting is None else Set(place, setting, palette, text, bold)


def _fitted(text: str, box: TextRegion, like: Setting, language: str, largest: float) -> Setting | None:
    """The text in a box, with the face, the alignment, the direction and a rim as another setting has them."""
    width, height = room(box)
    return fit(
        text,
        width,
        height,
        face=like.face,
        language=language,
        largest=largest,
        align=like.align,
        vertical=like.vertical,
        rimmed=like.rim > 0,
    )


def _polygon(region: TextRegion, one: Strokes) -> NDArray[np.bool_]:
    """The region in coordinates of the patch of its strokes."""
    filled = np.zeros(one.mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, np.round(region.corners - [one.x, one.y]).astype(np.int32), 1)
    return filled.astype(bool)


def _draw(
    pixels: Pixels, letters: NDArray[np.bool_], region: TextRegion, setting: Setting, palette: Palette
) -> None:
    """Letters over the picture, in place."""
    if region.angle == 0:
        x, y, _, _ = upright(region)
        inner, outer = coverage(setting)
    else:
        x, y, inner, outer = _turned(region, setting)
    # What is beyond the picture is not drawn; the box of a region may reach over its edge by a rounding.
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(inner.shape[0], pixels.shape[0] - y), min(inner.shape[1], pixels.shape[1] - x)
    inner, outer = inner[top:bottom, left:right], outer[top:bottom, left:right]
    place = slice(y + top, y + bottom), slice(x + left, x + right)
    blended = pixels[place].astype(np.float32)
    for cover, colour in ((outer, palette.outline), (inner, palette.ink)):
        if colour is not None:
            share = cover[..., None].astype(np.float32) / 255
            blended += share * (np.array(colour, np.float32) - blended)
    drawn = (outer > 0) | (inner > 0)
    pixels[place][drawn] = blended[drawn].round().astype(np.uint8)
    letters[place] |= drawn


def _turned(region: TextRegion, setting: Setting) -> tuple[int, int, Pixels, Pixels]:
    """Left and top of a patch of the picture, and the two coverages in it, turned as the region is."""
    corners = region.corners
    low = np.floor(corners.min(axis=0)).astype(int)
    width, height = (np.ceil(corners.max(axis=0)).astype(int) - low + 1).tolist()
    right, down = (corners[1] - corners[0]), (corners[3] - corners[0])
    right, down = right / np.linalg.norm(right), down / np.linalg.norm(down)
    start = corners[0] - low + MARGIN * (right + down)
    # Pixel centres are at half pixels: of the large drawing, and of the patch.
    matrix = np.stack(
        [right / TURNED_SCALE, down / TURNED_SCALE, start - 0.5 + 0.25 * (right + down)], axis=1
    )
    inside = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, np.round((corners - low - 0.5) * 16).astype(np.int32), 1, shift=4)
    covers = []
    for cover in coverage(_scaled(setting)):
        blurred = cv2.blur(cover, (TURNED_SCALE, TURNED_SCALE))
        turned = cv2.warpAffine(blurred, matrix.astype(np.float64), (width, height), flags=cv2.INTER_LINEAR)
        covers.append(np.asarray(turned * inside, np.uint8))
    return *low.tolist(), covers[0], covers[1]


def _scaled(setting: Setting) -> Setting:
    return replace(
        setting,
        size=setting.size * TURNED_SCALE,
        width=setting.width * TURNED_SCALE,
        height=setting.height * TURNED_SCALE,
        rim=setting.rim * TURNED_SCALE,
    )
