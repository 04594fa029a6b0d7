"""How well pictures are read: character error rate by script, against a ``truth.json``.

The file is a list of ``{"file": name, "text": [line, ...]}`` with the lines in reading order. How errors are
counted:

- Texts are compared after Unicode NFKC (full-width forms equal their plain ones), case kept, white space removed:
  where a line is broken, and whether a wide gap is a space, is not an error.
- Lines are compared wherever they stand: each line that was read is laid on the part of the truth that it
  resembles most. ``errors_in_order`` counts the same with the lines in the order of the answer.
- A line of the truth belongs to the script of most of its letters; Japanese is what has kana, Han the rest.
- What was read beyond the truth counts as inserted characters; where an entry's ``truth`` says "partial" it does
  not, since nobody knows whether it is wrong. Lines that were refused count as missing characters.
"""

from __future__ import annotations

import asyncio
import codecs
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import DirectoryPath

from siseon.applications.application import Evaluation, Table
from siseon.applications.measuring import measure_all, notes_of
from siseon.applications.text.alignment import Pair, align, best_place
from siseon.applications.text.contracts import TextResult
from siseon.applications.text.options import TextOptions
from siseon.applications.text.pipeline import Text
from siseon.contracts import FailureCode, InputError
from siseon.contracts.described import Described
from siseon.media.bounds import MediaBounds
from siseon.media.files import read_file
from siseon.models import ModelManager

TAKEN = "\0"
"""Stands in the truth for characters that a line was laid on already."""

RESEMBLES = 0.5
"""Share of a line's characters that must be right for it to be laid on a part of the truth."""

ENTRIES = '[{"file": "sign.jpg", "text": ["first line", "second line"]}]'

COUNTED = ("pictures", "characters", "errors", "errors_in_order", "wrong", "refused")
"""What is summed over the pictures of a script."""

VERTICAL = "vertical"
"""Word in an entry's ``kind`` that sets its lines apart: columns are read much worse than rows."""


@dataclass(frozen=True, slots=True)
class ScriptErrors:
    """Figures of all lines of the truth in one script."""

    script: str
    pictures: int
    characters: int
    """Of the truth."""
    errors: int
    """Edit distance, wherever the lines stand."""
    errors_in_order: int
    """Edit distance of the whole answer in its order: wrong order counts."""
    wrong: int
    """Of the errors, characters that were answered and are not in the truth; the others are missing."""
    refused: int
    """Lines returned as unread in pictures whose first line is in this script."""
    readers: tuple[str, ...] = ()
    """The models that read lines of this script: the recogniser, or one of Tesseract's packs."""

    @property
    def rate(self) -> float:
        """Character error rate."""
        return self.errors / self.characters if self.characters else 0.0


class TextTruth(Described):
    """What a reading is compared with."""

    folder: DirectoryPath
    """Folder of pictures with a truth.json."""


async def evaluate(
    models: ModelManager,
    options: TextOptions,
    truth: TextTruth,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """Character error rate by script, of the pictures that can be read; the others are named in notes.

    Raises:
        SiseonError: see ``read_all``.
    """
    unread: list[tuple[dict[str, Any], InputError]] = []
    rows = await read_all(
        Text(models, options, bounds=bounds), truth.folder, progress=progress, unread=unread
    )
    return Table(
        title=f"{options.recognizer} on {truth.folder}",
        heads=("script", "pictures", "characters", "errors", "error rate", "lines refused"),
        rows=tuple(
            (
                _with_others(row, options.recognizer),
                *map(str, (row.pictures, row.characters, row.errors)),
                f"{row.rate:.1%}",
                str(row.refused),
            )
            for row in rows
        ),
        document=[asdict(row) for row in rows],
        notes=notes_of([(entry["file"], failure) for entry, failure in unread]),
    )


def _with_others(row: ScriptErrors, recognizer: str) -> str:
    """The script, and below it who read lines of it that the recogniser of the title did not."""
    return "\n".join([row.script, *(f"  {reader}" for reader in row.readers if reader != recognizer)])


async def read_all(
    pipeline: Text,
    folder: Path,
    *,
    progress: Callable[[], object] = lambda: None,
    unread: list[tuple[dict[str, Any], InputError]] | None = None,
) -> list[ScriptErrors]:
    """Read every picture that ``folder/truth.json`` names; one row a script, in the order of the file.

    ``unread`` takes the entries whose files are no pictures that can be read.

    Raises:
        InputError: no truth.json, or not a list of ``{"file", "text": [...]}``; no picture can be read.
        SiseonError: the failure of the first picture that the pipeline could not answer.
    """

    async def one(entry: dict[str, Any]) -> tuple[dict[str, Any], TextResult]:
        picture = await asyncio.to_thread(read_file, folder / entry["file"], pipeline.decode.bounds)
        return entry, (await pipeline(picture)).data

    answers = await measure_all(pipeline, _truth(folder), one, progress, unread=unread)
    return count_errors([entry for entry, _ in answers], [data for _, data in answers])


def count_errors(entries: Sequence[dict[str, Any]], results: Sequence[TextResult]) -> list[ScriptErrors]:
    """One row a script for answers to the entries of a ``truth.json``."""
    tally: dict[str, dict[str, int]] = {}
    readers: dict[str, dict[str, None]] = {}
    for entry, result in zip(entries, results, strict=True):
        vertical = VERTICAL in str(entry.get("kind", ""))
        written = [line for line in entry["text"] if normalise(line)]
        scripts = [_script(line) + (", vertical" if vertical else "") for line in written]
        lines = [normalise(line) for line in written]
        truth = "".join(lines)
        labels = [script for script, line in zip(scripts, lines, strict=True) for _ in line]
        partial = str(entry.get("truth", "")).startswith("partial")
        free, ordered, places = _arranged(truth, [normalise(line.text) for line in result.lines], partial)
        free = min(free, ordered, key=len)  # the greedy placement is not always the best one
        for script in dict.fromkeys(scripts):
            row = tally.setdefault(script, dict.fromkeys(COUNTED, 0))
            row["pictures"] += 1
            row["characters"] += labels.count(script)
            row["errors"] += sum(1 for _ in _of(script, labels, free))
            row["errors_in_order"] += sum(1 for _ in _of(script, labels, ordered))
            row["wrong"] += sum(1 for pair in _of(script, labels, free) if pair.read is not None)
        tally[scripts[0]]["refused"] += len(result.unread)
        for index, start in places.items():
            if (reader := result.lines[index].reader) is not None and start < len(labels):
                readers.setdefault(labels[start], {})[reader] = None
    return [
        ScriptErrors(script, **row, readers=tuple(readers.get(script, ()))) for script, row in tally.items()
    ]


def normalise(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _arranged(
    truth: str, lines: Sequence[str], partial: bool
) -> tuple[list[Pair], list[Pair], dict[int, int]]:
    """The errors with the lines laid where they fit best, and with the lines as they come; and at which character of
    the truth each line was laid, by its number.
    """
    left = truth
    places: dict[int, int] = {}
    # Long lines first: a short one fits in many places.
    for index in sorted(range(len(lines)), key=lambda i: -len(lines[i])):
        start, end, distance = best_place(lines[index], left)
        if distance <= len(lines[index]) * (1 - RESEMBLES):
            places[index] = start
            left = left[:start] + TAKEN * (end - start) + left[end:]
    placed = sorted(places, key=lambda i: places[i])
    beyond = [] if partial else [i for i in range(len(lines)) if i not in places]
    as_read = [i for i in range(len(lines)) if i in places or not partial]
    return (
        _errors(truth, "".join(lines[i] for i in [*placed, *beyond])),
        _errors(truth, "".join(lines[i] for i in as_read)),
        places,
    )


def _errors(truth: str, reading: str) -> list[Pair]:
    return [pair for pair in align(truth, reading) if not pair.equal]


def _of(script: str, labels: Sequence[str], errors: Iterable[Pair]) -> Iterable[Pair]:
    """The errors at characters of a script; an insertion belongs to the character before it."""
    return (pair for pair in errors if labels[pair.at] == script)


def _script(line: str) -> str:
    names = [unicodedata.name(letter, "").split(" ")[0] for letter in line if letter.isalpha()]
    if not names:
        return "digits and signs"
    if "HIRAGANA" in names or "KATAKANA" in names:
        return "Japanese"
    most = max(dict.fromkeys(names), key=names.count)
    return {"CJK": "Han"}.get(most, most.capitalize())


def _truth(folder: Path) -> list[dict[str, Any]]:
    path = folder / "truth.json"
    if not path.exists():
        raise InputError(
            f"there is no {path}", code=FailureCode.file_unreadable, hint=f"a list in it: {ENTRIES}"
        )
    try:
        entries = orjson.loads(read_file(path).data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path} is no JSON: {error}", code=FailureCode.invalid_input) from None
    if entries == []:
        raise InputError(f"{path} names no picture", code=FailureCode.invalid_input, hint=ENTRIES)
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise InputError(
            f"{path} is not a list of entries with a file and the text of its lines",
            code=FailureCode.invalid_input,
            hint=ENTRIES,
        )
    return entries


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or not entry["file"]:
        return False
    text = entry.get("text")
    if not isinstance(text, list) or not all(isinstance(line, str) for line in text):
        return False
    return any(map(normalise, text))


EVALUATION = Evaluation(
    summary="Character error rate by script, against the lines in truth.json.",
    truth=TextTruth,
    measure=evaluate,
)
