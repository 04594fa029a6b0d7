"""Where the pictures of a ``file_id`` lie and where goes what is made of them. All paths are absolute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from siseon.applications.build import bounds
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.storing import stored
from siseon.applications.options import stated
from siseon.contracts import Encoded, FailureCode, Image, InputError
from siseon.media.decode import decode
from siseon.media.items import Item, inside
from siseon.settings import Settings, read_settings

T = TypeVar("T")

NAME = "oilspill"
FILE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Of one folder: a stranger's text that leads nowhere else."""
THREADS = 4
"""Pictures that are at work at once."""


def checked_id(file_id: str) -> str:
    """The same.

    Raises:
        InputError: it is no name of a folder as these are allowed to be.
    """
    if FILE_ID.fullmatch(file_id) is None:
        raise InputError(
            f"{file_id[:80]!r} is not a file_id",
            hint="letters, digits, . _ and -, 100 at most, the first a letter or digit",
        )
    return file_id


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the folder."""

    item: Item
    stem: str
    """Of what is made of it: its name without the suffix, or with it where another picture has the same."""

    @property
    def name(self) -> str:
        """Its path in the folder, by which caches know it."""
        return self.item.name

    @property
    def ext(self) -> str:
        """The suffix of its file."""
        return self.item.path.suffix


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of a ``file_id``."""

    pictures: tuple[Picture, ...]
    out: Path
    """Where everything goes that is made."""
    settings: Settings

    @classmethod
    def of(cls, file_id: str) -> Folder:
        """The one below the folder that the settings name.

        Raises:
            InputError: it is no ``file_id``, no folder is open, there is none of that name, or it has no picture.
        """
        settings = read_settings()
        if settings.jobs_folder is None:
            raise InputError("no folder of pictures is named", hint="set SISEON_JOBS_FOLDER")
        root = settings.jobs_folder.resolve()
        items = list(inside(root, checked_id(file_id)))
        alike = Counter(_bare(item.name) for item in items)
        pictures = (
            Picture(item, _bare(item.name) if alike[_bare(item.name)] == 1 else item.name) for item in items
        )
        return cls(tuple(pictures), settings.cache_dir.resolve() / NAME / file_id, settings)

    @property
    def options(self) -> OilSpillOptions:
        """Of oilspill, as the settings state them.

        Raises:
            InputError: one that cannot be used.
        """
        return stated(OilSpillOptions, self.settings.pipelines.get(NAME, {}))

    def some_at_once(self) -> Iterator[Sequence[Picture]]:
        """The pictures, as many at a time as have their maps in memory."""
        for start in range(0, len(self.pictures), THREADS):
            yield self.pictures[start : start + THREADS]

    def open(self, picture: Picture) -> tuple[Encoded, Image]:
        """A picture's file and its pixels, read once.

        Raises:
            InputError: it cannot be read, or is no picture within bounds.
        """
        limits = bounds(self.settings)
        file = picture.item.read(limits)
        if not isinstance(file, Encoded):
            raise InputError(
                f"{picture.item.name} is a part of a video",
                code=FailureCode.unsupported_media,
                hint="name pictures, or a folder of them",
            )
        return file, decode(file.data, source=file.name, bounds=limits)

    def place(self, kind: str, picture: Picture, suffix: str) -> Path:
        """Where what is made of a picture lies."""
        return self.out / kind / f"{picture.stem}{suffix}"

    def write(self, place: Path, data: bytes) -> None:
        """A file, whole or not at all.

        Raises:
            InputError: ``storage_failed``.
        """
        made(place)
        with stored(place) as beside:
            beside.write_bytes(data)


def _bare(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


def made(place: Path) -> Path:
    """The same, in a folder that is there now."""
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def each(
    pool: Executor, pictures: Sequence[Picture], work: Callable[[Picture], T | None]
) -> Iterator[tuple[str, T]]:
    """What ``work`` makes of each picture of which it makes something, by its name and in order."""
    for picture, found in zip(pictures, pool.map(work, pictures), strict=True):
        if found is not None:
            yield picture.name, found
