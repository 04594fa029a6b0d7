"""How well people are found and followed: on sequences of the MOTChallenge's form, by the measures of ``trackers``.

HOTA (Luiten et al. 2021), MOTA (CLEAR MOT, Bernardin and Stiefelhagen 2008) and IDF1 (Ristani et al. 2016). All boxes
that the truth calls people to be evaluated count, and all that are found: the official evaluation first removes those
that lie on cyclists, statues and crowds, so that its figures are a little higher.
"""

from __future__ import annotations

import asyncio
import configparser
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import DirectoryPath, JsonValue

from siseon.applications.application import Evaluation, Table
from siseon.applications.measuring import Unread, expect_once
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.footage import Footage, Shot
from siseon.applications.people.libraries import needed
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.pipeline import People
from siseon.contracts import FailureCode, Frame, Image, InputError
from siseon.contracts.described import Described
from siseon.engine import Pipeline
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.files import expect_regular, read_labelled
from siseon.models import ModelManager

FIGURES = ("HOTA", "MOTA", "IDF1")
COUNTS = ("CLR_FP", "CLR_FN", "IDSW")
MOST_PICTURES = 600
"""Of a sequence: all are in memory at once."""
PEDESTRIAN = 1
"""Class in the truth; 7th and 8th column are whether a box is evaluated, and its class."""
COLUMNS = 8
FEWEST_HZ, MOST_HZ = 0.1, 1000.0
"""Pictures a second that a sequence may have: their times are whole milliseconds."""


class Sequences(Described):
    """What following is compared with."""

    folder: DirectoryPath
    """Folder of sequences as the MOTChallenge has them: a folder each, with seqinfo.ini, gt/gt.txt and its pictures."""


@dataclass(frozen=True, slots=True)
class _Sequence:
    name: str
    pictures: list[Path]
    rate: float
    truth: NDArray[np.float64]
    """(N, 6): number of the picture, person, x, y, width, height."""


class _OfPictures(Pipeline[Footage, ChunkSeen]):
    """Looks at pictures in place of a chunk of a video."""

    def __init__(self, people: People) -> None:
        self.people = people

    async def run(self, item: Footage) -> ChunkSeen:
        return await self.people.look(item, self.people.options.rate)


async def evaluate(
    models: ModelManager,
    options: PeopleOptions,
    truth: Sequences,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """A row for each sequence, and one for all; those whose pictures cannot be read, or have nobody in the
    truth, are named in notes.

    Raises:
        InputError: there is no sequence, the truth of one cannot be used, or the pictures of none can be read.
        SiseonError: the failure of the first sequence.
    """
    rows: list[tuple[str, dict[str, float]]] = []
    parts: list[tuple[dict[str, float], ...]] = []
    unread = Unread[str](str)
    for sequence in _sequences(truth.folder):
        own = options.model_copy(
            update={"pose": None, "faces": None, "expressions": None, "rate": sequence.rate}
        )
        try:
            footage = await asyncio.to_thread(_footage, sequence, bounds)
        except InputError as failure:
            unread.found.append((sequence.name, failure))
            continue
        async with _OfPictures(People(models, own, bounds=bounds)) as pipeline:
            seen = (await pipeline(footage)).data
        measured = _measured(sequence, seen)
        parts.append(measured)
        rows.append((sequence.name, _figures(measured)))
        progress()
    if not rows and unread.found:
        raise unread.first()
    if not rows:
        raise InputError(f"{truth.folder} has no folder with seqinfo.ini and gt/gt.txt")
    rows.append(("all", _figures(_together(parts))))
    document: JsonValue = {name: dict(figures) for name, figures in rows}
    return Table(
        "people",
        ("sequence", *FIGURES, "extra", "missed", "switches"),
        tuple(
            (name, *(f"{row[one]:.3f}" for one in FIGURES), *(f"{row[one]:.0f}" for one in COUNTS))
            for name, row in rows
        ),
        document,
        unread.notes(),
    )


def _sequences(folder: Path) -> Iterator[_Sequence]:
    for info in sorted(folder.glob("*/seqinfo.ini")):
        stated = configparser.ConfigParser()
        expect_regular(info)
        try:
            stated.read(info, encoding="utf-8-sig")
            about = stated["Sequence"]
            pictures = sorted((info.parent / about["imDir"]).glob(f"*{about['imExt']}"))
            rate = float(about["frameRate"])
            rows = _truth(info.parent / "gt" / "gt.txt")
            if not FEWEST_HZ <= rate <= MOST_HZ:
                raise ValueError(f"frameRate {rate:g} is not within {FEWEST_HZ:g} to {MOST_HZ:g}")
        except (OSError, ValueError, KeyError, configparser.Error) as error:
            raise InputError(
                f"{info.parent} is no sequence: {error}", code=FailureCode.file_unreadable
            ) from None
        counted = (rows[:, 6] == 1) & (rows[:, 7] == PEDESTRIAN)
        boxes = rows[counted][:, :2].tolist()
        named = (f"person {person:.15g} on picture {number:.15g}" for number, person in boxes)
        expect_once(named, f"{info.parent / 'gt' / 'gt.txt'} has")
        yield _Sequence(info.parent.name, pictures[:MOST_PICTURES], rate, rows[counted][:, :6])


def _truth(path: Path) -> NDArray[np.float64]:
    """(N, 8): its columns as far as they count."""
    expect_regular(path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "loadtxt: input contained no data")
        rows = np.loadtxt(path, delimiter=",", ndmin=2, usecols=range(COLUMNS), encoding="utf-8-sig")
    if not np.isfinite(rows).all():
        raise ValueError("gt.txt has a figure that is not finite")
    return rows


def _footage(sequence: _Sequence, bounds: MediaBounds) -> Footage:
    count = len(sequence.pictures)
    if not count:
        raise InputError(f"{sequence.name} has no pictures", code=FailureCode.file_unreadable)
    if not np.isin(sequence.truth[:, 0], np.arange(1, count + 1)).any():
        raise InputError(
            f"its gt.txt has no person who counts on any of its {count} pictures",
            hint="a line for each is: number of the picture, person, x, y, width, height, 1, 1",
        )
    images = [_picture(path, bounds) for path in sequence.pictures]
    root = Frame.root(images[0].width, images[0].height)
    for path, image in zip(sequence.pictures, images, strict=True):
        if (image.width, image.height) != (root.width, root.height):
            raise InputError(
                f"{path} has {image.width} × {image.height} pixels, the first of its sequence has "
                f"{root.width} × {root.height}"
            )
    shots = [
        Shot(round(number * 1000 / sequence.rate), Image(image.pixels, root))
        for number, image in enumerate(images)
    ]
    return Footage(0, 0, shots[-1].t_ms, root, shots)


def _picture(path: Path, bounds: MediaBounds) -> Image:
    file = read_labelled(path, bounds)
    try:
        return decode(file.data, bounds=bounds)
    except InputError as failure:
        raise InputError(f"{path}: {failure.message}", code=failure.code, hint=failure.hint) from None


def _measured(sequence: _Sequence, seen: ChunkSeen) -> tuple[dict[str, float], ...]:
    with needed():
        from trackers.eval import (
            box_iou,
            compute_clear_metrics,
            compute_hota_metrics,
            compute_identity_metrics,
        )
    people = {int(one): number for number, one in enumerate(np.unique(sequence.truth[:, 1]).tolist())}
    tracks = {tracklet.id: number for number, tracklet in enumerate(seen.tracklets)}
    true_ids, own_ids, alike = [], [], []
    for number, moment in enumerate(seen.moments, 1):
        rows = sequence.truth[sequence.truth[:, 0] == number]
        boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
        found = np.array([one.box for one in moment.boxes], np.float64).reshape(-1, 4)
        true_ids.append(np.array([people[int(one)] for one in rows[:, 1].tolist()], np.int64))
        own_ids.append(np.array([tracks[one.id] for one in moment.boxes], np.int64))
        alike.append(np.asarray(box_iou(boxes, found), np.float64).reshape(len(boxes), len(found)))
    return (
        compute_hota_metrics(true_ids, own_ids, alike),
        compute_clear_metrics(true_ids, own_ids, alike),
        compute_identity_metrics(true_ids, own_ids, alike),
    )


def _together(parts: list[tuple[dict[str, float], ...]]) -> tuple[dict[str, float], ...]:
    from trackers.eval import aggregate_clear_metrics, aggregate_hota_metrics, aggregate_identity_metrics

    hota, clear, identity = (list(one) for one in zip(*parts, strict=True))
    return aggregate_hota_metrics(hota), aggregate_clear_metrics(clear), aggregate_identity_metrics(identity)


def _figures(measured: tuple[dict[str, float], ...]) -> dict[str, float]:
    merged = {name: value for one in measured for name, value in one.items()}
    return {name: float(merged[name]) for name in (*FIGURES, *COUNTS)}


EVALUATION = Evaluation(
    summary="People found and followed in sequences of pictures: HOTA, MOTA, IDF1.",
    truth=Sequences,
    measure=evaluate,
    measured=("detector", "least_score", "tracker"),
)
