"""Translated regions drawn into the picture: erased where the originals stood, set in their boxes.

A region that cannot be set keeps its original pixels and says why. Pixels change where a stroke was erased or a letter
is drawn, and nowhere else; letters stand inside the region's polygon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.colours import Palette, legible, measure
from siseon.applications.translation.contracts import Style, TextRegion, WhyNot
from siseon.applications.translation.fonts import face_for, package_for
from siseon.applications.translation.layout import Align, Setting, coverage, fit
from siseon.applications.translation.mask import Strokes, line_height
from siseon.applications.translation.weight import is_bold

EM = 0.9
"""Of a line's height: the largest em in which its translation is set."""
MARGIN = 1
"""Pixels of a turned box that stay free, so that no edge of a turned letter is cut."""
TURNED_SCALE = 2
"""Turned letters are drawn so many times as large, then turned and scaled down at once."""
ALIGNED = 0.25
"""Line heights by which the starts, the middles or the ends of lines may differ when they are aligned."""
LIST = 3
"""Regions that start at one edge, itself among them, from which a single line is one of a list."""
COLUMNS = ("ja", "zh")
"""Languages that are written in columns where the original was."""
UPRIGHT = ("ko",)
"""Languages that may stand in a column where words do not fit across it."""
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


class Set(NamedTuple):
    """A text that is ready to be drawn."""

    place: TextRegion
    """The region, or one in its place whose top is another side of it."""
    setting: Setting
    palette: Palette


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
    done, packages = [], []
    ready: list[Set] = []
    for region, one in zip(regions, strokes, strict=True):
        if not region.translated:
            done.append(region)
            continue
        outcome = _setting(original, ground, regions, region, one, language, np.random.default_rng(seed))
        if not isinstance(outcome, tuple):
            if outcome == "no_font":
                packages.append(package_for(region.translated, language))
            done.append(region.model_copy(update={"translated": None, "why_not": outcome}))
            continue
        chosen, styled = outcome
        pixels[one.place][one.mask] = ground[one.place][one.mask]
        changed[one.place] |= one.mask
        ready.append(chosen)
        done.append(styled)
    for each in ready:  # after all erasing, which may reach into a neighbour's box
        _draw(pixels, letters, each.place, each.setting, each.palette)
    return Rendered(pixels, changed | letters, letters, tuple(done), tuple(dict.fromkeys(packages)))


def _setting(
    original: Pixels,
    ground: Pixels,
    regions: Sequence[TextRegion],
    region: TextRegion,
    one: Strokes,
    language: str,
    rng: np.random.Generator,
) -> tuple[Set, TextRegion] | WhyNot:
    """How a region is set, and the region with that as its style; or why it cannot be."""
    text, style, code = str(region.translated), region.style, language.split("-")[0]
    patch, behind = original[one.place], ground[one.place]
    bold = is_bold(patch, behind, one, region.script) if style.bold is None else style.bold
    face = face_for(text, language, bold=bold)
    if face is None:
        return "no_font"
    palette = measure(patch, behind, one.mask, rng)
    if style.ink is not None:
        palette = Palette(style.ink, style.outline)
    elif style.outline is not None:
        palette = Palette(palette.ink, style.outline)
    under = behind[_polygon(region, one)]
    palette = legible(palette, under if len(under) else behind.reshape(-1, 3))
    align = style.align or _alignment(region, regions)
    rimmed = palette.outline is not None

    def fitted(box: TextRegion, vertical: bool) -> Setting | None:
        width, height = _box(box)
        return fit(
            text,
            width,
            height,
            face=face,
            language=language,
            largest=style.size or EM * one.height,
            align=align,
            vertical=vertical,
            rimmed=rimmed,
        )

    place, setting = region, fitted(region, region.vertical and code in COLUMNS)
    if region.vertical and code not in COLUMNS:
        # A column is too narrow for words, mostly: syllables of Korean may stand in it, letters lie down.
        other = region if code in UPRIGHT else _lying(region)
        along = fitted(other, code in UPRIGHT)
        if along is not None and (setting is None or along.size > LYING * setting.size):
            place, setting = other, along
    if setting is None:
        return "does_not_fit"
    used = Style(ink=palette.ink, outline=palette.outline, size=float(setting.size), align=align, bold=bold)
    return Set(place, setting, palette), region.model_copy(update={"style": used, "why_not": None})


def _lying(region: TextRegion) -> TextRegion:
    """The same place for text that runs from its top to its bottom, turned clockwise."""
    first, second, third, fourth, _ = region.polygon
    return region.model_copy(update={"polygon": (second, third, fourth, first, second)})


def _box(region: TextRegion) -> tuple[int, int]:
    """Whole pixels along and across a region in which letters may stand."""
    if region.angle == 0:
        x1, y1, x2, y2 = _upright(region)
        return x2 - x1, y2 - y1
    corners = region.corners
    width, height = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    return int(width) - 2 * MARGIN, int(height) - 2 * MARGIN


def _upright(region: TextRegion) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = region.box
    return int(np.ceil(x1)), int(np.ceil(y1)), int(np.floor(x2)), int(np.floor(y2))


def _polygon(region: TextRegion, one: Strokes) -> NDArray[np.bool_]:
    """The region in coordinates of the patch of its strokes."""
    filled = np.zeros(one.mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, np.round(region.corners - [one.x, one.y]).astype(np.int32), 1)
    return filled.astype(bool)


def _alignment(region: TextRegion, regions: Sequence[TextRegion]) -> Align:
    """As the original's lines are; a single line starts at the left where those of a list do, else it is centred."""
    if region.vertical:
        return "center"
    corners = region.corners
    right = (corners[1] - corners[0]) / max(1e-3, float(np.linalg.norm(corners[1] - corners[0])))
    single = len(region.lines) < 2
    rows = (
        [each.polygon[:4] for each in regions if not each.vertical]
        if single
        else [line.polygon[:4] for line in region.lines]
    )
    if len(rows) < (LIST if single else 2):
        return "center"
    quads = np.array(rows, np.float32)
    starts, ends = quads[:, 0] @ right, quads[:, 1] @ right
    tolerance = ALIGNED * line_height(region)
    if single:
        mine = float(corners[0] @ right), float(corners[1] @ right)
        same = np.abs(starts - mine[0]) <= tolerance
        centred = np.abs(starts + ends - sum(mine)) <= 2 * tolerance
        return "left" if same.sum() >= LIST and same.sum() > (same & centred).sum() else "center"
    spread = {"center": np.std(starts + ends) / 2, "left": np.std(starts), "right": np.std(ends)}
    if spread["left"] <= tolerance and spread["left"] < spread["center"]:
        return "left"
    if spread["right"] <= tolerance and spread["right"] < spread["center"]:
        return "right"
    return "center"


def _draw(
    pixels: Pixels, letters: NDArray[np.bool_], region: TextRegion, setting: Setting, palette: Palette
) -> None:
    """Letters over the picture, in place."""
    if region.angle == 0:
        x, y, _, _ = _upright(region)
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
    return Setting(
        setting.face,
        setting.size * TURNED_SCALE,
        setting.lines,
        setting.width * TURNED_SCALE,
        setting.height * TURNED_SCALE,
        setting.align,
        setting.vertical,
        setting.rim * TURNED_SCALE,
    )
