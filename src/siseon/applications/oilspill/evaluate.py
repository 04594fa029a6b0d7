"""How often oil is found on photos that have it, and said of photos that do not: whole pictures against labels."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pydantic import DirectoryPath, JsonValue

from siseon.applications.application import Evaluation, Table
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.pipeline import OilSpill
from siseon.applications.oilspill.sea.evaluate import Labelled, Says, labelled, says, shares
from siseon.contracts import InputError
from siseon.contracts.described import Described
from siseon.media.bounds import MediaBounds
from siseon.media.files import read_file
from siseon.models import ModelManager

OUTCOMES: tuple[Says, ...] = ("found", "missed", "accused", "cleared", "unsure", "refused")


class OilSpillTruth(Described):
    """What pictures are compared with."""

    folder: DirectoryPath
    """Folder with labels.csv: columns file, label (oil_spill or no_oil_spill) and shows; other labels are left out."""


async def evaluate(
    models: ModelManager,
    options: OilSpillOptions,
    truth: OilSpillTruth,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """A row for photos with oil and one for those without.

    Raises:
        SiseonError: the labels cannot be used, or the failure of the first photo.
    """
    photos = list(labelled(truth.folder))
    if not photos:
        raise InputError(f"{truth.folder / 'labels.csv'} labels no photo oil_spill or no_oil_spill")
    outcomes: list[tuple[Labelled, Says]] = []
    async with OilSpill(models, options, bounds=bounds) as pipeline:
        for photo in photos:
            result = await pipeline(await asyncio.to_thread(read_file, Path(photo.path), bounds))
            outcomes.append((photo, says(result.data, oil=photo.oil)))
            progress()
    counts = Counter((photo.oil, said) for photo, said in outcomes)
    rows = tuple(
        (name, *(str(counts[oil, said]) for said in OUTCOMES))
        for oil, name in ((True, "with oil"), (False, "without"))
    )
    wrong: list[JsonValue] = [
        {"file": str(photo.path), "shows": photo.shows, "outcome": said}
        for photo, said in outcomes
        if said in ("missed", "accused")
    ]
    told = [(photo.oil, said) for photo, said in outcomes]
    document: JsonValue = {"shares": {**shares(told)}, "wrong": wrong}
    return Table("oilspill", ("photos", *OUTCOMES), rows, document)


EVALUATION = Evaluation(
    summary="Photos with and without oil: how many are found, missed, accused, cleared, or left to a person.",
    truth=OilSpillTruth,
    measure=evaluate,
)
