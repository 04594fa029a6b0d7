"""Posters, long posters, comic pages and webtoons, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np

from siseon.applications.translation.colours import luminance
from siseon.applications.translation.contracts import Colour
from siseon.applications.translation.generated.grounds import (
    Pixels,
    Random,
    colour,
    pattern,
    plain,
    scene,
    slope,
)
from siseon.applications.translation.generated.page import Ground, Page, Split, Style
from siseon.applications.translation.generated.texts import (
    CAPTIONS,
    NOTICES,
    SIGNS,
    SPEECHES,
    Language,
    Saying,
)

Form = Literal["poster", "banner", "comic", "webtoon"]
FORMS: tuple[Form, ...] = ("poster", "comic", "poster", "comic", "poster", "webtoon", "banner", "comic")
"""In turn: two of eight are long."""
SOURCES: tuple[Language, ...] = ("en", "es", "zh", "ja", "en", "ja", "zh", "ko")
"""In turn, shifted against the forms."""
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
GUTTER = 16
TURNED = (-17.0, -8.0, 6.0, 17.0)
"""Degrees of turned lines on posters."""


def pages(count: int, split: Split, *, seed: int = 0) -> Iterator[Page]:
    """The first pages of a seed."""
    return (page(number, split, seed=seed) for number in range(count))


def page(number: int, split: Split, *, seed: int = 0) -> Page:
    """One page; the same numbers give the same page wherever the same fonts are installed."""
    rng = np.random.default_rng([seed, number, split == "evaluation"])
    form = FORMS[number % len(FORMS)]
    language = SOURCES[(number + number // len(FORMS)) % len(SOURCES)]
    if form == "poster":
        return _poster(720, 1000, language, split, rng)
    if form == "banner":
        return _poster(1600, 400, language, split, rng)
    panels = [(2, 1), (2, 2), (1, 2)] if form == "comic" else [(1, 1)] * 4
    return _comic(
        800, 1130 if form == "comic" else 2600, [tuple(row) for row in panels], language, split, rng
    )


def _poster(width: int, height: int, language: Language, split: Split, rng: Random) -> Page:
    """A title, notices and a turned sign, each on a ground of its own in a band of the page."""
    bands = 4 if height > width else 3
    clean = scene(height, width, rng)
    grounds: list[Ground] = []
    edges = np.linspace(0, height if height > width else width, bands + 1).astype(int).tolist()
    for start, end in pairwise(edges):
        part = clean[start:end] if height > width else clean[:, start:end]
        kind: Ground = ("plain", "slope", "texture", "texture")[int(rng.integers(4))]
        size = part.shape[0], part.shape[1]
        if kind == "plain":
            part[:] = plain(*size, colour(rng))
        elif kind == "slope":
            part[:] = slope(*size, colour(rng), colour(rng), rng)
        elif rng.random() < 0.4:
            part[:] = pattern(*size, rng)
        grounds.append(kind)
    made = Page.of(clean, split)
    sayings = [*_some(SIGNS, 2, rng), *_some(NOTICES, bands - 2, rng)]
    for band, (saying, kind) in enumerate(zip(sayings, grounds, strict=True)):
        text = getattr(saying, language)
        along = (edges[band] + edges[band + 1]) / 2
        middle = (width / 2, along) if height > width else (along, height / 2)
        room = (
            (int(0.86 * width), height // bands - 40)
            if height > width
            else (width // bands - 40, height - 60)
        )
        angle = float(rng.choice(TURNED)) if band == 1 else 0.0
        if angle:
            room = int(0.8 * room[0]), int(0.7 * room[1])
        em = int(rng.integers(40, 66)) if band < 2 else int(rng.integers(24, 36))
        style = _style(clean, middle, kind, split, rng)
        while em > 14 and not made.write(text, language, middle, room, em, style, kind, rng, angle=angle):
            em = int(em * 0.85)
    return made


def _style(clean: Pixels, middle: tuple[float, float], kind: Ground, split: Split, rng: Random) -> Style:
    """A colour that can be read there; a rim on what is busy, mostly."""
    x, y = int(middle[0]), int(middle[1])
    around = clean[max(0, y - 60) : y + 60, max(0, x - 200) : x + 200].reshape(-1, 3)
    dark = float(np.median(luminance(around))) < 0.18
    ink = colour(rng, 200, 255) if dark else colour(rng, 0, 60)
    if kind == "texture" and rng.random() < 0.7:
        return Style(ink, BLACK if dark else WHITE, 2 if split == "development" else 3)
    return Style(ink, shadow=split == "evaluation" and rng.random() < 0.3)


def _comic(
    width: int, height: int, rows: list[tuple[int, ...]], language: Language, split: Split, rng: Random
) -> Page:
    """Rows of panels with drawn scenes; balloons and captions in them; Japanese ones read from the right."""
    made = Page.of(plain(height, width, WHITE), split, right_to_left=language == "ja")
    speeches, captions = _some(SPEECHES, len(SPEECHES), rng), _some(CAPTIONS, len(CAPTIONS), rng)
    count = len(rows)
    row_height = (height - GUTTER * (count + 1)) // count
    for row, counts in enumerate(rows):
        panels = int(counts[0] if row % 2 == 0 else counts[-1])
        panel_width = (width - GUTTER * (panels + 1)) // panels
        columns = range(panels)[::-1] if made.right_to_left else range(panels)
        for column in columns:
            x1, y1 = GUTTER + column * (panel_width + GUTTER), GUTTER + row * (row_height + GUTTER)
            _panel(made, (x1, y1, x1 + panel_width, y1 + row_height), language, speeches, captions, rng)
    return made


def _panel(
    made: Page,
    box: tuple[int, int, int, int],
    language: Language,
    speeches: list[Saying],
    captions: list[Saying],
    rng: Random,
) -> None:
    """A drawing with a balloon and, mostly not, a caption."""
    vertical = language == "ja"
    x1, y1, x2, y2 = box
    art = _drawing(y2 - y1, x2 - x1, rng)
    for canvas in (made.clean, made.pixels):
        canvas[y1:y2, x1:x2] = art
        cv2.rectangle(canvas, (x1, y1), (x2 - 1, y2 - 1), BLACK, 3)
    if captions and rng.random() < 0.35 and y2 - y1 > 220:
        saying = captions.pop()
        _speech(
            made,
            getattr(saying, language),
            language,
            (x1 + 16, y1 + 14, x1 + 16 + min(230, x2 - x1 - 40), y1 + 64),
            False,
            rng,
        )
        y1 += 64
    saying = speeches.pop()
    width = min(250, x2 - x1 - 40) if not vertical else min(170, x2 - x1 - 40)
    height = min(150 if not vertical else 210, y2 - y1 - 60)
    left = int(rng.integers(x1 + 15, max(x1 + 16, x2 - width - 15)))
    _speech(
        made,
        getattr(saying, language),
        language,
        (left, y1 + 20, left + width, y1 + 20 + height),
        True,
        rng,
        vertical,
    )


def _speech(
    made: Page,
    text: str,
    language: Language,
    box: tuple[int, int, int, int],
    balloon: bool,
    rng: Random,
    vertical: bool = False,
) -> None:
    """A balloon with a tail, or a caption's box, with its text."""
    x1, y1, x2, y2 = box
    middle = (x1 + x2) // 2, (y1 + y2) // 2
    axes = (x2 - x1) // 2, (y2 - y1) // 2
    fill = WHITE if balloon else colour(rng, 215, 255)
    tail = np.array([(middle[0] - 14, y2 - 12), (middle[0] + 10, y2 - 12), (middle[0] + 22, y2 + 26)])
    for canvas in (made.clean, made.pixels):
        if balloon:
            cv2.fillPoly(canvas, [tail], fill, cv2.LINE_AA)
            cv2.polylines(canvas, [tail], True, BLACK, 2, cv2.LINE_AA)
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, fill, -1, cv2.LINE_AA)
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, BLACK, 2, cv2.LINE_AA)
        else:
            cv2.rectangle(canvas, (x1, y1), (x2, y2), fill, -1)
            cv2.rectangle(canvas, (x1, y1), (x2, y2), BLACK, 2)
    inside = 0.72 if balloon else 0.92
    room = int(inside * (x2 - x1)), int((inside if balloon else 0.8) * (y2 - y1))
    size = int(rng.integers(22, 30))
    while size > 12 and not made.write(
        text, language, middle, room, size, Style(BLACK), "plain", rng, vertical=vertical
    ):
        size -= 1


def _drawing(height: int, width: int, rng: Random) -> Pixels:
    """A sky with a sun, hills with hatching, a house: lines and areas as a comic has them."""
    out = slope(height, width, colour(rng, 120, 255), colour(rng, 120, 255), rng)
    cv2.circle(
        out,
        (int(rng.integers(width)), int(rng.integers(height))),
        int(rng.integers(20, 60)),
        colour(rng),
        -1,
        cv2.LINE_AA,
    )
    for _ in range(3):
        x = np.linspace(0, width, 40)
        y = height * rng.uniform(0.45, 0.9) + rng.uniform(10, 40) * np.sin(
            x / rng.uniform(30, 90) + rng.uniform(0, 6)
        )
        hill = np.vstack([np.column_stack([x, y]), [width, height], [0, height]]).astype(np.int32)
        cv2.fillPoly(out, [hill], colour(rng, 40, 230), cv2.LINE_AA)
        cv2.polylines(out, [hill], True, BLACK, 2, cv2.LINE_AA)
    for start in range(0, width, int(rng.integers(9, 30))):
        cv2.line(
            out, (start, height), (start + 30, height - int(rng.integers(20, 60))), BLACK, 1, cv2.LINE_AA
        )
    return out


def _some(sayings: tuple[Saying, ...], count: int, rng: Random) -> list[Saying]:
    return [sayings[index] for index in rng.choice(len(sayings), count, replace=False).tolist()]
