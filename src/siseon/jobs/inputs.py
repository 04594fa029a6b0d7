"""Where the picture of an item is: one line of text in its row, and how a worker gets from there to the bytes.

``url:https://…``, ``file:/folder//below/name.jpg`` (of the owner's own disk; behind ``//`` stands what it is called),
``film:/folder//below/name.ts#t=12.0`` (a moment of a video), ``part:/folder//below/name.mp4#3,30000,40000`` (a part of
one), ``upload:NAME-OF-ARTIFACT name.jpg``,
``upload-film:NAME-OF-ARTIFACT name.ts#t=12.0`` and ``upload-part:NAME-OF-ARTIFACT name.mp4#3,30000,40000`` (the same of
a video that came with the job) and ``artifact:NAME-OF-ARTIFACT``. What a stranger may name is decided when the job
is submitted; URLs are judged again when they are fetched.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from siseon.contracts import ContractViolation, Encoded, FailureCode, InputError
from siseon.jobs.artifact_names import is_name
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.videos import Videos
from siseon.media.addresses import blocked
from siseon.media.bounds import MediaBounds
from siseon.media.fetch import Fetcher
from siseon.media.files import name_text
from siseon.media.film.names import moment_of
from siseon.media.film.parts import VideoPart, marked, unmarked
from siseon.media.items import Item, inside

Kind = Literal["url", "file", "film", "part", "upload", "upload-film", "upload-part", "artifact"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a reference means."""

    kind: Kind
    at: str
    name: str
    """How the picture is called in results."""
    second: float | None = None
    """Of a video."""
    part: VideoPart | None = None
    """Of a video that is looked at in parts."""


def of_url(url: str) -> str:
    """The reference to what is behind a URL. Whether it may be fetched is judged, picture by picture, when it is.

    Raises:
        InputError: ``url_blocked``: it is none.
    """
    if not url.startswith(("http://", "https://")) or not url.isprintable():
        raise blocked("the URL does not begin with http:// or https://, or has what cannot be printed")
    return f"url:{url}"


def of_file(path: Path, name: str | None = None) -> str:
    """The reference to a file that every worker can read at that path.

    ``name``: what it is called in results, the end of its path; None: its own name.

    Raises:
        InputError: ``file_unreadable``: its name is no text, which a row could keep.
    """
    text = str(path.absolute())
    if name_text(text) != text or not text.isprintable():
        raise InputError(
            f"{name_text(text)!r} is not a name that a job can keep",
            code=FailureCode.file_unreadable,
            hint="rename the file, or submit it with --upload",
        )
    above = text.removesuffix(f"/{name}")
    return f"file:{text}" if above == text else f"file:{above}//{name}"


def of_film(path: Path, name: str) -> str:
    """The reference to the picture of a moment, called ``name``, of a video that every worker can read at that path.

    Raises:
        InputError: as ``of_file``.
    """
    video, mark, second = name.rpartition("#")
    return f"film:{of_file(path, video).removeprefix('file:')}{mark}{second}"


def of_part(path: Path, name: str, part: VideoPart) -> str:
    """The reference to a part of a video, called ``name``, that every worker can read at that path.

    Raises:
        InputError: as ``of_file``.
    """
    video, _, _ = name.rpartition("#")
    return marked(f"part:{of_file(path, video).removeprefix('file:')}", part)


def of_upload(artifact: str, name: str) -> str:
    """The reference to a picture that came with the job, under the name that it had."""
    return f"upload:{artifact} {name}"


def of_uploaded_moment(artifact: str, name: str) -> str:
    """The reference to a moment, called ``name``, of a video that came with the job."""
    return f"upload-film:{artifact} {name}"


def of_uploaded_part(artifact: str, name: str, part: VideoPart) -> str:
    """The reference to a part of a video that came with the job, under the name that it had."""
    return marked(f"upload-part:{artifact} {name}", part)


def of_artifact(artifact: str) -> str:
    """The reference to an artifact of another job.

    Raises:
        InputError: ``invalid_input``: this is not the name of one.
    """
    if not is_name(artifact):
        raise InputError(
            f"{artifact[:80]!r} is not the name of an artifact",
            hint="items of a job tell the names of their artifacts: out/JOB/000000-1/0.jpg",
        )
    return f"artifact:{artifact}"


def in_folder(root: Path | None, folder: str, most: int) -> list[str]:
    """The references to all pictures below a folder that the owner has opened to clients.

    Args:
        root: what is open to them; None: nothing.
        folder: the path below it.
        most: pictures that it may hold.

    Raises:
        InputError: nothing is open, the folder is not in it, or it holds no picture, or too many.
    """
    if root is None:
        raise InputError(
            "folders of the service's own disk are not open to clients",
            hint="the owner opens one with SISEON_JOBS_FOLDER; or upload the pictures",
        )
    found: list[str] = []
    for item in inside(root, folder):
        if len(found) == most:
            raise InputError(
                f"the folder {folder[:80]!r} has more than {most:,} pictures", hint="name a part of it"
            )
        found.append(of_file(item.path, item.name))
    return found


def place(reference: str) -> Place:
    """What a reference means.

    Raises:
        ContractViolation: it is none of ours.
    """
    kind, _, rest = reference.partition(":")
    match kind:
        case "url":
            return Place("url", rest, rest.partition("?")[0].rpartition("/")[2] or rest)
        case "file":
            return Place("file", *_path_and_name(rest))
        case "film" if (moment := moment_of(rest)) is not None:
            path, name = _path_and_name(moment[0])
            return Place("film", path, name + rest.removeprefix(moment[0]), moment[1])
        case "part" if (told := unmarked(rest)) is not None:
            path, name = _path_and_name(told[0])
            part = VideoPart(Path(path), *told[1:])
            return Place("part", path, name + part.fragment, part=part)
        case "upload":
            at, _, name = rest.partition(" ")
            return Place("upload", at, name)
        case "upload-film" if (moment := moment_of(rest)) is not None:
            at, _, name = rest.partition(" ")
            return Place("upload-film", at, name, moment[1])
        case "upload-part" if (told := unmarked(rest)) is not None:
            at, _, name = told[0].partition(" ")
            part = VideoPart(Path(at), *told[1:], called=name)
            return Place("upload-part", at, name + part.fragment, part=part)
        case "artifact":
            return Place("artifact", rest, rest.rpartition("/")[2])
    raise ContractViolation(f"{reference[:80]!r} is not a reference to a picture")


def _path_and_name(rest: str) -> tuple[str, str]:
    above, _, below = rest.rpartition("//")
    return (f"{above}/{below}", below) if above else (rest, Path(rest).name)


def check_file(path: Path) -> None:
    """Refuse what is no file: a pipe would hold whoever reads it until somebody writes.

    Raises:
        InputError: ``file_unreadable``.
    """
    if not os.path.isfile(path):
        raise InputError(
            f"{name_text(path)} is not there, or is no file",
            code=FailureCode.file_unreadable,
            hint="check the path and its permissions",
        )


def of_disk(at: Place, bounds: MediaBounds) -> Encoded | VideoPart:
    """A picture in a file that every worker can read; of a part of a video, which one it is. Blocks.

    Raises:
        InputError: it is not there, is no file, or is too large.
    """
    path = Path(at.at)
    check_file(path)
    return Item(path, at.name, at.second, at.part).load(bounds)


def of_kept_video(at: Place, videos: Videos, bounds: MediaBounds) -> Encoded | VideoPart:
    """The moment or the part of a video that came with the job, as ``of_disk``. Blocks.

    Raises:
        InputError: it is not there any more, or cannot be fetched to this machine.
    """
    path = videos.local(at.at)
    return Item(path, at.name, at.second, at.part and replace(at.part, path=path)).load(bounds)


@dataclass(frozen=True, slots=True)
class Reader:
    """From references to pictures, within the bounds of this machine."""

    artifacts: Artifacts
    videos: Videos
    fetcher: Fetcher
    bounds: MediaBounds

    async def read(self, reference: str) -> Encoded | VideoPart:
        """The bytes of a picture; of a part of a video, which one it is.

        Raises:
            InputError: it cannot be read, fetched or found, or is too large.
        """
        at = place(reference)
        if at.kind == "url":
            return await self.fetcher.fetch(at.at)
        if at.kind in ("file", "film", "part"):
            return await asyncio.to_thread(of_disk, at, self.bounds)
        if at.kind in ("upload-film", "upload-part"):
            return await asyncio.to_thread(of_kept_video, at, self.videos, self.bounds)
        data = await asyncio.to_thread(self.artifacts.read, at.at, self.bounds.max_bytes)
        return Encoded(data, at.name)
