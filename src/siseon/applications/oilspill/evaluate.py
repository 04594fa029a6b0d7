"""How often oil is found on photos that have it, and said of photos that do not: whole pictures against labels."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from pydantic import DirectoryPath, JsonValue

from siseon.applications.application import Evaluation, Table
from siseon.applications.measuring import measure_all, notes_of
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.pipeline import OilSpill
from siseon.applications.oilspill.sea.evaluate import Labelled, Says, labelled, says, shares
from siseon.contracts import InputError
from siseon.contracts.described import Described
from siseon.media.bounds import MediaBounds
from siseon.media.files import read_file
from siseon.models import ModelManager

OUTCOMES: tuple[Says, ...] = ("found", "missed", "accused", "cleared", "unsure", "refused")
AT_ONCE = 1
"""Photos of a flight are large, and one keeps the cores busy."""


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
    """A row for photos with oil and one for those without; photos that cannot be read are named in notes.

    Raises:
        InputError: the labels cannot be used, or no photo can be read.
        SiseonError: the failure of the first photo that could not be answered.
    """
    photos = list(labelled(truth.folder))
    if not photos:
        raise InputError(f"{truth.folder / 'labels.csv'} labels no photo oil_spill or no_oil_spill")
    pipeline = OilSpill(models, options, bounds=bounds)
    unread: list[tuple[Labelled, InputError]] = []

    async def one(photo: Labelled) -> tuple[Labelled, Says]:
        result = await pipeline(await asyncio.to_thread(read_file, photo.path, bounds))
        return photo, says(result.data, oil=photo.oil)

    outcomes = await measure_all(pipeline, photos, one, progress, at_once=AT_ONCE, unread=unread)
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
    notes = notes_of([(str(photo.path), failure) for photo, failure in unread])
    return Table("oilspill", ("photos", *OUTCOMES), rows, document, notes)


EVALUATION = Evaluation(
    summary="Photos with and without oil: how many are found, missed, accused, cleared, or left to a person.",
    truth=OilSpillTruth,
    measure=evaluate,
)
