"""Made-up videos as chunks say them: walkers who cross, leave and come back, before a camera that shakes and pans.

Everything follows from a seed. What a detector and a tracker would say is made from where the walkers are; nothing is
drawn. Appearance is a point per person, moved by the side that is seen, by light that drifts, by noise, and by whoever
stands in front. Clothes are alike within a *family*, so that strangers may look much the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import (
    IDS_A_CHUNK,
    Appearance,
    ChunkSeen,
    Moment,
    SeenBox,
    Similarity,
    Tracklet,
)
from siseon.applications.people.vectors import packed
from siseon.contracts.wire import Box

WIDTH, HEIGHT = 1280, 720
FOCAL = 1000.0
"""Pixels."""
EYE = 2.2
"""Metres of the camera above the floor."""
CHUNK_MS = 10_000
HELD_MS = 1_000
"""A tracker holds an id through a gap as long as this."""
HIDDEN = 0.6
"""Share of a box behind a nearer one from which a detector misses it."""
DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class Style:
    """How hard a video is."""

    people: int = 5
    seconds: int = 120
    hertz: int = 5
    strangers: float = 1.0
    """Mean distance of two people of different families."""
    kin: float = 0.75
    """The same within a family."""
    families: int = 3
    view: float = 0.35
    """How far a side of a person is from the mean of all."""
    noise: float = 0.2
    shake_px: float = 4.0
    pan_px: float = 0.0
    """A second."""
    away: float = 0.35
    """Share of time that a walker is out of the picture."""
    missed: float = 0.03
    """Share of boxes that the detector does not give."""


@dataclass(frozen=True, slots=True)
class Film:
    """Chunks, and the true person of each tracklet."""

    chunks: tuple[ChunkSeen, ...]
    truth: dict[int, int]


def film(seed: int, style: Style = Style()) -> Film:
    """One video."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, style.seconds * 1000 + 1, 1000 // style.hertz)
    looks = _looks(rng, style)
    boxes, depths, sides = _walks(rng, style, times / 1000.0)
    cameras = _cameras(rng, style, len(times))
    seen = _seen(rng, style, boxes, depths)
    chunks, truth = [], {}
    for number in range(style.seconds * 1000 // CHUNK_MS):
        within = np.flatnonzero((times >= number * CHUNK_MS) & (times <= (number + 1) * CHUNK_MS))
        chunk, owners = _chunk(rng, style, number, times, within, boxes, seen, sides, looks, cameras)
        chunks.append(chunk)
        truth |= owners
    return Film(tuple(chunks), truth)


def _looks(rng: np.random.Generator, style: Style) -> NDArray[np.float64]:
    """(people, 3 sides, D): what front, back and side look like before noise."""

    def far(length: float, *shape: int) -> NDArray[np.float64]:
        made = rng.normal(size=(*shape, DIMENSIONS))
        return length * made / np.linalg.norm(made, axis=-1, keepdims=True)

    between = np.sqrt(max(style.strangers**2 - style.kin**2, 0.0) / 2)
    family = far(between, style.families)[rng.integers(style.families, size=style.people)]
    own = far(style.kin / np.sqrt(2), style.people)
    common = far(np.sqrt(max(1.0 - between**2 - style.kin**2 / 2, 0.05)), 1)
    return (common + family + own)[:, None] + far(style.view, style.people, 3)


def _walks(
    rng: np.random.Generator, style: Style, seconds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """(people, T, 4) boxes in a still picture, NaN out of it, (people, T) depths in metres, (people, T) sides."""
    boxes = np.full((style.people, len(seconds), 4), np.nan)
    depths, sides = np.zeros((style.people, len(seconds))), np.zeros((style.people, len(seconds)), int)
    for person in range(style.people):
        tall = rng.uniform(1.0, 1.9)
        x, z = _way(rng, style, seconds)
        foot, head = HEIGHT / 2 + FOCAL * EYE / z, HEIGHT / 2 + FOCAL * (EYE - tall) / z
        middle, half = WIDTH / 2 + FOCAL * x / z, FOCAL * tall * 0.19 / z
        sway = 1 + 0.15 * np.sin(2 * np.pi * 1.8 * seconds + rng.uniform(0, 6))
        corners = np.stack([middle - half * sway, head, middle + half * sway, foot], axis=1)
        boxes[person], depths[person] = corners, z
        speed = np.gradient(x, seconds), np.gradient(z, seconds)
        sides[person] = np.where(np.abs(speed[0]) > np.abs(speed[1]), 2, np.where(speed[1] > 0, 1, 0))
    return boxes, depths, sides


def _way(
    rng: np.random.Generator, style: Style, seconds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sideways and away, metres: from place to place, with rests, some of the places out of the picture."""
    at, places, arrivals = 0.0, [], []
    while at <= seconds[-1] + 30:
        z = rng.uniform(4.0, 10.0)
        out = rng.random() < style.away
        x = rng.choice([-1, 1]) * z * 0.9 if out else rng.uniform(-0.5, 0.5) * z
        if places:
            way = np.hypot(x - places[-1][0], z - places[-1][1])
            at += max(way / rng.uniform(0.6, 2.5), 0.2)
        places.append((x, z))
        arrivals.append(at)
        at += rng.uniform(0.5, 8.0)
        places.append((x, z))
        arrivals.append(at)
    across, deep = np.array(places).T
    start = rng.uniform(0, 10)
    return np.interp(seconds + start, arrivals, across), np.interp(seconds + start, arrivals, deep)


def _cameras(rng: np.random.Generator, style: Style, count: int) -> NDArray[np.complex128]:
    """(T,) where the corner of the picture lies on the still plane."""
    shake = rng.normal(scale=style.shake_px, size=(count, 2)) @ np.array([1, 1j])
    drift = style.pan_px / style.hertz * np.arange(count) * np.exp(1j * rng.uniform(0, 0.5))
    moved: NDArray[np.complex128] = shake + drift
    return moved


def _seen(
    rng: np.random.Generator, style: Style, boxes: NDArray[np.float64], depths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(people, T) share of each that is in sight; 0: not detected."""
    inside = np.stack(
        [
            np.clip(boxes[..., 0], 0, WIDTH),
            np.clip(boxes[..., 1], 0, HEIGHT),
            np.clip(boxes[..., 2], 0, WIDTH),
            np.clip(boxes[..., 3], 0, HEIGHT),
        ],
        axis=-1,
    )
    area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    share = (inside[..., 2] - inside[..., 0]) * (inside[..., 3] - inside[..., 1]) / area
    for one in range(len(boxes)):
        for other in range(len(boxes)):
            if one == other:
                continue
            low = np.maximum(boxes[one][:, :2], boxes[other][:, :2])
            high = np.minimum(boxes[one][:, 2:], boxes[other][:, 2:])
            cover = np.clip(high - low, 0, None).prod(axis=1) / area[one]
            share[one] = np.where(depths[other] < depths[one], np.minimum(share[one], 1 - cover), share[one])
    share[share < 1 - HIDDEN] = 0
    share[rng.random(share.shape) < style.missed] = 0
    return share


def _chunk(
    rng: np.random.Generator,
    style: Style,
    number: int,
    times: NDArray[np.int64],
    within: NDArray[np.int64],
    boxes: NDArray[np.float64],
    seen: NDArray[np.float64],
    sides: NDArray[np.int64],
    looks: NDArray[np.float64],
    cameras: NDArray[np.complex128],
) -> tuple[ChunkSeen, dict[int, int]]:
    ids, truth = np.zeros((len(boxes), len(times)), int), {}
    count = 0
    for person in range(len(boxes)):
        last = -HELD_MS * 2
        for at in within:
            if seen[person, at] > 0:
                if times[at] - last > HELD_MS:
                    count += 1
                last = int(times[at])
                ids[person, at] = number * IDS_A_CHUNK + count
                truth[number * IDS_A_CHUNK + count] = person
    tracklets = []
    for id, person in sorted(truth.items()):
        at = np.flatnonzero(ids[person] == id)
        at = at[np.isin(at, within)]
        best = at[np.argsort(-seen[person, at], kind="stable")][:8]
        hidden = 1 - seen[person, best][:, None]
        other = looks[(person + 1) % len(looks), 0]
        crops = looks[person, sides[person, best]] * (1 - hidden) + other * hidden
        crops = crops + rng.normal(scale=style.noise / np.sqrt(DIMENSIONS), size=crops.shape)
        light = rng.normal(scale=style.noise / np.sqrt(DIMENSIONS), size=DIMENSIONS)
        crops /= np.linalg.norm(crops, axis=1, keepdims=True)
        quality = float(seen[person, best].mean())
        tracklets.append(
            Tracklet(
                id=id,
                appearance=Appearance(
                    vector=packed(crops.mean(axis=0) + light), crops=len(best), quality=min(quality, 1.0)
                ),
            )
        )
    shift = cameras - cameras[within[0]]
    moments = []
    for at in within:
        estimate = shift[at] + complex(*rng.normal(scale=0.5, size=2)) * (at != within[0])
        found = []
        for person in np.flatnonzero(ids[:, at]):
            # The same picture has the same boxes, in whichever chunk it stands.
            jitter = np.random.default_rng([int(times[at]), int(person), 7]).normal(scale=1.5, size=4)
            moved = boxes[person, at] + jitter - np.array([cameras[at].real, cameras[at].imag] * 2)
            x1, y1, x2, y2 = (float(value) for value in np.round(moved, 1))
            found.append(SeenBox(id=int(ids[person, at]), box=Box(x1, y1, max(x2, x1 + 1), y2), score=0.9))
        moments.append(
            Moment(
                t_ms=int(times[at]),
                camera=Similarity(1.0, 0.0, float(estimate.real), float(estimate.imag)),
                boxes=tuple(sorted(found, key=lambda box: box.id)),
            )
        )
    chunk = ChunkSeen(
        chunk=number,
        start_ms=int(times[within[0]]),
        end_ms=int(times[within[-1]]),
        width=WIDTH,
        height=HEIGHT,
        descriptor="made up",
        moments=tuple(moments),
        tracklets=tuple(tracklets),
    )
    return chunk, truth
