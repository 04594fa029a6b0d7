"""The ``text`` pipeline against rapidocr's own: the same weights and least score.

rapidocr runs as its documentation shows, one picture after another, with its defaults (all cores for each call)
but for the orientation classifier, which neither side runs, or both with ``--orientation``; ours runs 16 pictures
in flight, once as shipped and once with the detection size that rapidocr has (``SAME_SIZE``): only then can the same
text be expected. Lines are compared as multisets of each picture's texts: exactly, and without white space; and with
the ``truth.json`` of folders that have one, as ``siseon evaluate text`` counts errors. rapidocr pads
a line to the longest of the six that it happens to share a batch with, ours by the line's own length; how much of
the difference that makes is shown by rapidocr again with one line a batch (not timed).
Run: ``python benchmarks/text_vs_rapidocr.py TEXT_FOLDER PHOTO_FOLDER [--orientation]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from machine import machine
from rapidocr import RapidOCR

from siseon.applications.text import Line, Text, TextOptions, TextResult, count_errors
from siseon.contracts import Encoded
from siseon.media import expand_inputs, read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

IN_FLIGHT = 16
WARM_UP = 3
SAME_SIZE = {"max_side": 6000, "max_enlargement": 64.0}
"""rapidocr scales short sides up to 736 without another bound; ours has two, and is set beyond them."""
THEIR_MIN_SCORE = 0.5
UNKNOWN_SCRIPTS = {"line_ko.jpg", "line_ru.jpg", "line_sr_cyrillic.png", "line_hi.png"}
"""Left out: in scripts that the weights do not know, ours refuses by design and theirs answers rubbish."""
Lines = list[list[str]]


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--pictures", type=int, help="so many of them, evenly; without it all")
    parser.add_argument("--orientation", action="store_true", help="turn lines upside down, on both sides")
    options = parser.parse_args()
    pictures = pictures_of(options.folders, options.pictures)
    theirs, their_seconds = run_rapidocr(pictures, options.orientation)
    ours, our_seconds = asyncio.run(run_siseon(pictures, options.orientation))
    same_size, _ = asyncio.run(run_siseon(pictures, options.orientation, **SAME_SIZE))
    alone, _ = run_rapidocr(pictures, options.orientation, lines_a_batch=1)
    print(machine())
    print("| pipeline | pictures/s | lines |")
    print("|---|---|---|")
    print(f"| rapidocr | {len(pictures) / their_seconds:.2f} | {count(theirs)} |")
    print(f"| siseon text | {len(pictures) / our_seconds:.2f} | {count(ours)} |")
    print(f"\n{their_seconds / our_seconds:.2f} × its throughput")
    truth = truth_of(options.folders)
    print("| against the truth | errors of its characters |\n|---|---|")
    for name, lines in (("rapidocr", theirs), ("siseon text", ours), ("siseon text, same size", same_size)):
        print(f"| {name} | {' of '.join(map(str, errors(truth, pictures, lines)))} |")
    print("\n| siseon text, same size: same text as | exactly | without white space |")
    print("|---|---|---|")
    for name, lines in (("rapidocr", theirs), ("rapidocr, one line a batch", alone)):
        print(
            f"| {name} | {same(lines, same_size, str.strip):.1%} | {same(lines, same_size, squeezed):.1%} |"
        )


def truth_of(folders: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Entries of every ``truth.json`` by the name of their picture."""
    paths = [path for folder in folders if (path := Path(folder) / "truth.json").is_file()]
    return {entry["file"]: entry for path in paths for entry in json.loads(path.read_text("utf-8"))}


def errors(truth: dict[str, dict[str, Any]], pictures: Sequence[Encoded], read: Lines) -> tuple[int, int]:
    """Wrong or missing characters, and all of them."""
    pairs = [(truth[one.name], lines) for one, lines in zip(pictures, read, strict=True) if one.name in truth]
    rows = count_errors([entry for entry, _ in pairs], [answer(lines) for _, lines in pairs])
    return sum(row.errors for row in rows), sum(row.characters for row in rows)


def answer(lines: Sequence[str]) -> TextResult:
    ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))
    told = tuple(Line(polygon=ring, text=line, score=1.0) for line in lines)
    return TextResult(image_id="", width=1, height=1, lines=told, unread=(), scripts=())


def pictures_of(folders: Sequence[str], count: int | None = None) -> list[Encoded]:
    """Those in scripts that both know, or so many, evenly from first to last."""
    paths = [path for path in expand_inputs(folders) if path.name not in UNKNOWN_SCRIPTS]
    count = min(count or len(paths), len(paths))
    return [read_file(paths[number * len(paths) // count]) for number in range(count)]


def run_rapidocr(
    pictures: Sequence[Encoded], orientation: bool, lines_a_batch: int = 6
) -> tuple[Lines, float]:
    reader = RapidOCR(params={"Global.use_cls": orientation, "Rec.rec_batch_num": lines_a_batch})

    def read(picture: Encoded) -> list[str]:
        # Both sides get the pixels of one decoder, so that only reading is compared; its time counts on both.
        return list(reader(decode(picture.data).pixels[:, :, ::-1].copy()).txts or ())

    for picture in pictures[:WARM_UP]:
        read(picture)
    start = time.perf_counter()
    found = [read(picture) for picture in pictures]
    return found, time.perf_counter() - start


async def run_siseon(pictures: Sequence[Encoded], orientation: bool, **size: float) -> tuple[Lines, float]:
    gate = asyncio.Semaphore(IN_FLIGHT)
    classifier = "ppocr-v2-orientation" if orientation else None

    async def one(picture: Encoded) -> list[str]:
        async with gate:
            return [line.text for line in (await text(picture)).data.lines]

    options = TextOptions.model_validate(
        {"orientation": classifier, "min_score": THEIR_MIN_SCORE, "other_scripts": ("none",), **size}
    )
    async with Text(ModelManager(), options) as text:
        await asyncio.gather(*map(one, pictures[:WARM_UP]))
        start = time.perf_counter()
        found = await asyncio.gather(*map(one, pictures))
        return list(found), time.perf_counter() - start


def same(theirs: Lines, ours: Lines, form: Callable[[str], str]) -> float:
    """Share of their lines that stand among ours in the same picture, in a given form."""
    pairs = zip(theirs, ours, strict=True)
    return sum((Counter(map(form, a)) & Counter(map(form, b))).total() for a, b in pairs) / count(theirs)


def squeezed(line: str) -> str:
    return "".join(line.split())


def count(lines: Lines) -> int:
    return sum(map(len, lines))


if __name__ == "__main__":
    main()
