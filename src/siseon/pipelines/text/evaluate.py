"""How well pictures are read: character error rate by script, against a ``truth.json``.

The rate is the edit distance between the truth and the reading over the truth's length, both as one string:
lines in reading order, Unicode NFKC (full-width forms equal their plain ones), case kept, white space removed
(where a line is broken is not an error). Lines that were refused count as missing characters. Where an entry's
``truth`` says that it is partial, what was read beyond it is no error.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import orjson

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.files import read_file
from siseon.models import ModelManager
from siseon.pipelines.text.pipeline import Text


@dataclass(frozen=True, slots=True)
class ScriptErrors:
    """Figures of all pictures of one language entry of the truth."""

    script: str
    pictures: int
    characters: int
    """Of the truth."""
    errors: int
    """Edit distance."""
    refused: int
    """Lines returned as unread."""

    @property
    def rate(self) -> float:
        """Character error rate."""
        return self.errors / self.characters if self.characters else 0.0


async def evaluate(models: ModelManager, folder: Path, *, pipeline: Text | None = None) -> list[ScriptErrors]:
    """Read every picture that ``folder/truth.json`` names; one row a language, in the file's order.

    Raises:
        InputError: no truth.json, or not a list of ``{"file", "lang", "text": [...]}``.
    """
    rows: dict[str, ScriptErrors] = {}
    async with pipeline or Text(models) as text:
        for entry in _truth(folder):
            picture = read_file(folder / str(entry["file"]))
            result = (await text(Encoded(picture.data, picture.name))).data
            truth = normalise("".join(entry["text"]))
            reading = normalise("".join(line.text for line in result.lines))
            partial = str(entry.get("truth", "")).startswith("partial")
            script = str(entry["lang"])
            old = rows.get(script, ScriptErrors(script, 0, 0, 0, 0))
            rows[script] = ScriptErrors(
                script,
                old.pictures + 1,
                old.characters + len(truth),
                old.errors + edit_distance(truth, reading, partial=partial),
                old.refused + len(result.unread),
            )
    return list(rows.values())


def normalise(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def edit_distance(truth: str, reading: str, *, partial: bool = False) -> int:
    """Levenshtein distance; with a ``partial`` truth, what the reading has beyond it costs nothing."""
    insertion = 0 if partial else 1
    above = [column * insertion for column in range(len(reading) + 1)]
    for letter in truth:
        row = [above[0] + 1]
        for column, read in enumerate(reading):
            row.append(min(above[column] + (letter != read), above[column + 1] + 1, row[column] + insertion))
        above = row
    return above[-1]


def _truth(folder: Path) -> list[dict[str, list[str]]]:
    path = folder / "truth.json"
    try:
        entries = orjson.loads(read_file(path).data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path} is no JSON: {error}", code=FailureCode.invalid_input) from None
    if not isinstance(entries, list) or not all({"file", "lang", "text"} <= set(entry) for entry in entries):
        raise InputError(
            f"{path} is not a list of entries with file, lang and text", code=FailureCode.invalid_input
        )
    return entries
