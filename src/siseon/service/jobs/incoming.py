"""The form of a job, taken apart while it arrives: its files go to the disk piece by piece, memory holds none of them.

What a file is, its first bytes tell; what is too large or of no use is refused there, before the rest has come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path, PurePath

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from siseon.contracts import FailureCode, InputError
from siseon.jobs.order import MOST_FILE_BYTES
from siseon.media.faults import empty
from siseon.media.film import SUFFIXES
from siseon.media.film.opened import SNIFF_BYTES, format_of
from siseon.media.formats import sniff
from siseon.media.names import free_name, plain_name
from siseon.service.forms import FORM, MAX_FIELD
from siseon.service.uploads import check_type

JOB, FILES = "job", "files"
HINT = """curl -F 'job={"application": "text"}' -F files=@a.jpg -F files=@clip.mp4"""
JOB_BYTES = 16 << 20
"""Of the field ``job``; what is longer comes as JSON, without a form."""
FIELDS = 16
"""Parts that are not of ``files``."""


@dataclass(slots=True)
class Arrived:
    """A file of the form, on this disk."""

    name: str
    path: Path
    is_video: bool
    nbytes: int = 0
    sha256: str = ""


@dataclass(slots=True)
class _Part:
    """The one that is arriving."""

    name: str
    filename: str | None
    media_type: str
    limit: int
    head: bytearray = field(default_factory=bytearray)
    """What is in memory: all of a field, the first bytes of a file."""
    file: Arrived | None = None
    writer: BufferedWriter | None = None
    digest: object = None


@dataclass(frozen=True, slots=True)
class FormBounds:
    """Limits on it."""

    picture_bytes: int
    video_bytes: int
    files: int


class Incoming:
    """One form. What it is given it writes at once: its methods block."""

    def __init__(
        self, content_type: str, folder: Path, bounds: FormBounds, on_job: Callable[[bytes], bool | None]
    ) -> None:
        """What is to be done with it.

        Args:
            content_type: the header, which names the boundary.
            folder: where its files go; whoever made it removes it.
            bounds: limits.
            on_job: hears what the part ``job`` says as soon as it is there, and refuses it, or tells whether all files
                must be videos; None: they may be either.

        Raises:
            InputError: it is no form.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != FORM.encode() or not boundary:
            raise _damaged("its header names no boundary")
        self.job: bytes | None = None
        self.files: list[Arrived] = []
        self.others: dict[str, tuple[str, bytes]] = {}
        """Small files by the names of their parts: what they are called, and their bytes."""
        self._folder, self._bounds, self._on_job = folder, bounds, on_job
        self._videos_only: bool | None = None
        self._part: _Part | None = None
        self._headers: dict[bytes, bytes] = {}
        self._header: tuple[bytearray, bytearray] = bytearray(), bytearray()
        self._fields, self._over = FIELDS, False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                    "on_header_end": self._header_ended,
                    "on_headers_finished": self._begin,
                    "on_part_data": self._take,
                    "on_part_end": self._end,
                    "on_end": self._ended,
                },
            )
        except FormParserError as error:
            raise _damaged(str(error)) from None

    def feed(self, data: bytes) -> None:
        """The next piece of the form.

        Raises:
            InputError: it is damaged, a part of it is too large or of no use, or the disk cannot take it.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _damaged(str(error)) from None
        except OSError as error:
            raise InputError(
                f"the upload cannot be written: {error.strerror}",
                code=FailureCode.storage_failed,
                hint="free space where SISEON_JOBS_ARTIFACTS lies, or SISEON_CACHE_DIR where that is in S3",
            ) from None

    def end(self) -> None:
        """There is no more.

        Raises:
            InputError: it ended early, or has no ``job``.
        """
        if not self._over:
            raise _damaged("it ends before its last boundary")
        if self.job is None:
            raise InputError("the form has not one field job", hint=HINT)

    def close(self) -> None:
        """Let go of the file that is being written."""
        if self._part is not None and self._part.writer is not None:
            self._part.writer.close()

    def _ended(self) -> None:
        self._over = True

    def _header_ended(self) -> None:
        name, value = self._header
        self._headers[bytes(name).strip().lower()] = bytes(value).strip()
        self._header = bytearray(), bytearray()

    def _begin(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise _damaged("a part has no name")
        media_type, _ = parse_options_header(self._headers.get(b"content-type", b""))
        self._headers = {}
        filename = options.get(b"filename")
        name = _decoded(options[b"name"])
        whole = None if filename is None else _decoded(filename)
        if name == FILES and whole is None:
            raise _unread("field", name)
        if name != FILES:
            self._fields -= 1
            if whole is None and name != JOB:
                raise _unread("field", name)
        if self._fields < 0 or len(self.files) >= self._bounds.files:
            raise _damaged("it has too many parts")
        limit = (
            JOB_BYTES if name == JOB and whole is not None else MAX_FIELD if name == JOB else MOST_FILE_BYTES
        )
        self._part = _Part(name, whole, media_type.decode("latin-1").lower(), limit)

    def _take(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        assert part is not None  # noqa: S101 - the parser begins parts before it gives their bytes
        piece = memoryview(data)[start:end]
        if part.name != FILES:
            if len(part.head) + len(piece) > part.limit:
                raise _damaged(f"its part {part.name[:40]!r} has more than {part.limit:,} bytes")
            part.head += piece
            return
        if part.writer is None:
            part.head += piece
            if len(part.head) < SNIFF_BYTES:
                return
            self._open(part)
            piece = memoryview(bytes(part.head))
        self._write(part, piece)

    def _open(self, part: _Part) -> None:
        """Its first bytes are here: what it is, and whether it is wanted."""
        name, head = plain_name(part.filename), bytes(part.head)
        if not head:
            raise empty()
        is_video = format_of(head) is not None
        if not is_video:
            self._check_picture(part, name, head)
        if is_video:  # its parts are called after it
            name = free_name(name, {other.name for other in self.files})
        part.limit = self._bounds.video_bytes if is_video else self._bounds.picture_bytes
        part.file = Arrived(name, self._folder / f"part-{len(self.files)}", is_video)
        part.digest = hashlib.sha256()
        part.writer = part.file.path.open("xb")
        self.files.append(part.file)

    def _check_picture(self, part: _Part, name: str, head: bytes) -> None:
        """What is no video is taken for a picture, whatever it is, unless nobody could mean one."""
        named_so = PurePath(name).suffix.lower() in SUFFIXES and not _is_picture(head)
        if named_so or self._videos_only:
            raise InputError(
                f"{name!r} is no video: it does not begin like MPEG-TS, MPEG-PS, MP4, QuickTime, Matroska or AVI",
                code=FailureCode.unsupported_media,
                hint="send the video itself; `ffmpeg -i FILE out.mp4` makes one of most files",
            )
        check_type(part.media_type)

    def _write(self, part: _Part, piece: memoryview) -> None:
        file, writer = part.file, part.writer
        assert file is not None  # noqa: S101 - opened before
        assert writer is not None  # noqa: S101
        file.nbytes += len(piece)
        if file.nbytes > part.limit:
            setting = "SISEON_JOBS_VIDEO_BYTES" if file.is_video else "SISEON_MAX_UPLOAD_BYTES"
            raise InputError(
                f"{file.name!r} has more than {part.limit:,} bytes, the limit",
                code=FailureCode.video_too_large if file.is_video else FailureCode.image_too_large,
                hint=f"send a smaller one, or raise {setting}",
            )
        part.digest.update(piece)  # type: ignore[attr-defined]  # of hashlib, whose type has no public name
        writer.write(piece)

    def _end(self) -> None:
        part, self._part = self._part, None
        assert part is not None  # noqa: S101 - the parser begins parts before it ends them
        if part.name == FILES:
            if part.writer is None:
                self._open(part)
                self._write(part, memoryview(bytes(part.head)))
            assert part.file is not None  # noqa: S101
            assert part.writer is not None  # noqa: S101
            part.writer.close()
            part.file.sha256 = part.digest.hexdigest()  # type: ignore[attr-defined]
            if any(other.sha256 == part.file.sha256 and other.is_video for other in self.files[:-1]):
                raise InputError(f"{part.file.name!r} came twice", hint="send each video once")
        elif part.name == JOB:
            if self.job is not None:
                raise InputError("the form has not one field job", hint=HINT)
            self.job = bytes(part.head)
            self._videos_only = self._on_job(self.job)
            if self._videos_only and (pictures := [one for one in self.files if not one.is_video]):
                raise InputError(
                    f"{pictures[0].name!r} is no video", code=FailureCode.unsupported_media, hint=HINT
                )
        elif part.name in self.others:
            raise InputError(f"the form has two files {part.name[:40]!r}", hint=HINT)
        else:
            self.others[part.name] = plain_name(part.filename), bytes(part.head)


def _is_picture(head: bytes) -> bool:
    try:
        sniff(head)
    except InputError:
        return False
    return True


def _unread(what: str, name: str) -> InputError:
    return InputError(
        f"the form has a {what} {name[:40]!r}, which nobody reads here",
        hint=f"send pictures and videos as files, and job beside: {HINT}",
    )


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _damaged(why: str) -> InputError:
    return InputError(f"the form cannot be read: {why}", hint=HINT)
