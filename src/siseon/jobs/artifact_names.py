"""What artifacts of jobs are called, and what a name tells of the bytes behind it.

A name means one thing: what an attempt at an item has made, or the bytes that it is called after; and all that a job
has goes with it.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_NAME = re.compile(
    r"in/[0-9a-f]{32}/[0-9a-f]{64}"
    r"|out/[0-9a-z]{26}/(?:[0-9]{6,7}|end)-[0-9]{1,9}(?:-[0-9a-f]{16})?/[0-9]{1,3}[.][a-z0-9]{1,8}"
)
_FOLDER = re.compile(r"in/[0-9a-f]{32}|out/[0-9a-z]{26}")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")
_MEDIA_TYPES = {
    "json": "application/json",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tif": "image/tiff",
    "mp4": "video/mp4",
    "vtt": "text/vtt",
    "csv": "text/csv",
    "html": "text/html",
    "pdf": "application/pdf",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpkg": "application/geopackage+sqlite3",
    "zip": "application/zip",
    "log": "application/json",
}
SHOWN = frozenset({"json", "jpg", "png", "webp", "gif", "tif", "mp4", "vtt", "html", "geojson", "log"})
"""Suffixes of what a browser shows in place; all else is for the disk."""
BYTES = "application/octet-stream"


def uploads_of_submission() -> str:
    """A new folder for what comes with one submission: no other one, sent again with its key or not, writes there."""
    return f"in/{secrets.token_hex(16)}"


def upload_name(folder: str, data: bytes) -> str:
    """Of a picture that came with a job: after its bytes, so that other bytes make another request."""
    return upload_called(folder, hashlib.sha256(data).hexdigest())


def upload_called(folder: str, sha256: str) -> str:
    """The same of what is not in memory."""
    return f"{folder}/{sha256}"


def outputs_of(job: str) -> str:
    """The folder of what a job makes."""
    return f"out/{job}"


def outputs_of_attempt(job: str, number: int, attempt: int) -> str:
    """The folder of what one attempt at an item makes: two attempts never write to one name."""
    return f"{outputs_of(job)}/{number:06d}-{attempt}"


def outputs_of_conclusion(job: str, attempt: int) -> str:
    """The folder of what one attempt makes of all results together."""
    return f"{outputs_of(job)}/end-{attempt}"


def output_name(folder: str, index: int, suffix: str) -> str:
    """Of a file in the folder of an attempt."""
    suffix = suffix.lower().lstrip(".")
    return f"{folder}/{index}.{suffix if _SUFFIX.fullmatch(suffix) else 'bin'}"


def is_name(text: str) -> bool:
    """Whether it has the form of an artifact's name, which leads nowhere else."""
    return _NAME.fullmatch(text) is not None


def is_folder(text: str) -> bool:
    """Whether it has the form of a folder of uploads, or of what a job makes."""
    return _FOLDER.fullmatch(text) is not None


def media_type(name: str) -> str:
    """Of what is behind a name; what is not known is bytes."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), BYTES)
