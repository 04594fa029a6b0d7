"""Step 2: what is known of each picture beside its pixels, most of it read from its overlay."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, PositiveInt

from siseon.applications.build import manager
from siseon.applications.oilspill.compat.folder import THREADS, Folder, Picture
from siseon.applications.oilspill.conclusion import expect
from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.order import order_of
from siseon.applications.oilspill.pipeline import overlay_reader
from siseon.applications.oilspill.position.facts import gathered
from siseon.applications.oilspill.position.overlay.answer import OverlayRead
from siseon.applications.oilspill.position.series import settled
from siseon.applications.oilspill.stages import OfFile, ReadFile
from siseon.applications.oilspill.tables import facts_table
from siseon.contracts import Encoded, FailureCode, Image, InputError
from siseon.settings import read_settings

T = TypeVar("T")

METADATA = "Metadata"
"""Folder."""
_STARTING = Lock()


class ExportedFrame(BaseModel):
    """What is known of one picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: PositiveInt
    height: PositiveInt
    metadata: Metadata


Frames = dict[str, ExportedFrame]
"""By the names of pictures, in order."""


class Exported(BaseModel):
    """What is known of a folder's pictures, by their names; as ``metadata.json`` has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: Frames


class OcrEngine:
    """What reads overlays, with the event loop that it lives in, until the process ends. Any thread may ask it. Its
    network is loaded for the first overlay, while other threads look at the sea."""

    def __init__(self, options: OilSpillOptions) -> None:
        # It is loaded for a picture that waits, which is as good a first run as any.
        settings = read_settings().model_copy(update={"warm_up": 0})
        self._reader = overlay_reader(manager(settings), options)
        self._runner = asyncio.Runner()
        self._busy = Lock()
        self._starting = asyncio.Lock()
        self._is_open = False
        atexit.register(self.close)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in the loop."""
        with self._busy:
            return self._runner.run(work)

    async def read(self, image: Image) -> OverlayRead:
        """The overlay of one picture; to be awaited in ``run``.

        Raises:
            ModelError: the recogniser cannot be loaded.
        """
        if self._reader is None:
            return OverlayRead(Metadata())
        async with self._starting:
            if not self._is_open:
                await self._reader.start()
                self._is_open = True
        return (await self._reader(image)).data

    def close(self) -> None:
        """Let go of it."""
        if self._reader is not None and self._is_open:
            self.run(self._reader.stop())
        self._runner.close()


@cache
def _engine(options: OilSpillOptions) -> OcrEngine:
    return OcrEngine(options)


def _get_ocr_engine(options: OilSpillOptions) -> OcrEngine:
    """The one of this process, made when it is first asked for.

    Raises:
        InputError: a template cannot be read.
    """
    with _STARTING:
        return _engine(options)


class Facts:
    """Reads what is known of pictures one by one, and what their order says when all are read."""

    def __init__(self, folder: Folder) -> None:
        """Raises:
        InputError: the table beside the pictures, or a template, cannot be read, or does not tell the pictures apart.
        """
        options = folder.options
        expect(options, [picture.name for picture in folder.pictures])
        self.engine = _get_ocr_engine(options)
        self._stated = options.stated()
        self._read_file = ReadFile(None if options.sidecar is None else Path(options.sidecar))
        self._read_file.setup()

    async def read(self, file: Encoded, image: Image) -> tuple[ExportedFrame, OverlayRead]:
        """One picture; to be awaited in ``engine.run``."""
        of_file = OfFile(file, image.source or "", image.width, image.height)
        (told,) = await asyncio.to_thread(self._read_file.process, [of_file])
        overlay = await self.engine.read(image)
        metadata = gathered((*told.sources, overlay.metadata, self._stated))
        return ExportedFrame(width=image.width, height=image.height, metadata=metadata), overlay


def run_metadata_export(file_id: str) -> Exported:
    """Read what is known of each picture of a folder, fill what its neighbours tell, and write it as CSV and JSON.

    Every filled value says ``interpolated``.

    Raises:
        InputError: there is no such folder, or a picture cannot be read.
    """
    folder = Folder.of(file_id)
    facts = Facts(folder)

    async def one(turns: asyncio.Semaphore, picture: Picture) -> tuple[str, ExportedFrame]:
        async with turns:
            file, image = await asyncio.to_thread(folder.open, picture)
            frame, _ = await facts.read(file, image)
        return picture.name, frame

    async def all_of_them() -> list[tuple[str, ExportedFrame]]:
        turns = asyncio.Semaphore(THREADS)
        return await asyncio.gather(*(one(turns, picture) for picture in folder.pictures))

    return exported(folder, dict(facts.engine.run(all_of_them())))


def exported(folder: Folder, frames: Frames) -> Exported:
    """Frames in the order in which they were taken, settled among their neighbours, and written."""
    names = list(frames)
    taken = order_of([(name, frame.metadata) for name, frame in frames.items()])
    frames = {names[at]: frames[names[at]] for at in taken}
    told = settled([frame.metadata for frame in frames.values()])
    found = Exported(
        frames={
            name: frame.model_copy(update={"metadata": metadata})
            for (name, frame), metadata in zip(frames.items(), told, strict=True)
        }
    )
    table = facts_table({name: frame.metadata for name, frame in found.frames.items()})
    folder.write(folder.out / METADATA / "metadata.csv", table)
    folder.write(_document(folder), found.model_dump_json().encode())
    return found


def read_exported(folder: Folder) -> Exported:
    """What step 2 has written.

    Raises:
        InputError: ``file_unreadable``: nothing yet.
    """
    try:
        return Exported.model_validate_json(_document(folder).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            f"what is known of the pictures cannot be read: {type(error).__name__}",
            code=FailureCode.file_unreadable,
            hint="call run_metadata_export first",
        ) from None


def _document(folder: Folder) -> Path:
    return folder.out / METADATA / "metadata.json"
