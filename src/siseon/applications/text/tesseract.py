"""Lines in scripts that the network does not know, read by Tesseract's models where it is installed.

Tesseract does not say that it does not know a script either, but its models are sure only of their own; ``election``
says whose reading is given out. Latin's read too, so that a blurred Latin line does not become Cyrillic. Tesseract
(https://github.com/tesseract-ocr/tesseract, Apache-2.0) comes with ``siseon[tesseract]``
(tesserocr, MIT), its models with the system: Debian's tesseract-ocr-kor, -rus, -srp, -ell, -tha, -hin, -ara and -eng.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.text.looks import LOOKS, shown
from siseon.contracts import FailureCode, Image, ModelError, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores

if TYPE_CHECKING:
    import tesserocr

FOLDERS = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
PACKS = MappingProxyType(
    {
        "kor": "Hangul",
        "rus": "Cyrillic",
        "srp": "Cyrillic",
        "ell": "Greek",
        "tha": "Thai",
        "hin": "Devanagari",
        "ara": "Arabic",
    }
)
"""Models that read, with their scripts."""
LATIN = "Latin"
LATIN_PACKS = ("eng", "fra", "deu", "spa", "ita", "por", "pol")
"""Only vote, as far as they are installed."""
ENOUGH, AHEAD = 0.9, 0.02
"""Confidence from which a reading in its model's own script is not looked at again, if it is ahead of Latin by so
much."""
KNOWN = 0.94
"""Confidence from which a model has the words in its dictionary, which tells twins apart: one that only sees letters
says at most 0.93 (КАССА: 0.96, KACCA: 0.91)."""
OWN_LETTERS = 0.5
"""Least share of a reading's letters and digits that are of its model's script: prices have as many digits."""


class Reread(NamedTuple):
    """What a model reads."""

    text: str
    score: float
    """Its mean confidence, in [0, 1]."""
    model: str

    @property
    def script(self) -> str:
        """The model's."""
        return PACKS.get(self.model, LATIN)

    @property
    def share(self) -> float:
        """Of its letters and digits, in [0, 1], those that are of its model's script."""
        start = self.script.upper()
        own = sum(letter.isalpha() and unicodedata.name(letter, "").startswith(start) for letter in self.text)
        return own / max(1, sum(map(str.isalnum, self.text)))

    @property
    def sound(self) -> bool:
        """Whether these are enough."""
        return self.share >= OWN_LETTERS


Heard = tuple[Reread, ...]
"""The best reading in each script, sound ones before others, then by their score."""


class ReadOtherScripts(Stage[Image, Heard]):
    """Straightened lines to what models of other scripts, and of Latin, read in them."""

    name = "read_other_scripts"
    max_batch = 4

    def __init__(self, required: tuple[str, ...] = (), *, late: bool = False) -> None:
        """``required``: these packs and no others, but for Latin's; without any: those that are installed. ``late``:
        load them when a line is first in doubt, for a request that would wait for them: most pictures have none, and a
        set of all packs takes 50 MB and as long as reading a picture."""
        self.required = required
        self._late = late
        self.replicas = cores()
        # Plain values: where it runs in a worker process, they are all that comes back of ``setup``.
        self.packs: tuple[str, ...] = ()
        """Installed language packs."""
        self.digests: tuple[str, ...] = ()
        """The sha256 of each."""
        self.version = ""
        self._readers: SimpleQueue[dict[str, tesserocr.PyTessBaseAPI]] = SimpleQueue()
        """One set of models for each replica, ``late`` ones empty at first: a model reads one line at a time."""
        self._folder = Path()

    @property
    def scripts(self) -> tuple[str, ...]:
        """Those that the installed models know."""
        return tuple(dict.fromkeys(PACKS[pack] for pack in self.packs if pack in PACKS))

    def setup(self) -> None:
        """Load the models, once for each replica.

        Raises:
            ModelError: ``model_not_found``: the library or a required pack is not installed.
        """
        folder = data_folder()
        _check(self.required, folder)
        if folder is None:
            return
        self._folder = folder
        wanted = (*(self.required or PACKS), *LATIN_PACKS)
        self.packs = tuple(pack for pack in wanted if _file(folder, pack).exists())
        if not self._late:
            self._identify(folder)
        for _ in range(self.replicas):
            self._readers.put({} if self._late else _loaded(folder, self.packs))

    def _identify(self, folder: Path) -> None:
        """What results name the packs by."""
        import tesserocr

        self.version = tesserocr.tesseract_version().split()[1]
        files = (_file(folder, pack) for pack in self.packs)
        self.digests = tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)

    def teardown(self) -> None:
        """Let go of the models."""
        while not self._readers.empty():
            for reader in self._readers.get().values():
                reader.End()

    def models(self) -> Sequence[ModelRef]:
        """Each language pack; none while they are loaded, and others ask. ``late`` ones are looked at when a result
        names them."""
        if self._late and self.packs and not self.digests and (folder := data_folder()) is not None:
            self._identify(folder)
        return tuple(
            ModelRef(name=PREFIX + pack, version=self.version, sha256=digest)
            for pack, digest in zip(self.packs, self.digests, strict=False)
        )

    def process(self, batch: Sequence[Image]) -> Sequence[Heard]:
        """Every model reads every line."""
        readers = self._readers.get()
        try:
            if not readers:
                readers |= _loaded(self._folder, self.packs)
            return [_hear(readers, line) for line in batch]
        finally:
            self._readers.put(readers)


PREFIX = "tesseract-"
MICRO = "\N{MICRO SIGN}"
"""What the Greek model writes for a small mu."""


def installed() -> bool:
    """Whether the library and a language pack are here; the library is not loaded for it."""
    return find_spec("tesserocr") is not None and data_folder() is not None


def _loaded(folder: Path, packs: Sequence[str]) -> dict[str, tesserocr.PyTessBaseAPI]:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost more than they gain
    import tesserocr

    mode = tesserocr.PSM.SINGLE_LINE
    return {pack: tesserocr.PyTessBaseAPI(path=str(folder), lang=pack, psm=mode) for pack in packs}


def _check(required: Sequence[str], folder: Path | None) -> None:
    if not required:
        return
    if find_spec("tesserocr") is None:
        raise ModelError(
            "tesserocr is not installed, and other_scripts asks for it",
            code=FailureCode.model_not_found,
            hint="pip install 'siseon[tesseract]'",
        )
    missing = [pack for pack in required if folder is None or not _file(folder, pack).exists()]
    if missing:
        packages = " ".join(f"tesseract-ocr-{pack}" for pack in missing)
        raise ModelError(
            f"language packs of Tesseract are not installed: {', '.join(missing)}",
            code=FailureCode.model_not_found,
            hint=f"apt install {packages}",
        )


def packs_in(folder: Path) -> tuple[str, ...]:
    """Packs of other scripts that are in a folder."""
    return tuple(pack for pack in PACKS if _file(folder, pack).exists())


def data_folder() -> Path | None:
    """Where the system has language packs of other scripts."""
    for pattern in FOLDERS:
        for folder in map(Path, sorted(glob(pattern), reverse=True)):
            if packs_in(folder):
                return folder
    return None


def _hear(readers: dict[str, tesserocr.PyTessBaseAPI], line: Image) -> Heard:
    """Look after look, until a model is sure."""
    heard: Heard = ()
    for look in LOOKS:
        pixels = shown(line, look)
        heard = best_of([*heard, *(_read(reader, pack, pixels) for pack, reader in readers.items())])
        if _is_clear(heard):
            break
    return heard


def best_of(readings: Sequence[Reread]) -> Heard:
    """One reading for each script."""
    best: dict[str, Reread] = {}
    for reading in sorted(readings, key=lambda one: (one.sound, one.score), reverse=True):
        best.setdefault(reading.script, reading)
    return tuple(best.values())


def _is_clear(heard: Heard) -> bool:
    """Whether a model has the words in its dictionary, or is sure of another script than Latin."""
    latin = max((one.score for one in heard if one.script == LATIN), default=0.0)
    return latin >= KNOWN or any(
        one.sound and one.script != LATIN and one.score >= max(ENOUGH, latin + AHEAD) for one in heard
    )


def _read(reader: tesserocr.PyTessBaseAPI, pack: str, line: NDArray[np.uint8]) -> Reread:
    height, width = line.shape
    reader.SetImageBytes(line.tobytes(), width, height, 1, width)
    text = "".join(letter for letter in reader.GetUTF8Text() if unicodedata.category(letter) != "Cf")
    if pack == "ell":
        text = text.replace(MICRO, "μ")
    return Reread(" ".join(text.split()), max(0.0, reader.MeanTextConf() / 100), pack)


def _file(folder: Path, pack: str) -> Path:
    return folder / f"{pack}.traineddata"
