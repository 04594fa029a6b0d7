"""The edit file: what was found in a picture and is to stand there, as JSON that a person changes and renders again.

It is the result itself, without its envelope. A person may change ``translated`` (null: the original stays), the
corners of ``polygon``, and ``style``; and may take regions out or put new ones in. Everything else is kept for the eye.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from siseon.applications.translation.contracts import TextRegion, TranslationResult
from siseon.contracts import Encoded, FailureCode, InputError
from siseon.contracts.wire import Ring
from siseon.contracts.words import words_of
from siseon.media.files import name_text

MOST_BYTES = 16 << 20
MOST_REGIONS = 3_000
SUFFIX = ".json"
MOST_COVERED = 10
"""Times that regions and their lines cover the picture, at most: real pages less than twice, each time 0.5 to 2 s a
megapixel."""
MOST_AREA = 2.0
"""Times the picture's area that a polygon may have: a box is drawn as a whole."""
MOST_TEXT = 5_000
"""Characters of a translation: whether more fit is not worth the trying."""
MOST_UNSEEN = 20
"""Characters of a text below which joiners and marks of direction are not counted."""
MOST_TEXTS = 40_000
"""Of all of a picture: setting 5,000 letters takes 1 to 2 s."""
SLACK = 2.0
"""Pixels that a line may reach beyond the box of its region."""


def edit_file(result: TranslationResult) -> Encoded:
    """The file for a result."""
    return Encoded(result.model_dump_json(indent=2).encode(), Path(result.image_id).stem + SUFFIX)


def find_edits(place: Path | None, image_id: str) -> Path | None:
    """The edit file of a picture: the one that is named, or the one in the folder that says it is of this picture.

    A run writes ``page.json``, and ``page-2.json`` where that is another one's: by ``image_id`` page.jpg and page.png
    are told apart.

    Raises:
        InputError: files of two pictures of this name are in the folder, or one of its name cannot be read.
    """
    if place is None or not place.is_dir():
        return place
    own = re.compile(re.escape(Path(image_id).stem) + r"(-[0-9]+)?" + re.escape(SUFFIX))
    found = sorted(path for path in place.iterdir() if own.fullmatch(path.name) and path.is_file())
    found = [path for path in found if _parsed(path).image_id == image_id]
    if len(found) > 1:
        raise InputError(
            f"{found[0].name} and {found[1].name} are both edits of a picture {image_id!r}",
            hint="name the one file that is meant, and run this picture alone",
        )
    return found[0] if found else None


def read_edits(path: Path, width: int, height: int) -> TranslationResult:
    """What an edit file says of a picture of that size.

    Raises:
        InputError: it cannot be read, is not an edit file, is one of a picture of another size, or has
            regions that cannot stand in the picture, or too many.
    """
    edits = _parsed(path)
    check_edits(edits, width, height, name_text(path))
    return edits


def check_edits(edits: TranslationResult, width: int, height: int, what: str) -> None:
    """Refuse edits that cannot be those of a picture of that size; ``what``: they are called.

    Raises:
        InputError: they are for a picture of another size, or have regions that cannot stand in it, or too many.
    """
    if (edits.width, edits.height) != (width, height):
        raise InputError(
            f"{what} is for a picture of {edits.width} × {edits.height}, this one has {width} × {height}",
            hint="take the edit file that was written beside this picture's translation",
        )
    if len(edits.regions) > MOST_REGIONS:
        raise InputError(f"{what} has more than {MOST_REGIONS:,} regions")
    if sum(len(region.translated or "") for region in edits.regions) > MOST_TEXTS:
        raise InputError(f"the translations in {what} have more than {MOST_TEXTS:,} characters together")
    covered = 0.0
    for number, region in enumerate(edits.regions):
        if fault := _fault(region, width, height):
            raise InputError(
                f"{what} cannot be used: regions.{number}.{fault}", hint="change that region, or take it out"
            )
        covered += _covered(region, width, height) if region.translated else 0.0
    if covered > MOST_COVERED * width * height:
        raise InputError(
            f"the regions in {what} cover the picture {covered / (width * height):.0f} times, more than "
            f"{MOST_COVERED}",
            hint="take out regions that lie over others",
        )


def _parsed(path: Path) -> TranslationResult:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{name_text(path)} cannot be read: {error.strerror}", code=FailureCode.file_unreadable
        ) from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{name_text(path)} has more than {MOST_BYTES:,} bytes")
    try:
        return TranslationResult.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise InputError(f"{name_text(path)} is not an edit file: {place}: {words_of(first)}") from None


def _fault(region: TextRegion, width: int, height: int) -> str | None:
    """Why a region cannot be set, by its field; None for one that can be tried."""
    if region.translated is not None and not region.translated.strip():
        return "translated: is empty; null leaves the original"
    if region.translated is not None and (fault := _text_fault(region.translated)):
        return f"translated: {fault}"
    if region.polygon[0] != region.polygon[-1]:
        return "polygon: does not end where it begins"
    far = "polygon: is far outside of the picture"
    for number, line in enumerate(region.lines):
        if not _near(line.polygon, max(width, height)):
            return f"lines.{number}.{far}"
    if not _near(region.polygon, max(width, height)):
        return far
    corners = np.array(region.polygon[:-1], np.float64)
    x, y = corners.mean(axis=0).tolist()
    if not (0 <= x < width and 0 <= y < height):
        return "polygon: its middle is outside of the picture"
    sides = np.linalg.norm(corners[1] - corners[0]) * np.linalg.norm(corners[3] - corners[0])
    return None if sides <= MOST_AREA * width * height else "polygon: is larger than the picture"


def _text_fault(text: str) -> str | None:
    """Why a text is none that a page can show."""
    if len(text) > MOST_TEXT:
        return f"has more than {MOST_TEXT:,} characters"
    kinds = Counter(unicodedata.category(letter) for letter in text if letter not in "\n\t")
    if kinds["Cc"]:
        return "has control characters"
    if 2 * kinds["Cf"] > max(len(text), MOST_UNSEEN):
        return "has more unseen characters than letters"
    return None


def _near(ring: Ring, side: int) -> bool:
    corners = np.array(ring, np.float64)
    return bool(((corners > -2 * side) & (corners < 3 * side)).all())


def _covered(region: TextRegion, width: int, height: int) -> float:
    """Pixels that are looked at to erase and set a region: the bounds of it and all its lines, and each line again."""
    rings = [region.polygon, *(line.polygon for line in region.lines)]
    boxes = np.array([[*np.min(ring, axis=0), *np.max(ring, axis=0)] for ring in rings], np.float64)
    boxes = np.clip(boxes, 0, [width, height] * 2)
    every = [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
    sides = np.array([every, *boxes[1:]])
    return float((sides[:, 2:] - sides[:, :2]).prod(axis=1).sum())


def where_it_stood(region: TextRegion) -> TextRegion:
    """A region in whose polygon its lines stand: where a person has moved a text, the original is still erased."""
    if not region.lines:
        return region
    corners = np.array([corner for line in region.lines for corner in line.polygon], np.float32)
    (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    left, top, right, bottom = region.box
    if left - SLACK <= x1 and top - SLACK <= y1 and x2 <= right + SLACK and y2 <= bottom + SLACK:
        return region
    ring = ((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1))
    return region.model_copy(update={"polygon": ring})
