"""Letters drawn where a test wants them, with all that is known of them."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from siseon.applications.text import Line
from siseon.applications.translation.contracts import TextRegion
from siseon.applications.translation.fonts import face_for
from siseon.applications.translation.languages import script_of


@dataclass
class Drawn:
    clean: np.ndarray
    pixels: np.ndarray
    ink: np.ndarray
    """Pixels that letters and their rims cover by half or more."""
    region: TextRegion


def draw(
    clean, text, at, *, size=32, ink=(0, 0, 0), rim=None, bold=True, language="en", translated=None, pad=0.15
):
    """Lines of ``text``, one below the other from the left top corner ``at``; boxes are a little larger."""
    picture = Image.fromarray(clean)
    cover = Image.new("L", picture.size)
    font = face_for(text.replace("\n", " "), language, bold=bold).sized(size)
    lines = []
    for number, line in enumerate(text.split("\n")):
        place = at[0], at[1] + round(1.3 * size * number)
        stroke = 2 if rim else 0
        draw_on = ImageDraw.Draw(picture)
        draw_on.text(place, line, ink, font=font, stroke_width=stroke, stroke_fill=rim)
        ImageDraw.Draw(cover).text(place, line, 255, font=font, stroke_width=stroke)
        box = (
            np.array(draw_on.textbbox(place, line, font=font, stroke_width=stroke))
            + np.array([-1, -1, 1, 1]) * pad * size
        )
        x1, y1, x2, y2 = box.tolist()
        lines.append(Line(polygon=((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)), text=line, score=1))
    corners = np.array([line.polygon for line in lines]).reshape(-1, 2)
    (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    region = TextRegion(
        polygon=((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)),
        lines=tuple(lines),
        text=text.replace("\n", " "),
        script=script_of(text),
        score=1,
        translated=translated,
    )
    return Drawn(clean, np.array(picture), np.array(cover) > 127, region)


def flat(colour=(255, 255, 255), height=120, width=400):
    return np.full((height, width, 3), colour, np.uint8)


def sloped(height=120, width=400):
    """From blue at the left to orange at the right, darker below."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return (
        np.stack([60 + 150 * x, 90 + 60 * x - 20 * y, 180 - 90 * x - 20 * y], axis=-1)
        .round()
        .astype(np.uint8)
    )


def textured(height=120, width=400, seed=5):
    """Soft spots of many colours, with grain, like a photo out of focus."""
    rng = np.random.default_rng(seed)
    import cv2

    spots = cv2.resize(
        rng.uniform(60, 200, (height // 24, width // 24, 3)), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.clip(spots + rng.normal(0, 4, spots.shape), 0, 255).astype(np.uint8)
