"""How well one generated page was read, cleaned and set, against all that is known of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.colours import EXTREMES, contrast, luminance
from siseon.applications.translation.contracts import Style, TextRegion
from siseon.applications.translation.generated.page import Ground, Page
from siseon.applications.translation.inpaint import erase, inpaint
from siseon.applications.translation.mask import Strokes, find_strokes, union
from siseon.applications.translation.options import TranslationOptions
from siseon.applications.translation.render import render

WITHIN = 0.5
"""Share of a found region that lies in a block's rectangle, from which it is a part of that block."""
INK = 24
"""Of 255: difference from the clean page from which a pixel is ink that a reader would see."""

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Errors:
    """Square errors in masked pixels."""

    ours: float = 0.0
    telea: float = 0.0
    values: int = 0

    def psnr(self) -> tuple[float, float]:
        """Peak signal to noise in dB, ours and Telea's; infinite without an error."""
        peak = 255**2 * self.values
        ours, telea = (
            10 * math.log10(peak / error) if error else math.inf for error in (self.ours, self.telea)
        )
        return ours, telea


@dataclass(slots=True)
class Scores:
    """Sums over pages."""

    blocks: int = 0
    found: int = 0
    """Blocks with a region."""
    whole: int = 0
    """Blocks that are one region, with nothing else in it."""
    translated: int = 0
    """Blocks whose region has a translation in the picture."""
    common: int = 0
    either: int = 0
    """Pixels in both, and in any, of mask and true strokes, of the found blocks."""
    ink: int = 0
    left: int = 0
    """Pixels of ink of the found blocks, and those that the mask misses."""
    errors: dict[Ground, Errors] = field(
        default_factory=lambda: {"plain": Errors(), "slope": Errors(), "texture": Errors()}
    )
    outside: int = 0
    """Pixels that changed though they should not."""
    overflow: int = 0
    """Pixels of letters beyond their polygons."""
    contrast: float = 21.0
    """The least."""
    sizes: list[float] = field(default_factory=list)
    """Ems of translations over those of their originals' lines."""
    agreeing: int = 0
    pairs: int = 0
    """Pairs of blocks read in the right order less those in the wrong one, and all."""

    @property
    def tau(self) -> float:
        """Kendall's, over pairs on one page."""
        return self.agreeing / self.pairs if self.pairs else 1.0


def score(
    scores: Scores,
    page: Page,
    regions: Sequence[TextRegion],
    picture: Pixels,
    target: str,
    options: TranslationOptions,
) -> None:
    """Add one page.

    Args:
        scores: is added to.
        page: the truth.
        regions: as they were answered, in order.
        picture: (H, W, 3) uint8, as it was answered.
        target: the language of the translations.
        options: how letters were erased.
    """
    owners = [_owner(page, region) for region in regions]
    own = [(region, owner) for region, owner in zip(regions, owners, strict=True) if owner is not None]
    scores.blocks += len(page.blocks)
    met = [owner for _, owner in own]
    scores.found += len(set(met))
    scores.whole += sum(met.count(owner) == 1 for owner in set(met))
    _order(scores, met)
    strokes = find_strokes(page.pixels, [region for region, _ in own])
    ground = erase(page.pixels, strokes, options.inpaint, denoising=options.denoise)
    _cleaning(scores, page, own, strokes, ground)
    _setting(scores, page, own, strokes, ground, picture, target)


def _owner(page: Page, region: TextRegion) -> int | None:
    """The block that a region is of."""
    corners = region.corners
    area = cv2.contourArea(corners)
    shares = []
    for block in page.blocks:
        common, _ = cv2.intersectConvexConvex(corners, _grown(block.corners))
        shares.append(float(common) / max(1.0, area))
    best = int(np.argmax(shares)) if shares else 0
    return best if shares and shares[best] >= WITHIN else None


def _grown(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """By a tenth: detected boxes are larger than ink."""
    middle = corners.mean(axis=0)
    return np.asarray(middle + (corners - middle) * 1.1 + np.sign(corners - middle) * 4, np.float32)


def _order(scores: Scores, met: Sequence[int]) -> None:
    order = list(dict.fromkeys(met))
    for number, before in enumerate(order):
        for after in order[number + 1 :]:
            scores.pairs += 1
            scores.agreeing += 1 if before < after else -1


def _cleaning(
    scores: Scores,
    page: Page,
    own: Sequence[tuple[TextRegion, int]],
    strokes: Sequence[Strokes],
    ground: Pixels,
) -> None:
    height, width = page.pixels.shape[:2]
    mask = union(strokes, height, width)
    true = np.zeros((height, width), bool)
    for owner in {owner for _, owner in own}:
        true |= page.blocks[owner].ink
    scores.common += int((mask & true).sum())
    scores.either += int((mask | true).sum())
    seen = true & (cv2.absdiff(page.pixels, page.clean).max(axis=2) > INK)
    scores.ink += int(seen.sum())
    scores.left += int((seen & ~mask).sum())
    for (_, owner), one in zip(own, strokes, strict=True):
        errors = scores.errors[page.blocks[owner].ground]
        clean = page.clean[one.place][one.mask].astype(np.float64)
        telea = inpaint(np.ascontiguousarray(page.pixels[one.place]), one.mask, "telea")
        errors.ours += float(((ground[one.place][one.mask] - clean) ** 2).sum())
        errors.telea += float(((telea[one.mask] - clean) ** 2).sum())
        errors.values += clean.size


def _setting(
    scores: Scores,
    page: Page,
    own: Sequence[tuple[TextRegion, int]],
    strokes: Sequence[Strokes],
    ground: Pixels,
    picture: Pixels,
    target: str,
) -> None:
    plain = [region.model_copy(update={"style": Style()}) for region, _ in own]
    again = render(page.pixels, ground, plain, strokes, target)
    scores.outside += int((picture != page.pixels).any(axis=2)[~again.changed].sum())
    boxes = np.zeros(picture.shape[:2], np.uint8)
    for (region, owner), one in zip(own, strokes, strict=True):
        if not region.translated or region.style.ink is None:
            continue
        scores.translated += [each for _, each in own].count(owner) == 1
        corners = np.round(region.corners).astype(np.int32)
        cv2.fillConvexPoly(boxes, corners, 1)
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillConvexPoly(inside, corners, 1)
        scores.contrast = min(scores.contrast, _contrast(region.style, ground[inside > 0]))
        scores.sizes.append(float(region.style.size or 0) / one.height)
    scores.overflow += int((again.letters & (boxes == 0)).sum())


def _contrast(style: Style, ground: Pixels) -> float:
    """Of letters with their rim, or with the ground between its percentiles."""
    ink = np.array(style.ink, np.uint8)
    if style.outline is not None:
        return float(contrast(ink, np.array(style.outline, np.uint8)))
    order = np.argsort(luminance(ground))
    behind = ground[order[(np.array(EXTREMES) / 100 * (len(order) - 1)).astype(int)]]
    return float(contrast(ink, behind).min())
