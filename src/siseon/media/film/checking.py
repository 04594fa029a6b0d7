"""What is accepted of a stranger's video, seen from its header and its packets: nothing is decoded here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.files import name_text
from siseon.media.film.opened import opened


@dataclass(frozen=True, slots=True)
class VideoBounds:
    """Limits on one video."""

    max_bytes: int = 2 << 30
    max_s: float = 4 * 3600.0
    """From its first picture to its last; by what it states, and by what is there."""
    max_pixels: int = 36_000_000
    """Width × height of a picture; 8K has 33 million."""
    max_frames: int = 1_000_000
    """Four hours at 60 a second."""


def check_video(path: Path, name: str, bounds: VideoBounds) -> None:
    """Hold a video against its bounds. Blocks, and reads the file once.

    Args:
        path: where it is.
        name: what it is called in messages.
        bounds: limits.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: ``video_too_large``, ``unsupported_media``, ``corrupt_image``.
    """
    try:
        with opened(path, MediaBounds(max_pixels=bounds.max_pixels)) as film:
            if film.stated_s > bounds.max_s:
                raise _too_large(name, f"{film.stated_s:,.0f} s", f"{bounds.max_s:,.0f}", "S")
            frames, seconds = film.extent(bounds.max_frames, bounds.max_s)
    except InputError as error:
        told = error.message.replace(name_text(path), name).replace(name_text(path.name), name)
        if error.code is FailureCode.image_too_large:
            raise _too_large(name, told, f"{bounds.max_pixels:,} pixels", "PIXELS") from None
        raise InputError(told, code=error.code, hint=error.hint) from None
    if frames > bounds.max_frames:
        raise _too_large(
            name, f"more than {bounds.max_frames:,} pictures", f"{bounds.max_frames:,}", "FRAMES"
        )
    if seconds > bounds.max_s:
        raise _too_large(name, f"{seconds:,.0f} s", f"{bounds.max_s:,.0f}", "S")


def _too_large(name: str, what: str, limit: str, setting: str) -> InputError:
    return InputError(
        f"{name} has {what}, the limit is {limit}",
        code=FailureCode.video_too_large,
        hint=f"cut or scale the video, or raise SISEON_JOBS_VIDEO_{setting}",
    )
