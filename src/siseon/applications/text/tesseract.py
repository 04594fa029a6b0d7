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
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

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
LATIN = ("eng", "fra", "deu", "spa", "ita", "por", "pol")
"""Only vote, as far as they are installed."""
SURE = 0.8
"""Least confidence of a reading that is given out in place of a refused one."""
SURE_OF_UNSURE = 0.9
"""The same in place of a reading that the recogniser is not sure of."""
SURE_OF_TWINS = 0.94
"""The same for a word that was read as Latin, and whose letters other scripts have too: a model that has the word in
its dictionary says 0.95 or 0.96, one that only sees its letters at most 0.93 (КАССА: 0.96, KACCA: 0.91)."""
AHEAD = 0.02
"""By how much the surest model must be ahead of Latin."""
OWN_LETTERS = 0.5
"""Least share of a reading's letters and digits that are of its model's script; nonsense has many others."""
LEAST_LETTERS = 2
HEIGHT = 48
"""Pixels to which lines are scaled: letters of 30 to 40 pixels are what the models were trained on."""
BORDER = 8
"""Pixels of ground around a line."""
SMOOTH = 1.0
"""Deviation, in pixels of that height, by which a line that no model is sure of is blurred and asked for again."""
STROKE = 31
"""Pixels of that height; what is wider is ground, whose unevenness is taken out."""
GROUND_BLUR = 10.0
"""Deviation, in pixels."""
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

    def __init__(self, required: tuple[str, ...] = ()) -> None:
        """``required``: these packs and no others, but for Latin's; without any: those that are installed."""
        self.required = required
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
        """Load the models, once for each replica.

        Raises:
            ModelError: ``model_not_found``: the library or a required pack is not installed.
        """
        folder = data_folder()
        _check(self.required, folder)
        if folder is None:
            return
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost more than they gain
        import tesserocr

        wanted = (*(self.required or PACKS), *LATIN)
        packs = [pack for pack in wanted if _file(folder, pack).exists()]
        self.version = tesserocr.tesseract_version().split()[1]
        self.digests = tuple(hashlib.sha256(_file(folder, pack).read_bytes()).hexdigest() for pack in packs)
        self.packs = tuple(packs)
        mode = tesserocr.PSM.SINGLE_LINE
        for _ in range(self.replicas):
            self._readers.put(
                {pack: tesserocr.PyTessBaseAPI(path=str(folder), lang=pack, psm=mode) for pack in packs}
            )

    def teardown(self) -> None:
        """Let go of the models."""
        while not self._readers.empty():
            for reader in self._readers.get().values():
                reader.End()

    def models(self) -> Sequence[ModelRef]:
        """Each language pack; none while they are loaded, and others ask."""
        return tuple(
            ModelRef(name=PREFIX + pack, version=self.version, sha256=digest)
            for pack, digest in zip(self.packs, self.digests, strict=False)
        )

    def process(self, batch: Sequence[Image]) -> Sequence[Reread | None]:
        """Every model reads every line."""
        readers = self._readers.get()
        try:
            return [_ask(readers, line) for line in batch]
        finally:
            self._readers.put(readers)


PREFIX = "tesseract-"
MICRO = "\N{MICRO SIGN}"
"""What the Greek model writes for a small mu."""


def installed() -> bool:
    """Whether the library and a language pack are here; the library is not loaded for it."""
    return find_spec("tesserocr") is not None and data_folder() is not None


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


def data_folder() -> Path | None:
    """Where the system has language packs of other scripts."""
    for pattern in FOLDERS:
        for folder in map(Path, sorted(glob(pattern), reverse=True)):
            if any(_file(folder, pack).exists() for pack in PACKS):
                return folder
    return None


def elected(readings: Sequence[Reread]) -> Reread | None:
    """The surest reading that is in its model's script, sure, and ahead of Latin; None without one."""
    latin = max((reading.score for reading in readings if reading.model in LATIN), default=0.0)
    sound = [reading for reading in readings if reading.model not in LATIN and _in_own_script(reading)]
    best = max(sound, key=lambda reading: reading.score, default=None)
    if best is None or best.score < max(SURE, latin + AHEAD):
        return None
    return best


def _ask(readers: dict[str, tesserocr.PyTessBaseAPI], line: Image) -> Reread | None:
    """The elected reading of a line, or of the line without its noise."""
    for smooth in (False, True):
        pixels = _prepared(line, smooth=smooth)
        found = elected([_read(reader, pack, pixels) for pack, reader in readers.items()])
        if found is not None:
            return found
    return None


def _in_own_script(reading: Reread) -> bool:
    start = PACKS[reading.model].upper()
    own = sum(letter.isalpha() and unicodedata.name(letter, "").startswith(start) for letter in reading.text)
    return own >= max(LEAST_LETTERS, OWN_LETTERS * sum(map(str.isalnum, reading.text)))


def _read(reader: tesserocr.PyTessBaseAPI, pack: str, line: NDArray[np.uint8]) -> Reread:
    height, width = line.shape
    reader.SetImageBytes(line.tobytes(), width, height, 1, width)
    text = "".join(letter for letter in reader.GetUTF8Text() if unicodedata.category(letter) != "Cf")
    if pack == "ell":
        text = text.replace(MICRO, "μ")
    return Reread(" ".join(text.split()), max(0.0, reader.MeanTextConf() / 100), pack)


def _prepared(image: Image, *, smooth: bool) -> NDArray[np.uint8]:
    """(h, w) uint8: dark on light and evenly lit, of one height, with a border of its ground."""
    grey = np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if float(np.median(grey)) < (int(grey.min()) + int(grey.max())) / 2:  # the ground is most of a line
        grey = 255 - grey
    width = min(MAX_WIDTH, max(1, round(image.width * HEIGHT / image.height)))
    how = cv2.INTER_AREA if image.height > HEIGHT else cv2.INTER_CUBIC
    even = _evenly_lit(np.asarray(cv2.resize(grey, (width, HEIGHT), interpolation=how), np.uint8))
    if smooth:
        even = np.asarray(cv2.GaussianBlur(even, (0, 0), SMOOTH), np.uint8)
    ground = int(np.median(even))
    return np.asarray(
        cv2.copyMakeBorder(even, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=ground),
        np.uint8,
    )


def _evenly_lit(line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Dark letters on a ground that is white everywhere: divided by the ground, which closing finds."""
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((STROKE, STROKE), np.uint8))
    return np.asarray(cv2.divide(line, cv2.GaussianBlur(closed, (0, 0), GROUND_BLUR), scale=255), np.uint8)


def _file(folder: Path, pack: str) -> Path:
    return folder / f"{pack}.traineddata"
