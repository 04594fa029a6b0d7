"""Many pictures at once against the same steps image after image: total, first picture, cost per image, memory.

``python benchmarks/translation/pages.py [FOLDER] [--to es] [--repeat 9]``, without a folder over 23 generated posters
and comic pages. Three ways over the same models and
functions: *by hand*, a plain loop that calls each step of each picture after the other, as a script does; *one by
one*, the pipeline with a single picture under way, whose own lines share the cores; *together*, with 16 under way, as
``siseon run`` and a job have. ``--repeat`` runs the folder so many times over together, for what 200 images cost
beside 23.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from machine import machine
from spread import spread

from siseon.applications.text import Line
from siseon.applications.text.crops import crop_line, hardened, is_column
from siseon.applications.text.election import Voter, elect, is_doubted
from siseon.applications.text.pipeline import POOR
from siseon.applications.text.refusals import refuse
from siseon.applications.text.tesseract import Heard
from siseon.applications.translation import Translation, TranslationOptions
from siseon.applications.translation.generated import pages
from siseon.applications.translation.paste import Pasted
from siseon.applications.translation.stages import Found, Inked, Joined, Written
from siseon.applications.translation.tiles import tiles
from siseon.applications.translation.translators.translator import Asked
from siseon.applications.translation.write import Made
from siseon.contracts import Encoded, Image
from siseon.engine import Flow
from siseon.media import expand_inputs, read_file
from siseon.media.encode import encode
from siseon.models import ModelManager

PAGES = 23
"""Of the original record."""
IN_FLIGHT = 16
"""Pictures under way, as ``siseon run`` has."""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds."""

    total: float
    first: float


def by_hand(translation: Translation, pictures: list[Encoded]) -> float:
    """Seconds of a loop over the started pipeline's own steps, none at the same time as another."""
    begun = time.perf_counter()
    for picture in pictures:
        _by_hand(translation, picture)
    return time.perf_counter() - begun


def _by_hand(translation: Translation, picture: Encoded) -> Pasted:
    text, options = translation.text, translation.options
    (image,) = translation.decode.process([picture])
    lines = []
    parts = tiles(image.width, image.height) if max(image.width, image.height) > options.max_side else []
    for part in parts or [(0, 0, image.width, image.height)]:
        crop = image.crop(*part)
        (found,) = text.detect_text.process([crop])
        pairs = [(place, cut) for place in found if (cut := crop_line(crop, place)) is not None]
        readings = [text.recognize_text.process([cut])[0] for _, cut in pairs]
        for number, ((place, cut), reading) in enumerate(zip(pairs, readings, strict=True)):
            if reading.score < POOR and is_column(place):
                again = text.recognize_text.process([hardened(cut)])[0]
                readings[number] = max(reading, again, key=lambda one: one.score)
        reasons = refuse(readings, [place.area for place, _ in pairs], options.min_score)
        voters = []
        for (_, cut), reading, reason in zip(pairs, readings, reasons, strict=True):
            heard: Heard = ()
            if text.read_other_scripts is not None and is_doubted(reading, reason):
                (heard,) = text.read_other_scripts.process([cut])
            voters.append(Voter(reading, reason, heard))
        for (place, _), outcome in zip(pairs, elect(voters), strict=True):
            if outcome.reason is None:
                ring = tuple((x, y) for x, y in place.to(image.frame).ring())
                lines.append(Line(polygon=ring, text=outcome.text, score=outcome.score))
    (regions,) = translation.find_regions.process([Found(image, tuple(lines), None)])
    asked = [region for region in regions if region.script == "latin"]
    answers = []
    if asked:
        apertium = [Asked(region.text, "en", options.target) for region in asked]
        answers = list(translation.translator.run.process(apertium))
    (strokes,) = translation.find_strokes.process([Written(image, tuple(asked))])
    inked = Inked(image, tuple(strokes), options.inpaint, options.denoise, "short")
    (ground,) = translation.erase.process([inked])
    done = tuple(
        region.model_copy(update={"translated": answer})
        for region, answer in zip(asked, answers, strict=True)
    )
    (rendered,) = translation.render.process([Joined(image, ground, done, tuple(strokes), options.target)])
    (pasted,) = translation.write.process([Made(picture, image, rendered if asked else None)])
    return pasted


async def one_by_one(translation: Translation, pictures: list[Encoded]) -> tuple[Run, list[float]]:
    times = []
    begun = time.perf_counter()
    for picture in pictures:
        start = time.perf_counter()
        await translation(picture)
        times.append(time.perf_counter() - start)
    return Run(time.perf_counter() - begun, times[0]), times


async def together(translation: Translation, pictures: list[Encoded]) -> Run:
    flow, gate, done = Flow("pages", policy="wait"), asyncio.Semaphore(IN_FLIGHT), []
    begun = time.perf_counter()

    async def one(picture: Encoded) -> None:
        async with gate:
            await translation(picture, flow=flow)
        done.append(time.perf_counter() - begun)

    async with asyncio.TaskGroup() as group:
        for picture in pictures:
            group.create_task(one(picture))
    return Run(time.perf_counter() - begun, min(done))


def generated(count: int) -> list[Encoded]:
    """Posters, banners, comic pages and strips, in all languages of the generator."""
    return [
        Encoded(encode(Image.from_array(one.pixels), "png"), f"{number:02}.png")
        for number, one in enumerate(pages(count, "evaluation"))
    ]


def show(count: int, rounds: Sequence[tuple[float, Run, Run]], firsts: Sequence[float]) -> None:
    """Median and range of the rounds; ratios are of the same round."""
    print(machine())
    print(f"{count} pictures, {len(rounds)} rounds\n")
    print("| | median (range) |\n|---|---|")
    rows = {
        "by hand, s": [hand for hand, _, _ in rounds],
        "one by one, s": [alone.total for _, alone, _ in rounds],
        "together, s": [both.total for _, _, both in rounds],
        "together, ms a picture": [both.total / count * 1000 for _, _, both in rounds],
        "together / by hand": [both.total / hand for hand, _, both in rounds],
        "together / one by one": [both.total / alone.total for _, alone, both in rounds],
        "first picture, s": [both.first for _, _, both in rounds],
        "first picture / median picture alone": firsts,
        "first picture / together": [both.first / both.total for _, _, both in rounds],
    }
    for name, values in rows.items():
        print(f"| {name} | {spread(values)} |")


async def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=PAGES, help="generated ones, without a folder")
    parser.add_argument("--to", default="es")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-work", type=int, help="pictures that compute at once")
    words = parser.parse_args()
    pictures = (
        generated(words.pages)
        if words.folder is None
        else [read_file(path) for path in expand_inputs([str(words.folder)])]
    )
    rounds: list[tuple[float, Run, Run]] = []
    firsts: list[float] = []
    models = ModelManager()
    async with Translation(models, TranslationOptions(target=words.to)) as warm:
        await warm(pictures[0])
    for _ in range(words.rounds):
        async with Translation(models, TranslationOptions(target=words.to)) as translation:
            hand = by_hand(translation, pictures)
            alone, times = await one_by_one(translation, pictures)
        several = Translation(models, TranslationOptions(target=words.to))
        if words.at_work is not None:
            several.max_at_work = words.at_work
        async with several as translation:
            both = await together(translation, pictures)
        rounds.append((hand, alone, both))
        firsts.append(both.first / statistics.median(times))
    show(len(pictures), rounds, firsts)
    if words.repeat > 1:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        async with Translation(models, TranslationOptions(target=words.to)) as translation:
            many = await together(translation, pictures * words.repeat)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        count = len(pictures) * words.repeat
        print(
            f"\n{count} pictures: {many.total / count * 1000:.0f} ms per picture; peak memory {before:.0f} MB before, "
            f"{after:.0f} MB after"
        )


asyncio.run(main())
