"""Step 1: what each pixel of a picture shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from siseon.applications.build import manager
from siseon.applications.oilspill.compat.caches import InferenceCache, Inferred, write_inferred
from siseon.applications.oilspill.compat.folder import NAME, THREADS, Folder, Picture, each
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.palette import blended
from siseon.applications.oilspill.sea import Seen, SeeTheSea
from siseon.applications.options import stated
from siseon.contracts import Image
from siseon.settings import read_settings


def load_model() -> SeeTheSea:
    """The network that the settings name, loaded and run once; ``teardown`` lets go of it. For the start of a process.

    Raises:
        ModelError: it cannot be loaded.
    """
    settings = read_settings()
    options = stated(OilSpillOptions, settings.pipelines.get(NAME, {}))
    model = SeeTheSea(manager(settings)[options.network])
    model.setup()
    return model


def run_inference(model: SeeTheSea, file_id: str, *, write_files: bool = False) -> InferenceCache:
    """Look at each picture of a folder, with a model that is loaded; four bytes of memory a pixel.

    What an overlay covers is not known here; step 3 takes it away.

    Args:
        model: of ``load_model``.
        file_id: the folder.
        write_files: write ``Inference`` and ``Mask`` too, from which step 3 can go on without the cache.

    Raises:
        InputError: there is no such folder, or a picture cannot be read.
    """
    folder = Folder.of(file_id)

    def one(picture: Picture) -> Inferred:
        _, image = folder.open(picture)
        found = inferred(picture, image, seen(model, image), model.colours)
        if write_files:
            write_inferred(folder, picture, found, model.colours)
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        return dict(each(pool, folder.pictures, one))


def seen(model: SeeTheSea, image: Image) -> Seen:
    """One picture, whose pixels the network is given as they are."""
    return model.process([image])[0]


def inferred(picture: Picture, image: Image, found: Seen, colours: NDArray[np.uint8]) -> Inferred:
    """As step 3 wants it."""
    veiled = blended(image.pixels, found.classes, colours)
    return Inferred(blended=veiled, mask=found.classes, ext=picture.ext)
