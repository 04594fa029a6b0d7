"""What the check for personal data finds in pictures of text: recall by kind, false alarms, licence plates.

Pages of ten lines with random numbers, drawn in several fonts, sizes and colours, turned a little; half of the
lines hold personal data, the others look like it. A line counts as found when a finding of its kind lies on it.
Plates are drawn as plates. On real pictures, which nobody has labelled, findings are counted and printed. Run:
``python benchmarks/safety_text.py --models FOLDER --images FOLDER --texts FOLDER``
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from machine import machine
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFilter, ImageFont

from siseon.applications.safety import Safety, SafetyOptions, SafetyReport
from siseon.applications.safety.documents import mrz_check_digit
from siseon.applications.safety.lines import personal_lines
from siseon.applications.safety.patterns import luhn
from siseon.applications.text import Line
from siseon.contracts import Image
from siseon.media.decode import decode
from siseon.media.draw import Canvas
from siseon.models import ModelManager

PAGES = 40
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


def two_line_card(rng: random.Random) -> str:
    digits = number(rng, f"{rng.choice(['4#', '51', '55'])}" + "#" * 13)
    digits += next(d for d in "0123456789" if luhn(digits + d))
    return f"{digits[:4]} {digits[4:8]}\n{digits[8:12]} {digits[12:]}"


def iban(rng: random.Random, *, right: bool = True) -> str:
    country, form = rng.choice(
        [("DE", "#" * 18), ("FR", "#" * 23), ("GB", "WEST" + "#" * 14), ("NL", "ABNA" + "#" * 10)]
    )
    account = number(rng, form)
    check = 98 - int("".join(str(int(c, 36)) for c in account + country + "00")) % 97
    check = check if right else check % 97 + 1
    whole = f"{country}{check:02d}{account}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def passport(rng: random.Random) -> str:
    fields = [number(rng, "L########"), number(rng, "8@0@1@"), number(rng, "3@0@1@")]
    number_, born, until = (field + mrz_check_digit(field) for field in fields)
    return f"{number_}UTO{born}F{until}<<<<<<<<<<<<<<0{rng.randrange(10)}"


def social_security(rng: random.Random, *, right: bool = True) -> str:
    area = rng.randrange(100, 650) if right else rng.choice([0, 666, 900, 987])
    return number(rng, f"{area:03d}-@#-@###")


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
    "card over two lines": ("payment_card", two_line_card),
    "resident_number": ("resident_number", resident),
    "US social security number": ("social_security_number", social_security),
    "IBAN": ("iban", iban),
    "passport, line with numbers": ("passport", passport),
}
HARMLESS: dict[str, Callable[[random.Random], str]] = {
    "date": lambda r: number(r, "20##-0@-1#"),
    "opening hours": lambda r: number(r, "Mon-Fri 0#:30 - 1#:00"),
    "price": lambda r: number(r, "@#,#00 won"),
    "card, wrong check digit": lambda r: card(r, right=False),
    "resident number, month 13 to 19": lambda r: number(
        r, f"{r.randrange(50, 99)}1{r.randrange(3, 10)}15-1######"
    ),
    "social security number, never issued": lambda r: social_security(r, right=False),
    "IBAN, wrong check digits": lambda r: iban(r, right=False),
    "article number, 13 digits": lambda r: number(r, "40@##########"),
}


PLATE_HEIGHTS = (28, 40, 60)
"""Pixels of a plate's own height in a picture of 640 × 480."""
PLATES_EACH = 20
PLATES = {
    "Germany": ["A-AA ####", "AA-A ###", "AAA-AA ##"],
    "France and Italy": ["AA-###-AA", "AA ### AA"],
    "United Kingdom": ["AA## AAA"],
    "Spain": ["#### AAA"],
    "Netherlands": ["AA-###-A", "##-AAA-#"],
    "Poland": ["AA #####"],
    "United States": ["@AAA###", "AAA-####", "AAA ####"],
}
"""Korea's and Japan's need fonts and, for Hangul, a reader that this machine lacks: they are tested as texts."""


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
        # What is long, or stands on two lines, is set small enough for the page and the row.
        sizes = SIZES[:2] if len(text) > 30 or "\n" in text else SIZES
        font = ImageFont.truetype(rng.choice(FONTS), rng.choice(sizes))
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
                parts = [_as_line(part, y) for y, part in enumerate(text.splitlines())]
                true_kinds = {matched for matched, _ in personal_lines(parts)} - {"licence_plate"}
                hits[group] += bool(true_kinds) if not kind else kind in true_kinds
                if kind and kind in kinds:
                    legible += bool(kinds_on_row(again, row) - {"unread_text"})
    print("| line | shown | pattern matches the true text | found in the picture |\n|---|---|---|---|")
    for group in [*PERSONAL, *HARMLESS]:
        print(f"| {group} | {shown[group]} | {hits[group]} | {found[group]} |")
    personal = sum(found[group] for group in PERSONAL)
    print(
        f"\n{personal} of {sum(shown[g] for g in PERSONAL)} found; of these {legible} found again once blurred\n"
    )


def _as_line(text: str, row: int) -> Line:
    """A text as a reader would give it that makes no mistakes."""
    wide, top = 20 * len(text), 50 * row
    ring = ((0, top), (wide, top), (wide, top + 40), (0, top + 40), (0, top))
    return Line(polygon=ring, text=text, score=1.0)


async def plate_table(models: ModelManager) -> None:
    """Plates on a car's colour: white, yellow or with the blue band, of several sizes, turned and blurred a little."""
    rng = random.Random(21)
    print(f"| plate | shown | found, {PLATE_HEIGHTS[0]} pixels high |", end="")
    print("".join(f" {height} pixels |" for height in PLATE_HEIGHTS[1:]))
    print("|---|---|" + "---|" * len(PLATE_HEIGHTS))
    async with Safety(models, SafetyOptions(pii_text="flag")) as safety:
        for country, forms in PLATES.items():
            found = Counter[int]()
            for height in PLATE_HEIGHTS:
                for _ in range(PLATES_EACH):
                    report = (await safety(plate(rng, number_of(rng, rng.choice(forms)), height))).data
                    found[height] += any(finding.kind == "licence_plate" for finding in report.findings)
            print(f"| {country} | {PLATES_EACH} of each size |", end="")
            print("".join(f" {found[height]} |" for height in PLATE_HEIGHTS))
    print()


def number_of(rng: random.Random, form: str) -> str:
    """``form`` with a letter that plates use for each A, and digits as in ``number``."""
    return number(rng, "".join(rng.choice("BCDFGHJKLMNPRSTVWXYZ") if c == "A" else c for c in form))


def plate(rng: random.Random, text: str, height: int) -> Image:
    font = ImageFont.truetype("DejaVuSansCondensed-Bold.ttf", round(height * 0.72))
    left, top, right, bottom = font.getbbox(text)
    wide = round(right - left + height * 0.9)
    car = PillowImage.new(
        "RGB", (640, 480), rng.choice([(40, 40, 46), (150, 20, 24), (188, 190, 194), (24, 52, 96)])
    )
    pen = ImageDraw.Draw(car)
    x, y = rng.randrange(20, 620 - wide), rng.randrange(60, 420 - height)
    pen.rectangle(
        (x, y, x + wide, y + height),
        fill=rng.choice([(250, 250, 248), (246, 208, 60)]),
        outline=(10, 10, 10),
        width=2,
    )
    if rng.random() < 0.5:
        pen.rectangle((x, y, x + round(height * 0.22), y + height), fill=(20, 50, 150))
    pen.text(
        (x + height * 0.5 - left, y + (height - bottom + top) / 2 - top), text, font=font, fill=(12, 12, 12)
    )
    car = car.rotate(
        rng.uniform(-6, 6), resample=PillowImage.Resampling.BICUBIC, fillcolor=car.getpixel((2, 2))
    )
    return Image.from_array(np.asarray(car.filter(ImageFilter.GaussianBlur(rng.uniform(0, height / 60)))))


async def alarm_table(models: ModelManager, folders: dict[str, Sequence[Image]]) -> None:
    """Findings on real pictures; nobody has labelled them, so each is to be looked at before it is called false."""
    print(
        "| real pictures | pictures | with lines read | findings by kind | per picture |\n|---|---|---|---|---|"
    )
    async with Safety(models, SafetyOptions(pii_text="flag")) as safety:
        assert safety.text is not None
        for name, photos in folders.items():
            kinds, read = Counter[str](), 0
            for image in photos:
                lines = (await safety.text.run(image)).lines
                read += bool(lines)
                for kind, line in personal_lines(lines):
                    kinds[kind] += 1
                    print(f"{name}: {kind}: {line.text}", file=sys.stderr)
            total = sum(kinds.values())
            listed = ", ".join(f"{kind} {count}" for kind, count in kinds.items()) or "none"
            print(f"| {name} | {len(photos)} | {read} | {listed} | {total / len(photos):.2f} |")
    print()


async def run(models: ModelManager, photos: Sequence[Image], signs: Sequence[Image]) -> None:
    await text_table(models)
    await plate_table(models)
    await alarm_table(models, {"everyday photos": photos, "signs and pages": signs})


def pictures(folder: Path) -> list[Image]:
    return [decode(path.read_bytes()) for path in sorted(folder.glob("*")) if path.suffix in (".jpg", ".png")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True, help="everyday photos")
    parser.add_argument("--texts", type=Path, required=True, help="pictures full of text")
    options = parser.parse_args()
    print(machine())
    models = ModelManager(search_path=[options.models])
    asyncio.run(run(models, pictures(options.images), pictures(options.texts)))


if __name__ == "__main__":
    main()
