"""What the safety checks of ``inspection`` find in rendered text, and what each costs beside detection.

Text: pages of ten lines with random numbers, drawn in several fonts, sizes and colours, turned a little; half of the
lines hold personal data, the others look like it. A line counts as found when a finding of its kind lies on it.
Photos: the median time of each check as a ratio to the detector's in the same run, and NSFW scores of photos that
are everyday scenes. There is no labelled data for the recall of faces and NSFW: none is stated. Run:
``python benchmarks/safety.py --models FOLDER --images FOLDER``
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from machine import machine
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from siseon.applications.inspection import Inspection, InspectionOptions
from siseon.applications.safety import Safety, SafetyOptions, SafetyReport
from siseon.applications.safety.patterns import kinds_in, luhn
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.media.draw import Canvas
from siseon.models import Model, ModelManager
from siseon.models.preprocess import prepare

PAGES = 24
LINES = 10
WIDTH, HEIGHT, LINE_HEIGHT = 960, 1000, 92
"""Pixels of a page and of a line on it."""
FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono.ttf")
SIZES = (14, 20, 30, 40)
INKS = (((20, 20, 20), (245, 245, 240)), ((240, 232, 210), (31, 52, 60)), ((150, 20, 20), (230, 226, 200)))
MOST_DEGREES = 3.0


def number(rng: random.Random, form: str) -> str:
    """``form`` with a random digit for each #, and one from 2 to 9 for each @."""
    return "".join(
        rng.choice("0123456789") if c == "#" else rng.choice("23456789") if c == "@" else c for c in form
    )


def card(rng: random.Random, *, right: bool) -> str:
    digits = number(rng, rng.choice("45")) + number(rng, "#" * 14)
    check = next(d for d in "0123456789" if luhn(digits + d))
    digits += check if right else str((int(check) + rng.randrange(1, 10)) % 10)
    return rng.choice(" -").join(digits[i : i + 4] for i in range(0, 16, 4))


def resident(rng: random.Random) -> str:
    birth = date(1940, 1, 1) + timedelta(days=rng.randrange(29_000))
    century = rng.choice("12" if birth.year < 2000 else "34")
    return number(rng, f"{birth:%y%m%d}-{century}######")


def email(rng: random.Random) -> str:
    word = "".join(rng.choice("abcdefghkmnprstuvw") for _ in range(6))
    name = word + rng.choice(["", ".", "_"]) + rng.choice(["kim", "park", "lee"])
    return f"{name}@{rng.choice(['example.com', 'mail.co.kr'])}"


PERSONAL: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "phone, Korean": (
        "phone",
        lambda r: number(r, r.choice(["010-@###-####", "02-@##-####", "031.@##.####"])),
    ),
    "phone, US": (
        "phone",
        lambda r: number(r, r.choice(["(@##) @##-####", "@##-@##-####", "+1 @## @## ####"])),
    ),
    "phone, international": (
        "phone",
        lambda r: number(r, r.choice(["+44 20 #### ####", "+82 10-@###-####"])),
    ),
    "email": ("email", email),
    "payment_card": ("payment_card", lambda r: card(r, right=True)),
    "resident_number": ("resident_number", resident),
}
HARMLESS: dict[str, Callable[[random.Random], str]] = {
    "date": lambda r: number(r, "20##-0@-1#"),
    "opening hours": lambda r: number(r, "Mon-Fri 0#:30 - 1#:00"),
    "price": lambda r: number(r, "@#,#00 won"),
    "card, wrong check digit": lambda r: card(r, right=False),
    "resident number, month 13 to 19": lambda r: number(
        r, f"{r.randrange(50, 99)}1{r.randrange(3, 10)}15-1######"
    ),
    "article number, 13 digits": lambda r: number(r, "40@##########"),
}


def page(rng: random.Random) -> tuple[Image, list[tuple[str, str, str]]]:
    """A page, and of each of its lines: its group, the kind to be found ("" for none), and the text."""
    ink, paper = rng.choice(INKS)
    picture = PillowImage.new("RGB", (WIDTH, HEIGHT), paper)
    pen = ImageDraw.Draw(picture)
    lines = []
    for row in range(LINES):
        if row % 2:
            group = rng.choice(list(HARMLESS))
            kind, text = "", HARMLESS[group](rng)
        else:
            group = rng.choice(list(PERSONAL))
            kind, make = PERSONAL[group]
            text = make(rng)
        font = ImageFont.truetype(rng.choice(FONTS), rng.choice(SIZES))
        pen.text((90, 60 + row * LINE_HEIGHT), text, font=font, fill=ink)
        lines.append((group, kind, text))
    degrees = rng.uniform(-MOST_DEGREES, MOST_DEGREES)
    turned = picture.rotate(degrees, resample=PillowImage.Resampling.BICUBIC, fillcolor=paper)
    return Image.from_array(np.asarray(turned)), lines


def kinds_on_row(report: SafetyReport, row: int) -> set[str]:
    """Kinds found on a line, by where their left end is (a page is turned by less than half a line there)."""
    found = set()
    for finding in report.findings:
        assert finding.ring is not None
        middle = float(np.mean([y for _, y in sorted(finding.ring[:-1])[:2]]))
        if round((middle - 72) / LINE_HEIGHT) == row:
            found.add(finding.kind)
    return found


async def text_table(models: ModelManager) -> None:
    rng = random.Random(20)
    shown: Counter[str] = Counter()
    found: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    legible = 0
    async with Safety(models, SafetyOptions(pii_text="blur")) as safety:
        for _ in range(PAGES):
            image, lines = page(rng)
            report = (await safety(image)).data
            canvas = Canvas(image)
            for finding in report.findings:
                canvas.blur(finding.box)
            again = (await safety(canvas.image())).data
            for row, (group, kind, text) in enumerate(lines):
                kinds = kinds_on_row(report, row) - {"unread_text"}
                shown[group] += 1
                found[group] += kind in kinds if kind else bool(kinds)
                hits[group] += bool(kinds_in(text)) if not kind else kind in kinds_in(text)
                if kind and kind in kinds:
                    legible += bool(kinds_on_row(again, row) - {"unread_text"})
    print("| line | shown | pattern matches the true text | found in the picture |\n|---|---|---|---|")
    for group in [*PERSONAL, *HARMLESS]:
        print(f"| {group} | {shown[group]} | {hits[group]} | {found[group]} |")
    personal = sum(found[group] for group in PERSONAL)
    print(
        f"\n{personal} of {sum(shown[g] for g in PERSONAL)} found; of these {legible} found again once blurred\n"
    )


async def time_table(models: ModelManager, photos: Sequence[Image]) -> None:
    async with Inspection(models, InspectionOptions(nsfw="flag", faces="flag", pii_text="flag")) as pipeline:
        safety = pipeline.safety
        assert safety is not None
        assert None not in (safety.nsfw, safety.faces, safety.text)
        checks: dict[str, Callable[[Image], Awaitable[object]]] = {
            "detect (yolox-nano)": pipeline.detect,
            "nsfw, the whole picture": safety.nsfw,
            "faces": safety.faces,
            "pii_text": safety.text.run,
        }
        times: dict[str, list[float]] = {name: [] for name in checks}
        for image in photos:
            for name, check in checks.items():
                start = time.perf_counter()
                await check(image)
                times[name].append(time.perf_counter() - start)
    median = {name: statistics.median(spent) for name, spent in times.items()}
    print("| check | ms a photo, median | against detection |\n|---|---|---|")
    for name, spent in median.items():
        print(f"| {name} | {spent * 1000:.1f} | {spent / median['detect (yolox-nano)']:.2f} × |")
    print()


async def nsfw_table(models: ModelManager, photos: Sequence[Image]) -> None:
    async with Inspection(models, InspectionOptions(nsfw="flag")) as pipeline:
        assert pipeline.safety is not None
        assert pipeline.safety.nsfw is not None
        network = pipeline.safety.nsfw.model
        scores: dict[str, list[float]] = {
            "the whole picture": [],
            "without the JPEG": [],
            "and its persons": [],
        }
        for image in photos:
            scores["the whole picture"].append(await pipeline.safety.nsfw(image))
            scores["without the JPEG"].append(_without_jpeg(network, image))
            scores["and its persons"].append((await pipeline(image)).data.safety.nsfw_score)
    print(
        f"| nsfw score of {len(photos)} photos | highest | of 0.4 or more | of 0.8 or more |\n|---|---|---|---|"
    )
    for name, values in scores.items():
        high = [sum(value >= least for value in values) for least in (0.4, 0.8)]
        print(f"| {name} | {max(values):.2f} | {high[0]} | {high[1]} |")
    worst = int(np.argmax(scores["the whole picture"]))
    print(f"\nThe highest falls from {scores['the whole picture'][worst]:.2f} to ", end="")
    print(f"{scores['without the JPEG'][worst]:.2f} without the JPEG.")


def _without_jpeg(network: Model, image: Image) -> float:
    whole = PillowImage.fromarray(image.pixels).resize((256, 256), PillowImage.Resampling.BILINEAR)
    middle = Image.from_array(np.array(whole.crop((16, 16, 240, 240))))
    pixels, _ = prepare([middle], network.card.input)
    return float(next(iter(network.run({network.input_name: pixels}).values()))[0, 1])


async def run(models: ModelManager, photos: Sequence[Image]) -> None:
    await text_table(models)
    await time_table(models, photos)
    await nsfw_table(models, photos)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    options = parser.parse_args()
    photos = [decode(path.read_bytes()) for path in sorted(options.images.glob("*.jpg"))]
    print(machine())
    asyncio.run(run(ModelManager(search_path=[options.models]), photos))


if __name__ == "__main__":
    main()
