"""How well pictures are read, cleaned and set: on generated pages, of which everything is known.

Each page is translated with its own texts as the glossary, so that no translator's errors come into it, and what was
set is read again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, JsonValue

from siseon.applications.application import Evaluation, Table
from siseon.applications.text import ScriptErrors, TextResult, count_errors
from siseon.applications.translation.contracts import TranslationResult
from siseon.applications.translation.generated import Page, Split, page
from siseon.applications.translation.generated.texts import Language, glossary
from siseon.applications.translation.options import TranslationChoices, TranslationOptions
from siseon.applications.translation.pipeline import Translation
from siseon.applications.translation.scores import Scores, score
from siseon.contracts import Encoded, Image, InputError
from siseon.contracts.described import Described
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.models import ModelManager

TARGETS: dict[Language, Language] = {"en": "es", "es": "en", "zh": "ja", "ja": "zh", "ko": "en"}
"""What a page in a language is translated to."""
GLOSSARY = "none"
"""The translator that is asked: none but the glossary."""


class GeneratedTruth(Described):
    """Which pages are generated."""

    pictures: Annotated[int, Field(ge=1, le=10_000)] = 23
    """How many pages."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Another one gives other pages."""
    split: Split = "evaluation"
    """development: the fonts and styles with which thresholds were chosen; evaluation: others."""


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures."""

    scores: Scores
    reading: list[ScriptErrors]
    """Of the originals."""
    rereading: list[ScriptErrors]
    """Of the translations that were set."""


async def evaluate(
    models: ModelManager,
    options: TranslationOptions,
    truth: GeneratedTruth,
    *,
    bounds: MediaBounds,
    progress: Callable[[], object],
) -> Table:
    """Reading, cleaning and setting, in one table.

    Raises:
        SiseonError: the failure of the first page.
        InputError: ``inpaint`` is a network: the grounds under letters are measured apart, by what needs no weights.
    """
    if options.inpaint == "network":
        raise InputError("the evaluation does not measure networks that paint", hint="set inpaint to telea")
    chosen = options.model_copy(update={"translator": GLOSSARY})
    async with Translation(models, chosen, bounds=bounds) as pipeline:
        measured = await measure(pipeline, truth, progress=progress)
    return Table(
        title=f"{truth.pictures} generated pages, seed {truth.seed}, {truth.split}",
        heads=("measure", "value", "over"),
        rows=tuple(_rows(measured)),
        document=_document(measured),
    )


async def measure(
    pipeline: Translation, truth: GeneratedTruth, *, progress: Callable[[], object]
) -> Measured:
    """Page by page through a pipeline that is open."""
    scores = Scores()
    entries, again, read, reread = [], [], [], []
    for number in range(truth.pictures):
        made = page(number, truth.split, seed=truth.seed)
        language = made.blocks[0].language
        target = TARGETS[language]
        source = language if language in ("en", "es") else "en"
        words = glossary(target)
        terms = tuple(f"{block.text}={words[block.text]}" for block in made.blocks)
        file = Encoded(encode(Image.from_array(made.pixels), "png"), f"page-{number}.png")
        choices = TranslationChoices(target=target, source=source, terms=terms)
        answer = (await pipeline(file, parameters={"choices": choices})).data
        picture = answer.picture or file
        score(scores, made, answer.regions, decode(picture.data).pixels, target, pipeline.options)
        entries.append(_entry(made))
        read.append(_as_text(answer))
        texts = [region.translated for region in answer.regions if region.translated]
        rest = "partial" if len(texts) < len(answer.regions) + len(answer.unread) else ""
        if texts:
            # In the language that it is in now: nothing is translated, all is read.
            unchanged = TranslationChoices(target=target, source=target if target in ("en", "es") else "en")
            second = (await pipeline(picture, parameters={"choices": unchanged})).data
            kind = "vertical" if any(region.vertical for region in answer.regions) else ""
            again.append({"file": file.name, "text": texts, "kind": kind, "truth": rest})
            reread.append(_as_text(second))
        progress()
    return Measured(scores, count_errors(entries, read), count_errors(again, reread))


def _entry(made: Page) -> dict[str, object]:
    kind = "vertical" if any(block.vertical for block in made.blocks) else ""
    return {"file": "", "text": [block.text for block in made.blocks], "kind": kind}


def _as_text(answer: TranslationResult) -> TextResult:
    return TextResult(
        image_id=answer.image_id,
        width=answer.width,
        height=answer.height,
        lines=tuple(line for region in answer.regions for line in region.lines),
        unread=answer.unread,
        scripts=(),
    )


def _rows(measured: Measured) -> list[tuple[str, str, str]]:
    scores = measured.scores
    rows = [
        (f"reading: character errors, {row.script}", f"{row.rate:.1%}", f"{row.characters} characters")
        for row in measured.reading
    ]
    rows += [
        ("blocks found", f"{scores.found / max(1, scores.blocks):.1%}", f"{scores.blocks} blocks"),
        ("of these one region each", f"{scores.whole / max(1, scores.found):.1%}", f"{scores.found} blocks"),
        ("reading order, Kendall's tau", f"{scores.tau:.3f}", f"{scores.pairs} pairs"),
        (
            "mask: intersection over union",
            f"{scores.common / max(1, scores.either):.3f}",
            f"{scores.either} pixels",
        ),
        ("mask: ink left over", f"{scores.left / max(1, scores.ink):.2%}", f"{scores.ink} pixels"),
    ]
    for ground, errors in scores.errors.items():
        if errors.values:
            ours, telea = errors.psnr()
            found = f"{'exact' if ours == math.inf else f'{ours:.1f} dB'} ({telea:.1f})"
            rows.append(
                (f"ground, {ground}: PSNR in the mask (Telea)", found, f"{errors.values // 3} pixels")
            )
    sizes = scores.sizes or [0.0]
    rows += [
        ("blocks translated", f"{scores.translated / max(1, scores.blocks):.1%}", f"{scores.blocks} blocks"),
        ("pixels changed elsewhere", str(scores.outside), f"{scores.translated} blocks"),
        ("pixels of letters outside their box", str(scores.overflow), f"{scores.translated} blocks"),
        ("least contrast", f"{scores.contrast:.2f}", f"{len(sizes)} regions"),
        (
            "em of letters over height of the original line, median",
            f"{float(np.median(sizes)):.2f}",
            f"{len(sizes)} regions",
        ),
    ]
    rows += [
        (f"read again: character errors, {row.script}", f"{row.rate:.1%}", f"{row.characters} characters")
        for row in measured.rereading
    ]
    return rows


def _document(measured: Measured) -> JsonValue:
    scores = asdict(measured.scores)
    scores["tau"] = measured.scores.tau
    return {
        "scores": scores,
        "reading": [asdict(row) for row in measured.reading],
        "rereading": [asdict(row) for row in measured.rereading],
    }


EVALUATION = Evaluation(
    summary="Reading, cleaning and setting on generated pages, of which everything is known.",
    truth=GeneratedTruth,
    measure=evaluate,
)
