"""Inpainting by patches: texture is copied from where the picture has it, coarse to fine.

Method: "Space-Time Completion of Video" (Wexler, Shechtman, Irani, TPAMI 2007) for the objective, which is that each
patch of the hole looks like some patch around it, and "PatchMatch" (Barnes et al., SIGGRAPH 2009) for the search. All
patches of the hole are searched at once, so that numpy does the work: candidates of neighbours come from the last
round instead of from the same sweep.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

RADIUS = 3
"""Pixels around the middle of a patch."""
ROUNDS = 4
"""Searches at each size; a picture is put together anew after each."""
MAX_TARGETS = 20_000
"""Patches that are searched at the finest size; a larger hole is filled at a coarser one and scaled up, so that no
picture takes more than about two seconds on one core."""
COARSEST = 24
"""Pixels of the shorter side below which nothing is halved."""
THIN = 2.0
"""Pixels from the middle of a hole to its edge, at which plain diffusion is a fair first guess."""
SHARPNESS = 10.0
"""Of 255: root mean square difference of patches by which a vote loses weight to 1/e."""

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


def fill_by_patches(picture: Pixels, mask: Mask, *, seed: int = 0) -> Pixels:
    """The picture with its masked pixels made of patches from elsewhere in it.

    Where no patch is free of the mask, diffusion (Telea) fills it.

    Args:
        picture: (H, W, 3) uint8.
        mask: (H, W), some pixels but not all.
        seed: of the search; the same picture is always filled alike.
    """
    rng = np.random.default_rng(seed)
    sizes = [(picture, mask)]
    while _is_deep(sizes[-1][1]) and min(sizes[-1][1].shape) >= 2 * COARSEST:
        sizes.append(_halved(*sizes[-1]))
    guess = _diffused(*sizes[-1])
    nearest: Indices | None = None
    for small, hole in reversed(sizes):
        size = hole.shape[1], hole.shape[0]
        if guess.shape[:2] != hole.shape:
            larger = cv2.resize(guess, size, interpolation=cv2.INTER_LINEAR)
            guess = np.where(hole[..., None], larger, small).astype(np.uint8)
        field = _Field.of(hole)
        if field is None or len(field.targets) > MAX_TARGETS:
            nearest = None
            continue
        guess, nearest = _completed(guess, hole, field, nearest, rng)
    return guess


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """Which patches of one size are searched, and which may be found. Places are rows and columns of the middles."""

    targets: Indices
    """(M, 2): patches that touch the hole."""
    number: Indices
    """(H, W): index of the target there, or -1."""
    sources: Mask
    """(H, W): whether the patch there lies inside the picture and touches no hole."""

    @classmethod
    def of(cls, hole: Mask) -> _Field | None:
        """None where there is nothing to find."""
        kernel = np.ones((2 * RADIUS + 1,) * 2, np.uint8)
        touched = cv2.dilate(hole.astype(np.uint8), kernel).astype(bool)
        inside = np.zeros_like(hole)
        inside[RADIUS:-RADIUS, RADIUS:-RADIUS] = True
        targets = np.argwhere(touched & inside)
        sources = inside & ~touched
        if not len(targets) or not sources.any():
            return None
        number = np.full(hole.shape, -1, np.intp)
        number[targets[:, 0], targets[:, 1]] = np.arange(len(targets))
        return cls(targets, number, sources)


def _completed(
    guess: Pixels, hole: Mask, field: _Field, nearest: Indices | None, rng: np.random.Generator
) -> tuple[Pixels, Indices]:
    """The picture after some rounds, and (H, W, 2) the place that was found for each target."""
    image = guess.astype(np.float32)
    found = _first(field, nearest, rng)
    for _ in range(ROUNDS):
        off = _difference(image, field.targets, found)
        for step in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            neighbour = field.number[tuple(np.clip(field.targets - step, 0, np.array(hole.shape) - 1).T)]
            candidate = np.where((neighbour >= 0)[:, None], found[neighbour] + step, found)
            found, off = _better(image, field, found, off, candidate)
        reach = max(hole.shape)
        while reach >= 1:
            candidate = found + rng.integers(-reach, reach + 1, found.shape)
            found, off = _better(image, field, found, off, candidate)
            reach //= 3
        image = _voted(image, hole, field, found, off)
    places = np.zeros((*hole.shape, 2), np.intp)
    places[tuple(field.targets.T)] = found
    return image.round().astype(np.uint8), places


def _first(field: _Field, nearest: Indices | None, rng: np.random.Generator) -> Indices:
    """(M, 2): twice the places that were found at half the size, or any."""
    every = np.argwhere(field.sources)
    found = every[rng.integers(0, len(every), len(field.targets))]
    if nearest is None:
        return found
    half = np.minimum(field.targets // 2, np.array(nearest.shape[:2]) - 1)
    doubled = 2 * nearest[tuple(half.T)] + field.targets % 2
    usable = _allowed(field, doubled)
    return np.where(usable[:, None], doubled, found)


def _allowed(field: _Field, places: Indices) -> Mask:
    inside = ((places >= 0) & (places < field.sources.shape)).all(axis=1)
    clipped = np.clip(places, 0, np.array(field.sources.shape) - 1)
    return np.asarray(inside & field.sources[tuple(clipped.T)])


def _better(
    image: Floats, field: _Field, found: Indices, off: Floats, candidate: Indices
) -> tuple[Indices, Floats]:
    """For each target the place that looks more like it, and how far it is from looking the same."""
    tried = np.flatnonzero(_allowed(field, candidate) & (candidate != found).any(axis=1))
    other = _difference(image, field.targets[tried], candidate[tried])
    closer = other < off[tried]
    found, off = found.copy(), off.copy()
    found[tried[closer]], off[tried[closer]] = candidate[tried[closer]], other[closer]
    return found, off


def _difference(image: Floats, one: Indices, other: Indices) -> Floats:
    """(M,) mean square difference of patches at places (M, 2), over pixels and channels."""
    width = image.shape[1]
    flat = image.reshape(-1, 3)
    shifts = _shifts(width)
    at, to = one[:, 0] * width + one[:, 1], other[:, 0] * width + other[:, 1]
    total = np.zeros(len(one), np.float32)
    for shift in shifts:
        step = flat[at + shift] - flat[to + shift]
        total += np.einsum("mc,mc->m", step, step)
    return np.asarray(total / (3 * len(shifts)), np.float32)


def _voted(image: Floats, hole: Mask, field: _Field, found: Indices, off: Floats) -> Floats:
    """The picture whose hole is the mean of what all patches over a pixel have there; good matches weigh more."""
    width = image.shape[1]
    flat = image.reshape(-1, 3)
    total, weights = np.zeros_like(flat), np.zeros(len(flat), np.float32)
    weight = np.exp(-off / (2 * SHARPNESS**2)) + 1e-6
    at, to = (places[:, 0] * width + places[:, 1] for places in (field.targets, found))
    for shift in _shifts(width):
        total[at + shift] += weight[:, None] * flat[to + shift]
        weights[at + shift] += weight
    out = image.copy()
    filled = hole & (weights.reshape(hole.shape) > 0)
    out[filled] = (total / np.maximum(weights, 1e-9)[:, None]).reshape(image.shape)[filled]
    return out


def _shifts(width: int) -> list[int]:
    span = range(-RADIUS, RADIUS + 1)
    return [row * width + column for row in span for column in span]


def _is_deep(hole: Mask) -> bool:
    return float(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3).max()) > THIN


def _halved(picture: Pixels, mask: Mask) -> tuple[Pixels, Mask]:
    """Half the size; a pixel is masked when any of its four was, and is otherwise their mean."""
    height, width = mask.shape
    size = (width + 1) // 2, (height + 1) // 2
    even = np.pad(mask, ((0, height % 2), (0, width % 2)), mode="edge")
    hole = np.asarray(even.reshape(size[1], 2, size[0], 2).any(axis=(1, 3)))
    full = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), np.uint8), hole


def _diffused(picture: Pixels, hole: Mask) -> Pixels:
    return np.asarray(cv2.inpaint(picture, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA), np.uint8)
