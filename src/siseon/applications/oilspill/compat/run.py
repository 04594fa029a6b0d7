"""The four steps one after the other, the first two at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.compat.caches import InferenceCache, Inferred, write_inferred
from siseon.applications.oilspill.compat.folder import THREADS, Folder, Picture
from siseon.applications.oilspill.compat.inference import inferred, load_model, seen
from siseon.applications.oilspill.compat.metadata import ExportedFrame, Facts, Frames, exported
from siseon.applications.oilspill.compat.sea_map import lay, outline, places_of
from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.georeference import is_over_land
from siseon.applications.oilspill.libraries import load
from siseon.applications.oilspill.position.overlay.answer import OverlayRead
from siseon.applications.oilspill.position.overlay.mask import overlay_mask
from siseon.applications.oilspill.sea import Seen, SeeTheSea
from siseon.applications.oilspill.sea.seen import refusal
from siseon.contracts import Failure, Image, SiseonError

CACHE_BYTES = 1 << 30
"""Of what step 1 hands to step 3 in memory; what is beyond it is read from its files."""
Writing = dict[str, "Future[None]"]
"""Files of step 1 that are on their way, by the names of their pictures."""


@dataclass(slots=True)
class Step:
    """One step of a run; seconds from the start of the run to its first picture's beginning and its last one's end."""

    name: str
    start_s: float = float("inf")
    end_s: float = 0.0


@dataclass(slots=True)
class Run:
    """What a run has done."""

    file_id: str
    out: Path
    """The folder with everything that was made."""
    pictures: int
    steps: dict[str, Step] = field(default_factory=dict)
    failed: dict[str, Failure] = field(default_factory=dict)
    """Pictures that could not be looked at, or whose files could not be written."""
    without_position: dict[str, str] = field(default_factory=dict)
    """Pictures that are not on the map, and why."""
    start: float = field(default_factory=time.perf_counter)
    """Monotonic clock."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a part of a step."""
        step = self.steps.setdefault(name, Step(name))
        begun = time.perf_counter()
        step.start_s = min(step.start_s, begun - self.start)
        try:
            yield
        finally:
            step.end_s = max(step.end_s, time.perf_counter() - self.start)

    def __str__(self) -> str:
        heads = f"{self.file_id}: {self.pictures} pictures, {len(self.failed)} failed, "
        lines = [f"{heads}{len(self.without_position)} without a position  →  {self.out}"]
        lines += [f"{one.name:<16}{one.start_s:8.2f} s to {one.end_s:8.2f} s" for one in self.steps.values()]
        return "\n".join(lines)


def run_pipeline(file_id: str, model: SeeTheSea | None = None, *, write_files: bool = False) -> Run:
    """Look at the pictures of a folder while what is known of them is read, lay them on the map, outline the oil.

    Each picture is read from the disk once. ``Inference``, ``Mask``, ``Metadata``, ``Georeference/Tif`` and
    ``Oilshape`` are written; a picture that cannot be looked at fails alone.

    Args:
        file_id: the folder.
        model: of ``load_model``; when None, one is loaded and let go.
        write_files: hand over through files alone, ``Mask_Tif`` among them.

    Raises:
        InputError: there is no such folder.
        SiseonError: the failure of the first picture, where all of them fail.
        DependencyMissing: a library of the extra ``oilspill`` is not installed.
    """
    if model is None:
        model = load_model()
        try:
            return run_pipeline(file_id, model, write_files=write_files)
        finally:
            model.teardown()
    folder = Folder.of(file_id)
    run = Run(file_id, folder.out, len(folder.pictures))
    with ThreadPoolExecutor(THREADS) as pool:
        pool.submit(load)  # a failure is told by the step that needs it
        cache, frames, writing = _looked(run, folder, model, pool, 0 if write_files else CACHE_BYTES)
        places = places_of(frames)
        run.without_position = {name: why for name, why in places.items() if isinstance(why, str)}
        for pictures in folder.some_at_once():
            with run.step("georeference"):
                on_map, maps = lay(folder, frames, places, pictures, cache, pool, write_files=write_files)
            with run.step("oilshape"):
                outline(folder, frames, places, pictures, None if write_files else on_map, pool)
            for one in maps:
                one.result()
        for name, written in writing.items():
            try:
                written.result()
            except SiseonError as error:
                run.failed[name] = error.failure()
    return run


def _looked(
    run: Run, folder: Folder, model: SeeTheSea, pool: Executor, most_bytes: int
) -> tuple[InferenceCache, Frames, Writing]:
    """Steps 1 and 2. Of what step 1 has made that much is kept in memory, and written while the next steps go on; the
    rest is in files already.

    Raises:
        SiseonError: the failure of the first picture, where all of them fail.
    """
    facts = Facts(folder)
    cache: InferenceCache = {}
    frames: Frames = {}
    writing: Writing = {}
    failures: list[SiseonError] = []
    left, colours = most_bytes, model.colours

    async def one(picture: Picture, turns: asyncio.Semaphore) -> None:
        nonlocal left
        here = partial(asyncio.get_running_loop().run_in_executor, pool)

        async def look() -> Seen:
            with run.step("inference"):
                return await here(seen, model, image)

        async def read() -> tuple[ExportedFrame, OverlayRead]:
            with run.step("metadata"):
                return await facts.read(file, image)

        try:
            async with turns:
                file, image = await here(folder.open, picture)
                async with asyncio.TaskGroup() as both:
                    looking, reading = both.create_task(look()), both.create_task(read())
                frame, overlay = reading.result()
                with run.step("inference"):
                    made = await here(
                        _inferred, picture, image, looking.result(), overlay, frame.metadata, colours
                    )
                    kept = (size := made["blended"].nbytes + made["mask"].nbytes) <= left
                    if kept:
                        left -= size
                        cache[picture.name] = made
                        writing[picture.name] = pool.submit(write_inferred, folder, picture, made, colours)
                    else:
                        await here(write_inferred, folder, picture, made, colours)
        except* SiseonError as group:
            failures.append(next(error for error in group.exceptions if isinstance(error, SiseonError)))
            run.failed[picture.name] = failures[-1].failure()
        else:
            frames[picture.name] = frame

    async def all_of_them() -> None:
        turns = asyncio.Semaphore(THREADS)
        async with asyncio.TaskGroup() as group:
            for picture in folder.pictures:
                group.create_task(one(picture, turns))

    facts.engine.run(all_of_them())
    if not frames:
        raise failures[0]
    with run.step("metadata"):
        return cache, exported(folder, frames).frames, writing


def _inferred(
    picture: Picture,
    image: Image,
    found: Seen,
    overlay: OverlayRead,
    metadata: Metadata,
    colours: NDArray[np.uint8],
) -> Inferred:
    """What step 1 makes of a picture once step 2 has told what hides the sea there."""
    if overlay.template is not None:
        found = found.without(overlay_mask(overlay.template, image.width, image.height))
    if is_over_land(metadata):
        found = refusal(image.width, image.height, "not_the_sea")
    return inferred(picture, image, found, colours)
