"""Name an object by the nearest of pictures that a person has given: products without any training.

The folder holds a folder for each product, or one picture whose name is the product's. Each picture becomes a vector of
unit length, the features of an embedding network; a crop is as similar to a product as to the nearest of its
pictures, by cosine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.inspection.stages import CLASSIFY_BATCH, blank, input_size, ranked
from siseon.applications.network import WHAT_SUITS, Allotment, Network
from siseon.contracts import (
    ContractViolation,
    Crop,
    FailureCode,
    Image,
    InputError,
    LabelMap,
    ModelRef,
    Ranked,
)
from siseon.engine import Stage, part
from siseon.engine.machine import cores
from siseon.media.decode import decode
from siseon.media.files import read_file
from siseon.models import Model
from siseon.models.preprocess import prepare

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
"""Of files that are taken for pictures; what else lies in the folder is left alone."""

MOST_PICTURES = 20_000
"""Pictures of a gallery: each takes about 5 kB of memory and 10 ms of the start."""


class Recognise(Stage[Crop, Ranked]):
    """Name what a crop shows by the nearest product of a gallery; the score is the cosine similarity, at least 0.

    Whether that is near enough is for the caller to say: something is always nearest.
    """

    name = "classify"

    def __init__(self, model: Model, folder: Path, *, allotment: Allotment = WHAT_SUITS) -> None:
        """``model``: of a card with task ``embed``; ``folder``: of the products, read when the stage starts."""
        self.model = model
        self.folder = folder
        self._network = Network(model, cpu_batch=CLASSIFY_BATCH, allotment=allotment)
        self.max_batch, self.replicas = allotment.batch or CLASSIFY_BATCH, allotment.replicas or cores()
        self._input = model.card.input.model_copy(update={"resize": "stretch"})
        self._products = LabelMap(())
        self._of_product = np.empty(0, np.int64)
        self._vectors = np.empty((0, 0), np.float32)

    def setup(self) -> None:
        """Load the weights, look at every picture of the gallery.

        Raises:
            InputError: no such folder, no pictures in it, or one that cannot be read, by name.
        """
        self._network.set_up(self, self._enrol)

    def teardown(self) -> None:
        """Let go of the weights."""
        self._network.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The embedding network."""
        return (self.model.ref,)

    @property
    def products(self) -> tuple[str, ...]:
        """Names of the products, in the order of their class ids; empty before the start."""
        return self._products.names

    def process(self, batch: Sequence[Crop]) -> Sequence[Ranked]:
        """The nearest products of each crop, nearest first.

        Raises:
            ContractViolation: the network's vectors are no numbers or of another length.
        """
        vectors = _unit(self._features(batch))
        with part("postprocess"):
            near = np.full((len(batch), len(self._products)), -1, np.float32)
            np.maximum.at(near.T, self._of_product, (vectors @ self._vectors.T).T)
            return ranked(np.clip(near, 0, 1), self._products)

    def _enrol(self) -> None:
        pictures = list(product_pictures(self.folder))
        names = tuple(dict.fromkeys(name for name, _ in pictures))
        self._products = LabelMap(names, str(self.folder))
        self._of_product = np.array([names.index(name) for name, _ in pictures], np.int64)
        self._vectors = _unit(np.concatenate([self._features([_read(path)]) for _, path in pictures]))
        self.process([Crop(0, blank(self.model))] * self.max_batch)

    def _features(self, images: Sequence[Image | Crop]) -> NDArray[np.float32]:
        """(n, d) float32, as the network gives them."""
        with part("preprocess"):
            pixels, _ = prepare(images, self._input, input_size(self.model))
        with part("infer"):
            outputs = self.model.run({self.model.input_name: pixels}, items=len(images))
        features = next(iter(outputs.values())).astype(np.float32, copy=False).reshape(len(images), -1)
        if not np.isfinite(features).all():
            raise ContractViolation("features are not finite", hint="the weights are damaged or overflow")
        return features


def product_pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    """Product and path of each picture of a gallery, by name: ``cola/1.jpg`` and ``cola.jpg`` both show a cola.

    Raises:
        InputError: no such folder, or no or too many pictures in it.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} for a gallery", code=FailureCode.file_unreadable)
    count = 0
    for entry in sorted(folder.iterdir()):
        paths = sorted(entry.iterdir()) if entry.is_dir() else [entry]
        for path in paths:
            if path.suffix.lower() in SUFFIXES and path.is_file():
                count += 1
                if count > MOST_PICTURES:
                    raise InputError(f"the gallery {folder} has more than {MOST_PICTURES} pictures")
                yield (entry.name if entry.is_dir() else entry.stem), path
    if not count:
        raise InputError(
            f"the gallery {folder} has no pictures", hint="one folder, or one picture, for each product"
        )


def _read(path: Path) -> Image:
    try:
        return decode(read_file(path).data, source=path.name)
    except InputError as error:
        raise InputError(
            f"the gallery's {path}: {error.message}", code=error.code, hint=error.hint
        ) from error


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)
