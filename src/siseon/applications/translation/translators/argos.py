"""Packages of Argos Translate, run by CTranslate2 without Argos itself: neural, offline, on this machine's CPU.

A package is an unpacked ``.argosmodel``: a folder with ``metadata.json`` (``from_code``, ``to_code``), ``model/``
(CTranslate2) and ``sentencepiece.model``. Source: https://github.com/argosopentech/argos-translate (MIT). Only these
files are read; a package brings no code. The libraries come with ``siseon[argos]``.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from siseon.applications.translation.translators.translator import Asked
from siseon.contracts import DependencyMissing, ModelError
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.files import name_text

if TYPE_CHECKING:
    import ctranslate2
    import sentencepiece

METADATA, MODEL, PIECES = "metadata.json", "model", "sentencepiece.model"
MOST_METADATA = 1 << 16
MOST_TEXTS = 16
BEAM = 4
"""Hypotheses; what Argos itself uses."""
MOST_TOKENS = 512
"""Of a text, and of its translation: a network that stutters ends."""


class _Metadata(BaseModel):
    from_code: str
    to_code: str


@dataclass(frozen=True, slots=True)
class _Package:
    network: ctranslate2.Translator
    pieces: sentencepiece.SentencePieceProcessor


class RunArgos(Stage[Asked, str | None]):
    """Texts to translations, by pair of languages; texts of all pictures that wait share a batch."""

    name = "argos"
    max_batch = MOST_TEXTS

    def __init__(self, folder: Path) -> None:
        """``folder``: of unpacked packages."""
        self.folder = folder
        self.pairs: tuple[str, ...] = ()
        """``en-es``; plain values, which come back from a worker process."""
        self._packages: dict[str, _Package] = {}

    def setup(self) -> None:
        """Load all packages.

        Raises:
            DependencyMissing: the libraries are not installed.
            ModelError: there is no package in the folder, or one that cannot be read.
        """
        try:
            import ctranslate2
            import sentencepiece
        except ModuleNotFoundError as error:
            raise DependencyMissing(
                f"{error.name} is not installed", hint="pip install 'siseon[argos]'"
            ) from None
        for place in sorted(self.folder.glob(f"*/{METADATA}")):
            pair = _pair(place)
            try:
                self._packages[pair] = _Package(
                    ctranslate2.Translator(
                        str(place.parent / MODEL), device="cpu", inter_threads=cores(), intra_threads=1
                    ),
                    sentencepiece.SentencePieceProcessor(model_file=str(place.parent / PIECES)),
                )
            except (RuntimeError, OSError, ValueError) as error:
                told = str(error).partition("\n")[0][:200]
                raise ModelError(
                    f"the package in {name_text(place.parent)} cannot be loaded: {told}"
                ) from None
        self.pairs = tuple(self._packages)
        if not self.pairs:
            raise ModelError(
                f"there is no package in {name_text(self.folder)}",
                hint=f"unpack .argosmodel files there: a folder with {METADATA}, {MODEL}/ and {PIECES} each",
            )

    def teardown(self) -> None:
        """Let go of the networks."""
        self._packages = {}

    def knows(self, source: str, target: str) -> bool:
        """Whether there is a package for the pair."""
        return f"{source}-{target}" in self.pairs

    def there(self) -> str:
        """The pairs."""
        return f"argos has {', '.join(self.pairs)}; other packages belong in {name_text(self.folder)}"

    def bucket(self, item: Asked) -> Hashable:
        """The pair: a network translates one."""
        return f"{item.source}-{item.target}"

    def process(self, batch: Sequence[Asked]) -> Sequence[str | None]:
        """Tokens in, tokens out."""
        package = self._packages[f"{batch[0].source}-{batch[0].target}"]
        tokens = [package.pieces.encode(item.text, out_type=str)[:MOST_TOKENS] for item in batch]
        results = package.network.translate_batch(
            tokens,
            beam_size=BEAM,
            max_decoding_length=MOST_TOKENS,
            max_input_length=MOST_TOKENS,
            replace_unknowns=True,
        )
        return [package.pieces.decode(result.hypotheses[0]).strip() for result in results]


def _pair(place: Path) -> str:
    try:
        with place.open("rb") as file:
            metadata = _Metadata.model_validate_json(file.read(MOST_METADATA))
    except (OSError, ValidationError):
        raise ModelError(f"{name_text(place)} does not say from which language to which") from None
    return f"{metadata.from_code}-{metadata.to_code}"
