"""Lines in scripts that the network does not know, read by Tesseract where it is installed: a vote of its models.

Tesseract does not say that it does not know a script either, but its models are sure only of their own: of the models
of all scripts the surest one is right, if it is sure enough. Latin has a vote too, so that a blurred Latin line does
not become Cyrillic. Tesseract (https://github.com/tesseract-ocr/tesseract, Apache-2.0) comes with ``siseon[tesseract]``
(tesserocr, MIT), its models with the system: Debian's tesseract-ocr-kor, -rus, -srp, -ell, -tha, -hin, -ara and -eng.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from glob import glob
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image, ModelRef
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
LATIN = "eng"
"""Only votes."""
SURE = 0.8
"""Least confidence of a reading that is given out: among refused lines of all scripts readings above are right."""
SURE_OF_TWINS = 0.9
"""The same for a line that was read as Latin, and whose capitals other scripts have too."""
AHEAD = 0.02
"""By how much the surest model must be ahead of Latin. Words in capitals that all look alike differ by 0.02 to 0.05
between the language that has the word and the others (КАССА: 0.96, KACCA: 0.91; HOTEL: 0.96, НОТЕ: 0.55)."""
OWN_LETTERS = 0.8
"""Least share of a reading's letters that are of its model's script."""
LEAST_LETTERS = 2
HEIGHT = 48
"""Pixels to which lines are scaled: letters of 30 to 40 pixels are what the models were trained on."""
BORDER = 8
"""Pixels of ground around a line."""
MAX_WIDTH = 4000


class Reread(NamedTuple):
    """What the surest model reads."""

    text: str
    score: float
    """Its mean confidence, in [0, 1]."""
    model: str


class ReadOtherScripts(Stage[Image, Reread | None]):
    """Straightened lines to what a model of another script reads in them; None where none is sure."""

    name = "read_other_scripts"
    max_batch = 4

    def __init__(self) -> None:
        self.replicas = cores()
        # Plain values: where it runs in a worker process, they are all that comes back of ``setup``.
        self.packs: tuple[str, ...] = ()
        """Installed language packs."""
        self.digests: tuple[str, ...] = ()
        """The sha256 of each."""
        self.version = ""
        self._readers: SimpleQueue[dict[str, tesserocr.PyTessBaseAPI]] = SimpleQueue()
        """One set of models for each replica: a model reads one line at a time."""

    @property
    def scripts(self) -> tuple[str, ...]:
        """Those that the installed models know."""
        return tuple(dict.fromkeys(PACKS[pack] for pack in self.packs if pack in PACKS))

    def setup(self) -> None:
        """Load the models that are installed, once for each replica."""
        folder = data_folder()
        if folder is None:
            return
        os.environ.setdefault(
            "OMP_THREAD_LIMIT", "1"
        )  # its threads cost more than they gain, and replicas are many
        import tesserocr

        self.packs = tuple(pack for pack in (*PACKS, LATIN) if _file(folder, pack).exists())
        self.digests = tuple(
            hashlib.sha256(_file(folder, pack).read_bytes()).hexdigest() for pack in self.packs
        )
        self.version = tesserocr.tesseract_version().split()[1]
        mode = tesserocr.PSM.SINGLE_LINE
        for _ in range(self.replicas):
            self._readers.put(
                {pack: tesserocr.PyTessBaseAPI(path=str(folder), lang=pack, psm=mode) for pack in self.packs}
            )

    def teardown(self) -> None:
        """Let go of the models."""
        while not self._readers.empty():
            for reader in self._readers.get().values():
                reader.End()

    def models(self) -> Sequence[ModelRef]:
        """Each language pack."""
        return tuple(
            ModelRef(name=PREFIX + pack, version=self.version, sha256=digest)
            for pack, digest in zip(self.packs, self.digests, strict=True)
        )

    def process(self, batch: Sequence[Image]) -> Sequence[Reread | None]:
        """Every model reads every line."""
        readers = self._readers.get()
        try:
            return [
                elected([_read(reader, pack, line) for pack, reader in readers.items()])
                for line in map(_prepared, batch)
            ]
        finally:
            self._readers.put(readers)


PREFIX = "tesseract-"


def installed() -> bool:
    """Whether the library and a language pack are here; the library is not loaded for it."""
    from importlib.util import find_spec

    return find_spec("tesserocr") is not None and data_folder() is not None


def data_folder() -> Path | None:
    """Where the system has language packs of other scripts."""
    for pattern in FOLDERS:
        for folder in map(Path, sorted(glob(pattern), reverse=True)):
            if any(_file(folder, pack).exists() for pack in PACKS):
                return folder
    return None


def elected(readings: Sequence[Reread]) -> Reread | None:
    """The surest reading that is in its model's script, sure, and ahead of Latin; None without one."""
    latin = max((reading.score for reading in readings if reading.model == LATIN), default=0.0)
    sound = [reading for reading in readings if reading.model != LATIN and _in_own_script(reading)]
    best = max(sound, key=lambda reading: reading.score, default=None)
    if best is None or best.score < max(SURE, latin + AHEAD):
        return None
    return best


def _in_own_script(reading: Reread) -> bool:
    letters = [letter for letter in reading.text if letter.isalpha()]
    start = PACKS[reading.model].upper()
    own = sum(unicodedata.name(letter, "").startswith(start) for letter in letters)
    return own >= max(LEAST_LETTERS, OWN_LETTERS * len(letters))


def _read(reader: tesserocr.PyTessBaseAPI, pack: str, line: NDArray[np.uint8]) -> Reread:
    height, width = line.shape
    reader.SetImageBytes(line.tobytes(), width, height, 1, width)
    text = "".join(letter for letter in reader.GetUTF8Text() if unicodedata.category(letter) != "Cf")
    return Reread(" ".join(text.split()), max(0.0, reader.MeanTextConf() / 100), pack)


def _prepared(image: Image) -> NDArray[np.uint8]:
    """(h, w) uint8: dark on light, of one height, with a border of its ground."""
    grey = np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if float(np.median(grey)) < (int(grey.min()) + int(grey.max())) / 2:  # the ground is most of a line
        grey = 255 - grey
    width = min(MAX_WIDTH, max(1, round(image.width * HEIGHT / image.height)))
    how = cv2.INTER_AREA if image.height > HEIGHT else cv2.INTER_CUBIC
    scaled = cv2.resize(grey, (width, HEIGHT), interpolation=how)
    ground = int(np.median(scaled))
    return np.asarray(
        cv2.copyMakeBorder(scaled, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=ground),
        np.uint8,
    )


def _file(folder: Path, pack: str) -> Path:
    return folder / f"{pack}.traineddata"
