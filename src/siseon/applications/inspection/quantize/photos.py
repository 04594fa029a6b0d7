"""The photos that a network is quantised on: some to calibrate and choose with, others only to judge by.

They are kept as the network sees them, so that a trial costs no decoding and a folder of large photos no memory. The
two halves share no photo; crops of one photo are in the same half.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from os.path import isfile
from pathlib import Path
from typing import Any

from siseon.applications.inspection.annotations import read_coco
from siseon.applications.inspection.stages import Detect, input_size
from siseon.contracts import FailureCode, Image, InputError, SiseonError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.decode import decode
from siseon.media.files import expand_inputs, name_text, read_file
from siseon.models import InputSpec, Model
from siseon.models.preprocess import fitted

LEAST = 10
"""Photos in each half: with fewer a figure says nothing."""
CALIBRATION = 100
"""Photos to calibrate with at most; more hardly widen the ranges."""
MOST = 200
"""Photos that are read of a larger folder, unless somebody says otherwise."""
LIMIT = 2000
"""That anybody may ask for: each is kept as the network sees it."""
CROPS = 8
"""Of one photo at most."""
SEED = 20_251_129
"""The same folder gives the same photos."""

Told = Callable[[str, int, int], None]
"""Hears of a step, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of the photos."""

    folder: Path
    coco: Path | None = None
    """COCO annotations of them."""
    most: int = MOST
    crops_of: Model | None = None
    """A detector: the network sees what it finds, as an inspection's classifier does."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, or a crop of one, as the network sees it."""

    image: Image
    number: int
    """Of the photo: the id of a labelled one."""
    label: int | None = None
    """The class that its folder is named after."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Both halves."""

    calibration: Sequence[Photo]
    held_out: Sequence[Photo]
    spec: InputSpec
    """Prepares them."""
    coco: dict[str, Any] | None
    labelled: bool
    left_out: Sequence[SiseonError] = field(default=())
    """Why photos that could not be read are in neither half."""


def read_photos(model: Model, wanted: Wanted, told: Told, bounds: MediaBounds = DEFAULT_BOUNDS) -> Photos:
    """Read photos of a folder for a detector or a classifier.

    Raises:
        InputError: there is no such folder, too few photos in it can be read, or the labels are not of them.
        ModelError: the detector that makes crops cannot be loaded.
    """
    if not LEAST * 2 <= wanted.most <= LIMIT:
        raise InputError(f"{wanted.most} photos: at least {LEAST * 2} and at most {LIMIT} can be asked for")
    if not wanted.folder.is_dir():
        raise InputError(
            f"{name_text(wanted.folder)} is not a folder",
            code=FailureCode.file_unreadable,
            hint="--photos names a folder of pictures as the network will see them",
        )
    coco = _coco(wanted) if model.card.task == "detect" else None
    named = _named_in(coco, wanted.folder) if coco else list(enumerate(expand_inputs([str(wanted.folder)])))
    chosen = random.Random(SEED).sample(named, min(len(named), wanted.most))  # noqa: S311 - no secret
    cut = _cutter(wanted.crops_of)
    classes = {name.casefold(): index for index, name in enumerate(model.labels.names)}
    size, spec = input_size(model), model.card.input
    if cut is not None:
        spec = spec.model_copy(update={"resize": "stretch"})  # as Classify does
    halves: tuple[list[Photo], list[Photo]] = [], []
    left_out: list[SiseonError] = []
    read = 0
    for done, (number, path) in enumerate(chosen):
        told("reading photos", done, len(chosen))
        try:
            whole = decode(read_file(path, bounds).data, source=path.name, bounds=bounds)
        except InputError as error:
            left_out.append(error)
            continue
        calibrates = read % 2 == 0 and read < CALIBRATION * 2
        read += 1
        label = classes.get(path.parent.name.casefold()) if model.card.task == "classify" else None
        for image in [whole] if cut is None else cut(whole):
            halves[0 if calibrates else 1].append(Photo(fitted(image, spec, size)[0], number, label))
    if min(map(len, halves)) < LEAST:
        what = "photos" if cut is None else "crops"
        raise InputError(
            f"{len(halves[0]) + len(halves[1])} {what} of {wanted.folder} can be used, at least {LEAST * 2} are needed"
            + (f"; {len(left_out)} cannot be read, the first: {left_out[0].message}" if left_out else ""),
            hint="a hundred or more make the figures worth something",
        )
    if spec.resize == "center_crop":
        spec = spec.model_copy(update={"resize": "stretch"})  # they are cropped
    labels = [photo.label for half in halves for photo in half]
    labelled = coco is not None or (cut is None and None not in labels)
    return Photos(*halves, spec, coco, labelled, left_out)


def _cutter(detector: Model | None) -> Callable[[Image], Iterator[Image]] | None:
    if detector is None:
        return None
    detect = Detect(detector)
    detect.setup()

    def cut(photo: Image) -> Iterator[Image]:
        crops = detect.process([photo])[0].crops(photo, min_side=32)
        return (crop.image for crop in crops[:CROPS])

    return cut


def _coco(wanted: Wanted) -> dict[str, Any] | None:
    """The annotations that were named, or the only ``instances*.json`` in the folder."""
    if wanted.coco is not None:
        return read_coco(wanted.coco)
    found = sorted(
        [*wanted.folder.glob("instances*.json"), *wanted.folder.glob("annotations/instances*.json")]
    )
    if len(found) > 1:
        raise InputError(
            f"{wanted.folder} has several files of labels: {found[0].name}, {found[1].name}",
            hint="name one with --coco",
        )
    return read_coco(found[0]) if found else None


def _named_in(coco: dict[str, Any], folder: Path) -> list[tuple[int, Path]]:
    """The photos of the annotations that lie in the folder or in its ``images``."""
    found = []
    for entry in coco["images"]:
        name, number = entry.get("file_name"), entry.get("id")
        if (
            not isinstance(name, str)
            or not isinstance(number, int)
            or Path(name).is_absolute()
            or ".." in name
        ):
            raise InputError(
                f"the labels name a photo {name!r} with the id {number!r}: that is no photo here"
            )
        places = (folder / name, folder / "images" / name)
        path = next((place for place in places if isfile(place)), None)  # a name may be too long for a file
        if path is not None:
            found.append((number, path))
    if not found:
        raise InputError(
            f"none of the {len(coco['images'])} photos that the labels name lies in {folder}",
            code=FailureCode.file_unreadable,
            hint="--photos is the folder of the images",
        )
    return found
