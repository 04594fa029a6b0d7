"""Outlines of slicks: of the pixels of each class, and where those lie on the sea.

Outlines run along the edges of pixels, with pieces joined by sides only (4 neighbours), and are then simplified by one
pixel: by the ground sample distance, however far away a part of the picture is. Neighbours are simplified together, so
that they keep one common line; in a mask of very many corners each is simplified alone, and their lines may be a pixel
apart. No loop is over pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import OIL_CLASSES, SEA_CLASSES, Georeference, Slick
from siseon.applications.oilspill.georeference.plane import through
from siseon.applications.oilspill.georeference.utm import Zone
from siseon.applications.oilspill.libraries import needed
from siseon.applications.oilspill.slicks.area import area_m2
from siseon.applications.oilspill.slicks.shapes import pieces_of, polygon_of, rings_of
from siseon.applications.oilspill.slicks.volume import volume_l
from siseon.contracts import ContractViolation

if TYPE_CHECKING:
    from shapely import Polygon

LEAST_PIXELS = 16
"""A piece of fewer pixels is a speckle: it takes the class of its largest neighbour."""
MOST_PIECES = 2000
"""In one picture: the largest. A mask of more is noise."""
TOLERANCE_PX = 1.0
"""Corners go whose triangle with their neighbours is smaller than its square."""
MOST_CORNERS = 20_000
"""Of all pieces that are simplified together: the time of that grows with their square where pieces are long."""
SAME_AREA = 0.01
"""Share by which the area of a piece may change when it is simplified; otherwise it keeps all its corners."""
DECIMALS = 9
"""Of degrees: a tenth of a millimetre. Areas are those of the rounded rings, so that anyone finds the same."""


def outlined(
    classes: NDArray[np.uint8], probability: NDArray[np.floating], least_pixels: int = LEAST_PIXELS
) -> tuple[Slick, ...]:
    """The slicks of a picture, the largest first, without a place on the sea.

    Args:
        classes: (H, W) numbers of ``SEA_CLASSES``; larger numbers are pixels of no class, such as the overlay's.
        probability: (H, W) of the class of each pixel, 0 to 1.
        least_pixels: of a piece, and of a hole in one.

    Raises:
        ContractViolation: the two arrays differ in size.
        DependencyMissing: rasterio or shapely is not installed.
    """
    if classes.ndim != 2 or classes.shape != probability.shape:
        raise ContractViolation(
            f"classes are {classes.shape} and probabilities {probability.shape}: both must be (height, width)"
        )
    labels, numbers, (left, top) = _pieces(classes, least_pixels)
    if not labels.any():
        return ()
    with needed():
        import shapely
        from rasterio import Affine
        from rasterio.features import shapes
    place = Affine.translation(left, top)
    there = shapes(labels, mask=labels > 0, connectivity=4, transform=place)
    found = [(shape, int(label)) for shape, label in there]
    exact = np.array([polygon_of(tuple(map(tuple, shape["coordinates"]))) for shape, _ in found])
    together = shapely.get_num_coordinates(exact).sum() <= MOST_CORNERS
    simplify = shapely.coverage_simplify if together else shapely.simplify
    simple = simplify(exact, TOLERANCE_PX)
    before, after = shapely.area(exact), shapely.area(simple)
    kept = shapely.is_valid(simple) & (np.abs(after - before) <= SAME_AREA * before)
    counts = np.bincount(labels.ravel(), minlength=len(numbers) + 1)
    height, width = labels.shape
    chances = np.clip(probability[top : top + height, left : left + width], 0, 1)
    sums = np.bincount(labels.ravel(), chances.ravel(), minlength=len(numbers) + 1)
    scores = np.clip(sums / np.maximum(counts, 1), 0, 1)
    slicks = [
        _slick(SEA_CLASSES[numbers[label - 1]], float(scores[label]), int(counts[label]), polygon)
        for polygon, (_, label) in zip(np.where(kept, simple, exact), found, strict=True)
    ]
    return tuple(sorted(slicks, key=lambda slick: -slick.pixels))


def placed(slicks: tuple[Slick, ...], georeference: Georeference) -> tuple[Slick, ...]:
    """The same slicks with rings on the sea, areas and volumes.

    What crosses the horizon guard is cut there; the part above it, and what lies above it as a whole, has no rings.

    Args:
        slicks: with or without rings, which are made anew from their outlines.
        georeference: of the same picture.

    Raises:
        DependencyMissing: pyproj or shapely is not installed.
    """
    cut = [part for slick in slicks for part in _cut(slick, georeference.horizon_y)]
    matrix, zone = np.array(georeference.matrix), Zone.named(georeference.crs)
    corners = [np.array(ring) for slick, used in cut if used for ring in (slick.outline, *slick.holes)]
    if not corners:
        return tuple(slick for slick, _ in cut)
    places = zone.places(through(matrix, np.concatenate(corners))).round(DECIMALS)
    rings = iter(np.split(places, np.cumsum([len(ring) for ring in corners])[:-1]))
    return tuple(_on_the_sea(slick, rings) if used else slick for slick, used in cut)


def _pieces(
    classes: NDArray[np.uint8], least_pixels: int
) -> tuple[NDArray[np.int32], list[int], tuple[int, int]]:
    """Labels of pieces of oil from 1 on in the part of the picture that has oil, 0 beside them; the class number of
    each piece; and the column and row at which that part begins."""
    least = min(max(2, least_pixels), classes.size - 1)
    if least < 1 or not _is_oil(classes).any():
        return np.zeros((0, 0), np.int32), [], (0, 0)
    with needed():
        from rasterio.features import sieve
    known = classes < len(SEA_CLASSES)
    cleaned = sieve(classes, least, mask=known, connectivity=4)
    is_oil = _is_oil(cleaned) & known
    rows, columns = np.flatnonzero(is_oil.any(axis=1)), np.flatnonzero(is_oil.any(axis=0))
    if not rows.size:
        return np.zeros((0, 0), np.int32), [], (0, 0)
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    cleaned = np.where(is_oil[part], cleaned[part], 0)
    labels = np.zeros(cleaned.shape, np.int32)
    numbers: list[int] = []
    there = np.bincount(cleaned.ravel(), minlength=1 + len(OIL_CLASSES))
    for number in np.flatnonzero(there[1:]) + 1:
        inside = (cleaned == number).astype(np.uint8)
        count, pieces = cv2.connectedComponents(inside, connectivity=4, ltype=cv2.CV_32S)
        np.add(pieces, len(numbers), out=labels, where=inside > 0)
        numbers += [int(number)] * (count - 1)
    # A speckle among speckles, or within what the overlay hides, has no neighbour to go over to.
    sizes = np.bincount(labels.ravel(), minlength=len(numbers) + 1)
    sizes[0] = classes.size
    kept = sizes >= least_pixels
    kept[np.argsort(-sizes, kind="stable")[MOST_PIECES + 1 :]] = False
    return np.where(kept[labels], labels, 0).astype(np.int32), numbers, (int(columns[0]), int(rows[0]))


def _is_oil(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (classes >= 1) & (classes <= len(OIL_CLASSES))


def _slick(sea_class: str, score: float, pixels: int, polygon: Polygon) -> Slick:
    outline, *holes = rings_of(polygon)
    return Slick.model_validate(
        {"sea_class": sea_class, "score": score, "pixels": pixels, "outline": outline, "holes": tuple(holes)}
    )


def _cut(slick: Slick, horizon_y: float | None) -> Iterator[tuple[Slick, bool]]:
    """The parts of a slick, and whether each lies below the guard; none of them has rings."""
    bare = slick.model_copy(update={"rings": None, "area_m2": None, "volume_l": None})
    tops = [y for _, y in slick.outline]
    if horizon_y is None or min(tops) >= horizon_y:
        yield bare, True
        return
    if max(tops) <= horizon_y:
        yield bare, False
        return
    with needed():
        import shapely
    whole = polygon_of((slick.outline, *slick.holes))
    left, top, right, bottom = whole.bounds
    above, below = shapely.box(left, top, right, horizon_y), shapely.box(left, horizon_y, right, bottom)
    for window, used in ((above, False), (below, True)):
        for part in pieces_of(shapely.intersection(whole, window)):
            pixels = round(slick.pixels * part.area / whole.area)
            yield _slick(slick.sea_class, slick.score, pixels, part), used


def _on_the_sea(slick: Slick, rings: Iterator[NDArray[np.float64]]) -> Slick:
    with needed():
        import shapely
    own = [next(rings) for _ in range(1 + len(slick.holes))]
    polygon = shapely.orient_polygons(shapely.Polygon(own[0], own[1:]))
    # A homography keeps a valid polygon valid; only rounding could make a sliver of it cross itself.
    turned = rings_of(polygon)
    area = area_m2(turned)
    return slick.model_copy(
        update={"rings": turned, "area_m2": area, "volume_l": volume_l(slick.sea_class, area)}
    )
