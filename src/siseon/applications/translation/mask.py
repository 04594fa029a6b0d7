"""Which pixels are strokes of letters, and what their ground is: what is erased is ink, not boxes.

Where the pixels between the strokes are of one colour, or change as a plane does, the ground is known and needs no
inpainting: strokes are what differs from it. On anything else (a photo, a pattern) strokes are what is darker or
lighter than what surrounds it within half a line (a closing and an opening of each channel, by mathematical
morphology), of which the one is kept that differs from the ground around the line, or both, where letters have a rim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.translation.clusters import two_clusters
from siseon.applications.translation.contracts import TextRegion
from siseon.applications.translation.ground import Plane, fit_plane

PAD = 0.15
"""Line heights around a line in which its strokes may stand: detected boxes cut accents and tails."""
INNER = 0.1
"""Line heights within a line's edge in which a stroke that belongs to something larger is erased all the same."""
CORE = 0.25
"""The same, within which every letter has ink."""
FRAME = 2.0
"""Line heights, from which connected ink that has none there is a frame or a rule, and no accent or dot."""
SURROUNDING = 0.5
"""Line heights of context around a region in a patch."""
INK = 24
"""Of 255: difference in a channel that ink has from its ground somewhere, at least."""
EDGE = 7
"""Of 255: difference from which a pixel next to ink still holds some of it (anti-aliasing, JPEG)."""
INK_NOISE, EDGE_NOISE = 6.0, 3.0
"""Deviations of the ground from which a pixel is ink, and the edge of ink."""
ALIKE = 48.0
"""Of 255: distance of a pixel of ink from one of the two colours of letters and their rims, at most."""
EXPLAINED = 0.85
"""Share of a line's pixels that are ground, ink or between the two, from which its ground is known."""
GROUNDED = 0.3
"""Share of a line's pixels that are of its ground, at least."""
GROUNDED_EDGE = 0.75
"""The same near the edge of a line; patterns reach 0.72, real signs and balloons stay above 0.8."""
STROKE = 0.6
"""Line heights: wider than any stroke, so that a closing or an opening removes them."""
FEATHER = 0.06
"""Line heights by which strokes grow on a ground that is not known, at least one pixel."""
RIVAL = 0.6
"""Of the difference of the clearer of dark and light strokes from the ground: the other ones belong to the letters
too, as their rim, when they have this share."""
REACH = 0.35
"""Line heights around a line into which its letters may reach: detected boxes cut the last ones."""
SOFT = 0.1
"""Line heights around ink in which its soft edges and the noise of JPEG belong to it, at least two pixels."""
OWN = 0.4
"""Share of a connected stroke that stands in the region, from which it is a letter and not, say, a balloon's edge."""
LARGEST_DISC = 61
"""Pixels across a disc that a picture is filtered with as such; lines of 100 pixels need no larger one."""
SQUARE = np.ones((3, 3), np.uint8)

Kind = Literal["flat", "sloped", "textured"]
Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The ink of one region."""

    x: int
    y: int
    """Left and top of the patch in the picture."""
    mask: Mask
    """(h, w): the pixels of the patch that hold ink."""
    kind: Kind
    """``flat``: the ground is one colour; ``sloped``: a plane of colours; ``textured``: neither, to be inpainted."""
    plane: Plane | None
    """The ground, in coordinates of the patch; None where it is textured."""
    height: float
    """Of its lines, in pixels."""

    @property
    def place(self) -> tuple[slice, slice]:
        """Rows and columns of the patch in the picture."""
        height, width = self.mask.shape
        return slice(self.y, self.y + height), slice(self.x, self.x + width)


def find_strokes(pixels: Pixels, regions: Sequence[TextRegion], *, seed: int = 0) -> list[Strokes]:
    """The strokes of each region of one picture.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        regions: in pixels of the picture.
        seed: of the random samples; a region has the same mask whatever others are looked at.
    """
    return [_strokes(pixels, region, np.random.default_rng(seed)) for region in regions]


def union(strokes: Sequence[Strokes], height: int, width: int) -> Mask:
    """(height, width): the pixels of all strokes."""
    whole = np.zeros((height, width), bool)
    for one in strokes:
        whole[one.place] |= one.mask
    return whole


def _strokes(pixels: Pixels, region: TextRegion, rng: np.random.Generator) -> Strokes:
    quads = np.array([line.polygon[:4] for line in region.lines] or [region.polygon[:4]], np.float32)
    ruby = [beside.polygon[:4] for line in region.lines for beside in line.ruby]
    everything = np.array([*quads, region.corners, *ruby], np.float32)
    height = line_height(region)
    size = np.array([pixels.shape[1], pixels.shape[0]])
    margin = max(2.0, height * SURROUNDING)
    low = np.clip(np.floor(everything.min(axis=(0, 1)) - margin), 0, size - 1).astype(int)
    high = np.clip(np.ceil(everything.max(axis=(0, 1)) + margin), low + 1, size).astype(int)
    x, y = low.tolist()
    patch = np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]])
    lines = _filled(quads - low, patch.shape, 0)
    zone = _filled(quads - low, patch.shape, PAD * height)
    if ruby:
        zone |= _filled(np.array(ruby, np.float32) - low, patch.shape, 1)
    plane = fit_plane(patch, lines, rng)
    if plane is not None:
        between = _filled(region.corners[None] - low, patch.shape, 0)
        inner = _filled(quads - low, patch.shape, -INNER * height)
        rim = _rim(lines.shape[0], lines.shape[1], low > 0, high < size)
        core = _filled(quads - low, patch.shape, -CORE * height)
        mask = _on_known(patch, plane, (zone, between, inner, core, rim), height)
        if _explains(patch, plane, (lines, inner), mask, rng):
            return Strokes(x, y, mask, "flat" if plane.flat else "sloped", plane, height)
    return Strokes(x, y, _on_texture(patch, lines, zone, height), "textured", None, height)


def _rim(height: int, width: int, starts: Mask, ends: Mask) -> Mask:
    """(height, width): the outmost pixels, but not where the picture ends (by x, y): letters may be cut off there."""
    rim = np.zeros((height, width), bool)
    rim[:, 0], rim[0] = starts[0], rim[0] | starts[1]
    rim[:, -1] |= ends[0]
    rim[-1] |= ends[1]
    return rim


def line_height(region: TextRegion) -> float:
    """Pixels across the lines of a region, at the median; of the whole region where it has no lines."""
    quads = np.array([line.polygon[:4] for line in region.lines] or [region.polygon[:4]], np.float32)
    end = 1 if region.vertical else 3
    return max(1.0, float(np.median(np.linalg.norm(quads[:, end] - quads[:, 0], axis=1))))


def _filled(quads: NDArray[np.float32], shape: tuple[int, ...], grow: float) -> Mask:
    """(h, w): the pixels in quadrilaterals, each grown on all sides by ``grow`` pixels, or shrunk."""
    out = np.zeros(shape[:2], np.uint8)
    across = quads[:, 1] - quads[:, 0]
    down = quads[:, 3] - quads[:, 0]
    width, height = np.linalg.norm(across, axis=1), np.linalg.norm(down, axis=1)
    # A line never shrinks to nothing.
    right = across / np.maximum(width, 1)[:, None] * np.maximum(grow, -width / 3)[:, None]
    below = down / np.maximum(height, 1)[:, None] * np.maximum(grow, -height / 3)[:, None]
    moved = quads + np.stack([-right - below, right - below, right + below, below - right], axis=1)
    for corners in np.round(moved).astype(np.int32):
        cv2.fillConvexPoly(out, corners, 1)
    return out.astype(bool)


def _on_known(patch: Pixels, plane: Plane, parts: tuple[Mask, Mask, Mask, Mask, Mask], height: float) -> Mask:
    """What differs from the ground, with its soft edges, and belongs to the text.

    ``parts``: around the lines; the region's whole rectangle, where small letters may stand between lines; within
    the lines' edges; where every letter has some of its ink; the rim of the patch, which no letter reaches.
    """
    zone, between, inner, core, rim = parts
    off = np.abs(patch - plane.colours(*patch.shape[:2])).max(axis=2)
    edges = off > max(EDGE, EDGE_NOISE * plane.noise)
    ink = off > max(INK, INK_NOISE * plane.noise)
    # By the clear ink alone: the noise of JPEG joins all letters with all that stands near.
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    extent = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = extent <= height
    own = np.bincount(labels[zone], minlength=count) >= OWN * area
    own |= small & (np.bincount(labels[between], minlength=count) == area)
    own &= np.bincount(labels[rim], minlength=count) == 0
    own &= (extent <= FRAME * height) | (np.bincount(labels[core], minlength=count) > 0)
    letters = own[labels] & ink
    # What is not of the text, the edge of a balloon, say, may touch letters: of it goes what stands among them in their
    # colour, and all that does where there are few others.
    touching = ~own[labels] & ink & inner
    if letters.sum() > touching.sum():
        colour = np.median(patch[letters], axis=0)
        touching &= np.abs(patch - colour).max(axis=2) <= ALIKE
    kept = letters | touching
    soft = edges & _dilated(kept, max(2, round(SOFT * height)))
    # What stands beside and is not of the text, a frame, say, keeps its ink and the edges of it.
    others = ink & ~kept & ~inner
    near = cv2.dilate(others.astype(np.uint8), SQUARE).astype(bool)
    whole = cv2.dilate((kept | (soft & ~near)).astype(np.uint8), SQUARE).astype(bool)
    return np.asarray(whole & ~others)


def _explains(
    patch: Pixels, plane: Plane, parts: tuple[Mask, Mask], mask: Mask, rng: np.random.Generator
) -> bool:
    """Whether all that stands in the lines is this ground, letters of two colours at most, or a blend of these.

    Letters hardly reach the edges of their lines, a pattern does. ``parts``: the lines, and within their edges.
    """
    lines, inner = parts
    ground = plane.colours(*patch.shape[:2])
    solid = cv2.erode(mask.astype(np.uint8), SQUARE).astype(bool) & lines
    off = np.abs(patch - ground).max(axis=2)
    grounded = off <= max(EDGE, EDGE_NOISE * plane.noise)
    ink = patch[solid & (off > INK)].astype(np.float32)
    if len(ink) < 8:
        return True
    edge = lines & ~inner
    if edge.any() and grounded[edge].mean() < GROUNDED_EDGE:
        return False
    sample = ink[rng.choice(len(ink), min(len(ink), 2000), replace=False)]
    _, centres = two_clusters(sample)
    colours = patch.astype(np.float32)
    known = grounded.copy()
    for centre in centres:
        # Distance to the segment of blends from ground to ink.
        way = centre - ground
        share = np.clip(((colours - ground) * way).sum(axis=2) / np.maximum((way**2).sum(axis=2), 1), 0, 1)
        known |= np.linalg.norm(colours - ground - share[..., None] * way, axis=2) <= ALIKE
    return bool(known[lines].mean() >= EXPLAINED and grounded[lines].mean() >= GROUNDED)


def _on_texture(patch: Pixels, lines: Mask, zone: Mask, height: float) -> Mask:
    """What is darker or lighter than its surroundings and differs from the ground around the lines."""
    side = 2 * max(2, round(STROKE * height / 2)) + 1
    # A disc of a large side takes minutes, a square a fraction of a second.
    shape = cv2.MORPH_ELLIPSE if side <= LARGEST_DISC else cv2.MORPH_RECT
    kernel = cv2.getStructuringElement(shape, (side, side))
    dark = cv2.subtract(cv2.morphologyEx(patch, cv2.MORPH_CLOSE, kernel), patch).max(axis=2)
    light = cv2.subtract(patch, cv2.morphologyEx(patch, cv2.MORPH_OPEN, kernel)).max(axis=2)
    off = np.abs(patch - _around(patch, lines, height)).max(axis=2)
    found = [response > _threshold(response[lines]) for response in (dark, light)]
    clear = [float(off[one & lines].mean()) if (one & lines).any() else 0.0 for one in found]
    ink = np.zeros_like(lines)
    for one, difference in zip(found, clear, strict=True):
        if difference >= max(INK, RIVAL * max(clear)):
            ink |= one
    reach = _dilated(zone, max(1, round((REACH - PAD) * height)))
    count, labels = cv2.connectedComponents((ink & reach).astype(np.uint8), connectivity=8)
    own = np.bincount(labels[zone], minlength=count) >= OWN * np.bincount(labels.ravel(), minlength=count)
    own[0] = False
    return _dilated(own[labels] | (ink & zone), max(1, round(FEATHER * height)))


def _around(patch: Pixels, lines: Mask, height: float) -> NDArray[np.float32]:
    """(h, w, 3): the mean of the pixels near, on the rim of the lines."""
    rim = 2 * max(1, round(INNER * height)) + 1
    core = cv2.erode(lines.astype(np.uint8), np.ones((rim, rim), np.uint8))
    weight = (lines & (core == 0)).astype(np.float32)
    side = (2 * max(2, round(height)) + 1,) * 2
    total = cv2.blur(weight, side, borderType=cv2.BORDER_CONSTANT)
    mean = cv2.blur(patch * weight[..., None], side, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(mean / np.maximum(total, 1e-6)[..., None], np.float32)


def _threshold(response: Pixels) -> float:
    """Between strokes and what else there is, by Otsu's method."""
    if not response.size:
        return 255.0
    between, _ = cv2.threshold(response.reshape(1, -1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return max(INK / 2, between * 0.75)


def _dilated(mask: Mask, radius: int) -> Mask:
    """Grown by a disc."""
    if 2 * radius + 1 > LARGEST_DISC:
        away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return np.asarray(away <= radius)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)
