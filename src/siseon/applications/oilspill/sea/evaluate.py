"""How well the sea is seen: pixels against masks that are known, and whole pictures against what people say of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import SEA_CLASSES, OilSpillResult
from siseon.applications.oilspill.sea.seen import FIRST_OIL, LAST_OIL, Seen
from siseon.contracts import FailureCode, InputError
from siseon.media.files import expect_regular

M2_IN_KM2 = 1e6
OIL, NO_OIL = "oil_spill", "no_oil_spill"
"""Labels in ``labels.csv``."""
TABLE = f"a CSV with the columns file, label ({OIL} or {NO_OIL}) and shows (what is to be seen)"

Says = Literal["found", "missed", "accused", "cleared", "unsure", "refused"]
"""Of a picture with oil ``found`` or ``missed``, of a clean one ``accused`` or ``cleared``; of both ``unsure``, and
``refused`` where it is not taken for the sea in colour."""


@dataclass(frozen=True)
class Pixels:
    """Of pictures whose classes are known."""

    counts: NDArray[np.int64]
    """(11, 11): true class by said class, the last being none of ``SEA_CLASSES``."""
    area_errors: tuple[float, ...]
    """Of each picture with oil: difference of its area to the true one, in shares of that."""
    glint: int
    """Pixels of water and glint in pictures without oil that have glint."""
    false_in_glint: int
    """Of these, how many were called oil."""

    def iou(self) -> dict[str, float]:
        """Intersection over union of each class, and of oil of any class (``oil``); NaN of what does not occur."""
        right = np.diag(self.counts).astype(float)
        union = self.counts.sum(0) + self.counts.sum(1) - right
        found = dict(zip(SEA_CLASSES, (right / np.where(union, union, np.nan)).tolist(), strict=False))
        oil = slice(FIRST_OIL, LAST_OIL + 1)
        common = float(self.counts[oil, oil].sum())
        either = float(self.counts[oil].sum() + self.counts[:, oil].sum()) - common
        found["oil"] = common / either if either else float("nan")
        return found

    def false_m2_per_km2(self) -> float:
        """Square metres called oil in a square kilometre of glittering sea without any; NaN where there was none."""
        return M2_IN_KM2 * self.false_in_glint / self.glint if self.glint else float("nan")


def compared(said: Iterable[NDArray[np.uint8]], true: Iterable[NDArray[np.uint8]], ignored: int) -> Pixels:
    """Class maps against true ones, both (H, W) of numbers in ``SEA_CLASSES``, ``palette.NOTHING`` for others.

    ``ignored``: a number in the true ones of pixels that do not count.
    """
    counts = np.zeros((len(SEA_CLASSES) + 1,) * 2, np.int64)
    errors: list[float] = []
    glint = false = 0
    for one, other in zip(said, true, strict=True):
        here = _counted(one, other, ignored)
        counts += here
        wet = here[FIRST_OIL : LAST_OIL + 1].sum()
        called = here[:, FIRST_OIL : LAST_OIL + 1].sum()
        if wet:
            errors.append(abs(float(called) - float(wet)) / float(wet))
        elif here[SEA_CLASSES.index("glint")].any():
            water = [0, SEA_CLASSES.index("glint")]
            glint += int(here[water].sum())
            false += int(here[water, FIRST_OIL : LAST_OIL + 1].sum())
    return Pixels(counts, tuple(errors), glint, false)


def _counted(said: NDArray[np.uint8], true: NDArray[np.uint8], ignored: int) -> NDArray[np.int64]:
    last = len(SEA_CLASSES)
    counts = true != ignored
    rows = np.minimum(true[counts], last).astype(np.int64)
    columns = np.minimum(said[counts], last).astype(np.int64)
    return np.bincount(rows * (last + 1) + columns, minlength=(last + 1) ** 2).reshape(last + 1, last + 1)


@dataclass(frozen=True)
class Labelled:
    """A photo of which somebody says whether it shows oil."""

    path: Path
    oil: bool
    shows: str


def labelled(folder: Path) -> Iterator[Labelled]:
    """The photos of ``folder/labels.csv`` (columns ``file``, ``label``, ``shows``) that have a label.

    Raises:
        InputError: it is not there, is no such table, or a column or a cell is missing.
    """
    table = folder / "labels.csv"
    expect_regular(table)
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [(reader.line_num, row) for row in reader]
            columns = reader.fieldnames or ()
    except OSError as error:
        raise InputError(
            f"{table} cannot be read: {error.strerror}", code=FailureCode.file_unreadable, hint=TABLE
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is no table of commas in UTF-8: {error}", hint=TABLE) from None
    if not {"file", "label", "shows"} <= set(columns):
        raise InputError(
            f"{table} has the columns {', '.join(columns)}; it needs file, label and shows", hint=TABLE
        )
    for line, row in rows:
        if None in (row["file"], row["label"], row["shows"]):
            raise InputError(f"{table} has fewer cells in line {line} than columns")
        if row["label"] in (OIL, NO_OIL):
            yield Labelled(folder / row["file"], row["label"] == OIL, row["shows"])


def says(seen: Seen | OilSpillResult, *, oil: bool) -> Says:
    """What came out for a photo with or without ``oil``."""
    if seen.refused is not None:
        return "refused"
    match seen.verdict:
        case "unsure":
            return "unsure"
        case "oil":
            return "found" if oil else "accused"
        case _:
            return "missed" if oil else "cleared"


def shares(outcomes: Sequence[tuple[bool, Says]]) -> dict[str, float]:
    """Of the photos with oil the shares ``found`` and ``missed``, of those without ``accused`` and ``cleared``."""
    out: dict[str, float] = {}
    for oil, names in ((True, ("found", "missed")), (False, ("accused", "cleared"))):
        of_it = [outcome for is_oil, outcome in outcomes if is_oil == oil]
        for name in names:
            out[name] = sum(outcome == name for outcome in of_it) / len(of_it) if of_it else float("nan")
    return out
