"""How well instruments are read: on a user's own photos, with a table of their values, and on generated dials.

The table is a CSV file with the columns file, unit, value, tolerance, scale_min, scale_max: what the instrument in that
file showed, how far off a reading may be, and the ends of its scale. A reading that is farther off is wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    DirectoryPath,
    Field,
    FilePath,
    NewPath,
    model_validator,
)

from siseon.applications.application import Evaluation, Table
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.crowded import crowded_marked, crowded_seen, crowded_table
from siseon.applications.gauges.curve import draw_curve
from siseon.applications.gauges.digital.evaluate import (
    ReadDisplay,
    display_table,
    displays_marked,
    displays_seen,
)
from siseon.applications.gauges.digital.recogniser import MODEL as DIGITS
from siseon.applications.gauges.generated import Photo, Split, calibration_of, photo
from siseon.applications.gauges.labels import Labelled, labelled
from siseon.applications.gauges.options import GaugesOptions
from siseon.applications.gauges.pipeline import Gauges
from siseon.applications.gauges.reading import known_of, read_dial
from siseon.applications.gauges.scores import Judged, Scores, judged, scores, surest_first
from siseon.applications.measuring import Unread, measure_all
from siseon.contracts import FailureCode, Image, InputError
from siseon.contracts.described import Described
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode
from siseon.media.files import read_labelled
from siseon.models import ModelManager

WRONG = 2.0
"""% of full scale from which a reading of a generated dial is wrong."""

SPLIT: Split = "evaluation"


class GaugesTruth(Described):
    """What readings are compared with."""

    labels: FilePath | None = None
    """Table of your photos: a CSV file with the columns file, unit, value, tolerance, scale_min, scale_max."""
    images: DirectoryPath | None = None
    """Folder of the photos that it names."""
    generated: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Instead of photos: how many generated dials, of families that are not those of development."""
    first: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """Number of the first generated one: others are dials that nobody has looked at."""
    of: Literal["dials", "crowded", "displays"] = "dials"
    """What is generated: dials; crowded ones, with a second scale, several needles or set-point markers, by family; or
    displays and counters: how many are read exactly, by family."""
    by: Literal["calibration", "sight"] = "calibration"
    """How generated instruments are read: each by a calibration whose points are half a pixel off (of displays 4 % of
    their height), or by sight, as photos are without a calibration."""

    curve: NewPath | None = None
    """New PNG file for the risk that comes with coverage, drawn."""

    @model_validator(mode="after")
    def _photos_or_generated(self) -> Self:
        if (self.labels is None) != (self.images is None):
            raise ValueError("--labels and --images go together")
        if (self.labels is None) == (self.generated == 0):
            raise ValueError("give --labels and --images, or --generated")
        if self.labels is not None and self.of != "dials":
            raise ValueError("--of is for --generated")
        if self.curve is not None and self.of != "dials":
            raise ValueError("--curve is for photos and --of dials")
        if self.labels is not None and self.first:
            raise ValueError("--first is for --generated")
        if self.labels is not None and self.by == "sight":
            raise ValueError("--by is for --generated; photos are read by sight unless a calibration is set")
        return self


async def evaluate(
    models: ModelManager,
    options: GaugesOptions,
    truth: GaugesTruth,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """Errors in % of full scale, wrong readings, refusals, and the risk that comes with coverage.

    Photos that cannot be read are named in notes.

    Raises:
        InputError: the table cannot be used, no photo can be read, or a calibration is set that would not be.
        SiseonError: the failure of the first photo that could not be answered.
    """
    if truth.generated and options.calibration is not None:
        raise InputError(
            "generated dials bring calibrations of their own",
            hint="leave calibration=… out, or give --labels and --images",
        )
    unread = Unread[Labelled](lambda row: row.file)
    numbers = range(truth.first, truth.first + truth.generated)
    if truth.of != "dials":
        return await _by_family(models, truth, numbers, bounds, progress)
    if truth.labels is not None and truth.images is not None:
        rows = labelled(truth.labels)
        found = await _photos(Gauges(models, options, bounds=bounds), rows, truth.images, progress, unread)
        title = f"gauges in {truth.images}"
    elif truth.by == "sight":
        found = await _seen(Gauges(models, GaugesOptions(), bounds=bounds), numbers, progress)
        title = f"{truth.generated} generated dials, by sight"
    else:
        found = await _calibrated(numbers, progress)
        title = f"{truth.generated} generated dials, each by a calibration"
    if truth.curve is not None:
        wrong = [one.wrong for one in surest_first(found)]
        await asyncio.to_thread(_keep, draw_curve(wrong, len(found), "Risk and coverage"), truth.curve)
    return _table(title, scores(found), found, unread.notes())


async def _by_family(
    models: ModelManager,
    truth: GaugesTruth,
    numbers: Sequence[int],
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    gauges = Gauges(models, GaugesOptions(), bounds=bounds) if truth.by == "sight" else None
    if truth.of == "displays":
        displays = await (
            displays_marked(ReadDisplay(models[DIGITS]), numbers, progress)
            if gauges is None
            else displays_seen(gauges, numbers, progress)
        )
        how = "each by its corners" if gauges is None else "by sight"
        return display_table(f"{truth.generated} generated displays and counters, {how}", displays)
    crowded = await (
        crowded_marked(numbers, progress) if gauges is None else crowded_seen(gauges, numbers, progress)
    )
    how = "each by a calibration" if gauges is None else "by sight"
    return crowded_table(
        f"{truth.generated} generated dials with more than a scale and a needle, {how}", crowded
    )


def _keep(picture: Image, path: Path) -> None:
    """Write a new PNG file.

    Raises:
        InputError: ``storage_failed``.
    """
    try:
        with path.open("xb") as file:
            file.write(encode(picture, "png"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", code=FailureCode.storage_failed
        ) from None


async def _photos(
    pipeline: Gauges,
    rows: list[Labelled],
    folder: Path,
    progress: Callable[[], object],
    unread: Unread[Labelled],
) -> list[Judged]:
    async def one(row: Labelled) -> Judged:
        picture = await asyncio.to_thread(read_labelled, folder / row.file, pipeline.decode.bounds)
        data = (await pipeline(picture)).data
        ends = (row.scale_min, row.scale_max)
        return judged(row.file, data.readings, row.value, row.tolerance, ends, row.unit)

    return await measure_all(pipeline, rows, one, progress, unread=unread)


async def _seen(pipeline: Gauges, numbers: Sequence[int], progress: Callable[[], object]) -> list[Judged]:
    async def one(index: int) -> Judged:
        seen = await asyncio.to_thread(photo, index, SPLIT)
        return _judged_generated(index, seen, (await pipeline(seen.image)).data.readings)

    return await measure_all(pipeline, numbers, one, progress)


async def _calibrated(numbers: Sequence[int], progress: Callable[[], object]) -> list[Judged]:
    """Each in a thread by itself: whoever ends the command waits for one of them, not for all."""

    def one(index: int) -> Judged:
        seen = photo(index, SPLIT)
        reading = read_dial(seen.image.pixels, known_of(calibration_of(seen, seed=index)))
        return _judged_generated(index, seen, [reading])

    found = []
    for index in numbers:
        found.append(await asyncio.to_thread(one, index))
        progress()
    return found


def _judged_generated(index: int, seen: Photo, readings: Sequence[Reading]) -> Judged:
    ends = min(seen.dial.numerals), max(seen.dial.numerals)
    tolerance = WRONG / 100 * (ends[1] - ends[0])
    return judged(f"dial {index}", readings, seen.value, tolerance, ends, seen.dial.unit)


def _table(title: str, total: Scores, found: list[Judged], notes: tuple[str, ...]) -> Table:
    refused = ", ".join(f"{number} {reason}" for reason, number in sorted(total.refused.items()))
    rows = [
        ("instruments", str(total.instruments)),
        ("read", str(total.read)),
        ("refused", refused or "0"),
    ]
    if total.read:
        rows += _errors(total)
    return Table(
        title=title,
        heads=("figure", "value"),
        rows=tuple(rows),
        document={
            **asdict(total),
            "risk": [list(at) for at in total.risk],
            "readings": [
                {
                    "name": one.name,
                    "error": one.error,
                    "wrong": one.wrong,
                    "reading": one.reading.model_dump(mode="json", exclude={"dial", "needle"}),
                }
                for one in found
            ],
        },
        notes=notes,
    )


def _errors(total: Scores) -> list[tuple[str, str]]:
    rows = [
        ("error, median", f"{total.median:.2f} % of full scale"),
        ("error, p95", f"{total.p95:.2f} % of full scale"),
        ("error, largest", f"{total.largest:.2f} % of full scale"),
        ("within the stated uncertainty", f"{total.within:.0%}"),
    ]
    rows += [
        (f"wrong in the surest {coverage:.0%}", f"{wrong} of {read}") for coverage, read, wrong in total.risk
    ]
    return rows


EVALUATION = Evaluation(
    summary="Errors in % of full scale, wrong readings and refusals, on photos with a table or on generated dials.",
    truth=GaugesTruth,
    measure=evaluate,
)
